/**
 * The schemes in the URLs of a call. curl would refuse other schemes itself (--proto), but for some it first looks for
 * files of the machine, known_hosts or a gateway's address; so it is not started for them.
 */

const GROUP = /\{[^{}]*\}|\[[^[\]]*\]/g;

/**
 * What is wrong with the URL; null: it is http or https, or has no scheme. With {a,b} and [1-3] everything that they
 * can expand to counts.
 */
export function schemeProblem(url: string): string | null {
  const text = url.trim();
  if (/^https?:\//i.test(text)) return null;
  const globbed = /[{[]/.test(text);
  // The groups of a URL can give it a scheme: {x/,scp://host} or scp{:,x}//host.
  if (globbed && (/[{[][^\]}]*[:/]/.test(text) || text.replace(GROUP, '').includes(':/'))) {
    return 'write http:// or https:// in front of it';
  }
  return /^[a-z][a-z0-9+.-]*:\//i.test(text) ? 'only http and https are spoken here' : null;
}
