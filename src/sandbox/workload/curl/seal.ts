/**
 * The arguments that curl is really started with: the learner's options, rewritten, after the seal's own in each --next
 * group. -q: no .curlrc; only http and https, for redirects too; every connection goes through the pod's door, to which
 * curl never offers Kerberos. For hosts that the pod cannot resolve curl is sent to a DNS that knows no names, so it
 * exits with 6 by itself.
 */
import { hostNames } from './hosts.ts';
import { readProxy } from './values.ts';
import type { CurlOption, Group } from './words.ts';

export interface Seal {
  readonly doorPort: number;
  readonly user: string;
  readonly password: string;
  /** Whether the pod can resolve a name to an address. */
  readonly resolves: (host: string) => boolean;
  /** URL of the DNS over HTTPS that knows no names. */
  readonly noNames: () => Promise<string>;
}

export async function sealedArguments(groups: readonly Group[], seal: Seal): Promise<string[]> {
  const words = ['--disable'];
  for (const [index, group] of groups.entries()) {
    if (index > 0) words.push('--next');
    words.push('--proto', '=http,https', '--proto-redir', '=http,https');
    words.push(...(await doorOf(group, seal)));
    for (const { name, value } of group) {
      if (OF_THE_DOOR.has(name)) continue;
      // --silent and the like take no value; values follow as words of their own, never joined to the name.
      words.push(`--${name}`, ...(value === undefined ? [] : [value]));
    }
  }
  return words;
}

/** Handled by the door, which resolves names, or used on the way to it. */
const OF_THE_DOOR = new Set(['resolve', 'connect-to', 'proxy']);

/** The way to the door; if the call has a proxy of its own, that is reached through the door, and resolves names. */
async function doorOf(group: Group, seal: Seal): Promise<string[]> {
  const at = `127.0.0.1:${seal.doorPort}`;
  const proxy = proxyOf(group);
  if (proxy !== null) {
    return [
      ...['--preproxy', `socks5h://${seal.user}:${seal.password}@${at}`, '--socks5-basic'],
      // Otherwise curl would also give the proxy the door's password.
      ...['--proxy', proxy, '--proxy-header', 'Proxy-Authorization:'],
    ];
  }
  const lost = unknownHosts(group, seal.resolves);
  return [
    ...['--socks5-hostname', at, '--socks5-basic', '--proxy-user', `${seal.user}:${seal.password}`],
    ...(lost.length === 0
      ? []
      : ['--noproxy', lost.join(','), '--doh-url', await seal.noNames(), '--doh-insecure']),
  ];
}

/** The last one counts, and '' means none. */
export function proxyOf(group: Group): string | null {
  return readProxy(group.findLast(option => option.name === 'proxy')?.value ?? '');
}

/**
 * Hosts that bypass the door because the pod does not know them. curl also applies noproxy names to their subdomains,
 * with or without a final dot, so a name that is known, or has a known host below it, must not be among them.
 */
function unknownHosts(group: Group, resolves: (host: string) => boolean): string[] {
  const globoff = group.some(option => option.name === 'globoff');
  const all = new Set(group.flatMap((option: CurlOption) => urls(option, globoff)));
  const bare = (host: string) => host.replace(/\.$/, '');
  const known = [...all].filter(resolves).map(each => `.${bare(each)}`);
  const lost = [...all].filter(host => !resolves(host)).map(bare);
  return [...new Set(lost)].filter(host => !known.some(each => each.endsWith(`.${host}`)));
}

function urls({ name, value }: CurlOption, globoff: boolean): string[] {
  return name === 'url' && value !== undefined ? hostNames(value, globoff) : [];
}
