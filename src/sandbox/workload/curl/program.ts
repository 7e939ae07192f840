/** `curl` in a client container: the machine's own, sealed (seal.ts), with the container's files and certificates. */
import { join } from 'node:path';
import type { ContainerCommand } from '../exec/container-command.ts';
import type { ContainerFiles } from '../shell/files.ts';
import type { CurlDoor } from '../surroundings.ts';
import { FilesOfCall } from './call-files.ts';
import { runCurl } from './child.ts';
import type { CurlFolder } from './folder.ts';
import { proxyHost, unfitProxy, withProxies } from './proxies.ts';
import { leadsOf } from './resolve.ts';
import { sealedArguments } from './seal.ts';
import { PROXY_WANTED } from './values.ts';
import { NOT_USED, readCurlWords } from './words.ts';

/** `-d @-`, `-T -`, `-K -` */
const STDIN = /^(?:-.*|.*[@=<])?-$|^-\w*[KT]-$/;

const MISSING = `sandbox: curl is not on this machine's PATH, and probes are real curl calls. Install it:
    apt-get install curl | dnf install curl | apk add curl | brew install curl
`;

export interface CurlPlace {
  /** Real path of the program; null: there is none. */
  readonly curl: string | null;
  readonly door: CurlDoor;
  readonly noNames: { url(): Promise<string> };
  readonly folder: CurlFolder;
}

export interface CurlPod extends Omit<Parameters<CurlDoor['admit']>[0], 'outbound'> {
  /** Read when a call begins. */
  readonly outbound: () => Parameters<CurlDoor['admit']>[0]['outbound'];
  readonly env: Readonly<Record<string, string>>;
  readonly files: ContainerFiles;
}

/** curl's exit code for a proxy that cannot be resolved. */
const NO_PROXY_HOST = 5;

/** Variables in the container's environment that name files and that curl reads. */
const FILE_VARIABLES = ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'];

/**
 * Where curl and its libraries look for a user's files. All options that make them look are refused; this is a second
 * line of defence.
 */
const NOTHING_OF_THE_MACHINE = {
  ...{ HOME: '/nonexistent', CURL_HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' },
  ...{ KRB5_CONFIG: '/dev/null', KRB5CCNAME: 'FILE:/nonexistent', KRB5_CLIENT_KTNAME: 'FILE:/nonexistent' },
  LDAPNOINIT: '1', // `curl --version` would read ldaprc.
};

export function curlProgram({ curl, door, noNames, folder }: CurlPlace, pod: CurlPod): ContainerCommand {
  const mounted = (path: string) => {
    const data = pod.files.read(path);
    return data === null ? undefined : folder.copyOf(data.toString());
  };
  return async (argv, given) => {
    // Read only where it is asked for: in a shell's loop the next command may want it.
    const streams = argv.some(word => STDIN.test(word)) ? given : { ...given, stdin: null };
    if (curl === null) {
      streams.stderr(MISSING);
      return 127;
    }
    const files = new FilesOfCall(pod.files, pod.env.PWD ?? '/');
    const words = readCurlWords(argv.slice(1), files);
    if ('refused' in words) {
      streams.stderr(`${words.refused}\n`);
      return words.exit;
    }
    const groups = withProxies(words.groups, pod.env);
    const unfit = groups.map(unfitProxy).find(value => value !== null);
    if (unfit !== undefined) {
      streams.stderr(
        `sandbox: curl cannot use the proxy ${unfit} of the environment here: ${PROXY_WANTED}.\n`,
      );
      return NOT_USED;
    }
    const lost = groups.map(proxyHost).find(host => host !== null && pod.resolver.resolve(host).length === 0);
    if (lost !== undefined) {
      streams.stderr(`curl: (5) Could not resolve proxy: ${lost}\n`);
      return NO_PROXY_HOST;
    }
    const env: Record<string, string> = { ...NOTHING_OF_THE_MACHINE };
    for (const name of FILE_VARIABLES) {
      const path = pod.env[name];
      if (path) env[name] = mounted(path) ?? join(folder.path, 'no-such-file');
    }
    const { ip, resolver, captures } = pod;
    const leads = leadsOf(groups);
    const pass = door.admit({ ip, resolver, lead: leads.to, outbound: pod.outbound(), captures });
    try {
      const args = await sealedArguments(groups, {
        doorPort: door.port,
        user: pass.user,
        password: pass.password,
        resolves: host => leads.known(host, name => resolver.resolve(name).length > 0),
        noNames: () => noNames.url(),
      });
      const { exit, error } = await runCurl(curl, args, streams, { folder: folder.path, env, files });
      if (error) streams.stderr(`sandbox: ${error}\n`);
      return exit;
    } finally {
      pass.revoke();
    }
  };
}
