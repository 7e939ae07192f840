/**
 * The arguments that curl is really started with: the learner's options, written anew, in each --next group behind
 * ours. -q: no .curlrc; http and https alone, redirects too; every connection through the pod's door, to which curl
 * never offers Kerberos. For hosts that the pod cannot resolve curl is sent to a DNS that knows no name, and so says
 * 6 by itself.
 */
import { hostNames } from './hosts.ts';
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
    words.push('--socks5-hostname', `127.0.0.1:${seal.doorPort}`, '--socks5-basic');
    words.push('--proxy-user', `${seal.user}:${seal.password}`);
    const lost = unknownHosts(group, seal.resolves);
    if (lost.length > 0) {
      words.push('--noproxy', lost.join(','), '--doh-url', await seal.noNames(), '--doh-insecure');
    }
    for (const { name, value } of group) {
      if (name === 'resolve' || name === 'connect-to') continue; // Told to the door, which looks names up.
      // --silent and the like take none; the values' own words follow, never in one with the name.
      words.push(`--${name}`, ...(value === undefined ? [] : [value]));
    }
  }
  return words;
}

/**
 * Hosts that go around the door because the pod does not know them. curl takes noproxy names for their subdomains
 * as well, so a name with a host below it that is known must not be among them.
 */
function unknownHosts(group: Group, resolves: (host: string) => boolean): string[] {
  const globoff = group.some(option => option.name === 'globoff');
  const all = new Set(group.flatMap((option: CurlOption) => urls(option, globoff)));
  const known = [...all].filter(resolves);
  return [...all].filter(host => {
    return !resolves(host) && !known.some(each => each.endsWith(`.${host}`));
  });
}

function urls({ name, value }: CurlOption, globoff: boolean): string[] {
  return name === 'url' && value !== undefined ? hostNames(value, globoff) : [];
}
