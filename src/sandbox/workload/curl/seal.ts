/**
 * The arguments that curl is really started with: the learner's options, written anew, in each --next group behind
 * ours. -q: no .curlrc; http and https alone, redirects too; every connection through the pod's door, to which curl
 * never offers Kerberos. For hosts that the pod cannot resolve curl is sent to a DNS that knows no name, and so says
 * 6 by itself.
 */
import { hostNames } from './hosts.ts';
import { readProxy } from './values.ts';
import type { CurlOption, Group } from './words.ts';

export interface Seal {
  readonly doorPort: number;
  readonly user: string;
  readonly password: string;
  /** Whether the pod finds an address for a name. */
  readonly resolves: (host: string) => boolean;
  /** URL of the DNS over HTTPS that knows no name. */
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
      // --silent and the like take none; the values' own words follow, never in one with the name.
      words.push(`--${name}`, ...(value === undefined ? [] : [value]));
    }
  }
  return words;
}

/** Told to the door, which looks names up, or said on the way to it. */
const OF_THE_DOOR = new Set(['resolve', 'connect-to', 'proxy']);

/** The way to the door; where the call has a proxy of its own, it is reached through the door, and resolves names. */
async function doorOf(group: Group, seal: Seal): Promise<string[]> {
  const at = `127.0.0.1:${seal.doorPort}`;
  const proxy = proxyOf(group);
  if (proxy !== null) {
    return [
      ...['--preproxy', `socks5h://${seal.user}:${seal.password}@${at}`, '--socks5-basic'],
      // curl would tell the proxy the door's password as well.
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

/** The last one that is said counts, and '' is none. */
export function proxyOf(group: Group): string | null {
  return readProxy(group.findLast(option => option.name === 'proxy')?.value ?? '');
}

/**
 * Hosts that go around the door because the pod does not know them. curl takes noproxy names for their subdomains
 * as well, with a final dot and without, so a name that is known, or has a host below it that is, must not be among them.
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
