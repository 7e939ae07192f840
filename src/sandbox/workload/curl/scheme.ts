/**
 * The schemes of the URLs of a call. curl would refuse the others itself (--proto), but for some it looks for files
 * of the machine's first, known_hosts or a gateway's address; so it is not started for them.
 */

const GROUP = /\{[^{}]*\}|\[[^[\]]*\]/g;

/** What is wrong with the URL; null: it is http or https, or says no scheme. Of {a,b} and [1-3] all that they can become counts. */
export function schemeProblem(url: string): string | null {
  const text = url.trim();
  if (/^https?:\//i.test(text)) return null;
  const globbed = /[{[]/.test(text);
  // Without a scheme of its own a URL can be given one by its groups: {x/,scp://host} or scp{:,x}//host.
  if (globbed && (/[{[][^\]}]*[:/]/.test(text) || text.replace(GROUP, '').includes(':/'))) {
    return 'write http:// or https:// in front of it';
  }
  return /^[a-z][a-z0-9+.-]*:\//i.test(text) ? 'only http and https are spoken here' : null;
}
