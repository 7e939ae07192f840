/** Why a pod's curl may not use an option, and what to do instead. */
import { OPTIONS } from './options.ts';

/** By long name; the first that matches counts. An option that matches none is one that nobody has looked at yet. */
const REASONS: readonly (readonly [names: RegExp, reason: string])[] = [
  [
    /^(anyauth|delegation|krb4?|negotiate|netrc.*|ntlm(-wb)?|sasl-.*|service-name|socks5-gssapi.*)$/,
    "with it curl can take the machine's own credentials. Name those of the call: --basic or --digest with " +
      '-u NAME:PASSWORD, or --oauth2-bearer TOKEN.',
  ],
  [
    /^(haproxy-.*|noproxy|preproxy|proxy.*|socks.*)$/,
    "calls go through the pod's own sidecar. A plain HTTP proxy behind it can be named by -x http://HOST:PORT, or be " +
      'asked for a tunnel by -X CONNECT --request-target HOST:PORT http://PROXY/.',
  ],
  [
    /^(abstract-unix-socket|dns-.*|doh-.*|ech|http3.*|interface|ip-tos|ipfs-.*|ipv6|mptcp|tcp-fastopen|unix-socket|vlan-priority)$/,
    "it is about the machine's own network. In the pods' network --resolve HOST:PORT:ADDRESS and " +
      '--connect-to HOST1:PORT1:HOST2:PORT2 lead a call elsewhere.',
  ],
  [
    /^(alt-svc|ca-native|capath|cert.*|config|create-.*|crlfile|dump-ca-embed|egd-file|engine|etag-.*|hsts|httpsig-.*|key|key-type|knownhosts|libcurl|output-dir|pass|pubkey|random-file|remote-(header-name|time)|skip-existing|ssl-auto-client-cert|ssl-sessions|xattr)$/,
    "it is about files of the machine. A call has the container's: -o NAME, -c NAME, --cacert FILE, -d @FILE.",
  ],
  [
    /^(append|compressed-ssh|disable-ep.*|ep[rs][tv]|ftp-.*|hostpub.*|list-only|mail-.*|proto.*|quote|ssl|ssl-reqd|sslv[23]|telnet-.*|tftp-.*|upload-flags)$/,
    'only http and https are spoken here. Leave it out.',
  ],
  [
    /^(expand-.*|variable)$/,
    'what it puts together cannot be looked at before the call. Write the value out.',
  ],
];

const UNKNOWN = "calls stay inside the pods' network and their own folder.";

/** One sentence for stderr. `name`: long, without dashes; `word`: as typed. */
export function optionRefusal(name: string, word: string): string {
  const plain = name.replace(/^no-/, '');
  const full = word.startsWith('--')
    ? [...OPTIONS.keys()].find(option => option.startsWith(plain))
    : undefined;
  const unknown = full === undefined ? UNKNOWN : `write its name out in full, as in --${full}.`;
  const reason = REASONS.find(([names]) => names.test(plain))?.[1] ?? unknown;
  return `sandbox: curl's ${word} is not among the options that a pod of the sandbox can use: ${reason}`;
}
