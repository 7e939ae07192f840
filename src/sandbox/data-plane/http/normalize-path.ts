/**
 * Envoy's normalize_path, which treats URLs as Chromium does: dot segments are resolved, backslashes become slashes,
 * unreserved characters are decoded, characters that a URL may not have are percent-encoded. Double slashes
 * (merge_slashes is off in Istio's default), escaped slashes and the query stay; a fragment is cut off.
 * Source: envoyproxy/envoy source/common/http/path_utility.cc; google/url's url_canon_path.cc.
 */

/** Characters that may have to change; nearly every path has none of them. */
const UNUSUAL = /[\\%"<>^`{|}]|[^!-~]|\/\./;

/** Null: it cannot be normalised (it has a NUL), which Envoy answers with 400. */
export function normalizedPath(target: string): string | null {
  const whole = target.replace(/#.*$/s, '');
  const at = whole.indexOf('?');
  const path = at === -1 ? whole : whole.slice(0, at);
  const query = at === -1 ? '' : whole.slice(at);
  if (!path.startsWith('/') || !UNUSUAL.test(path)) return whole;
  if (/%00/.test(path)) return null;
  const plain = path
    .replaceAll('\\', '/')
    .replace(/%(2d|2e|3\d|[46][1-9a-f]|[57][0-9a]|5f|7e)/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replace(/["<>^`{|}]|[^!-~]/g, character => percentEncoded(character));
  return withoutDots(plain) + query;
}

function withoutDots(path: string): string {
  const segments = path.split('/').slice(1);
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    if (segment === '..') kept.pop();
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else if (index === segments.length - 1) kept.push('');
  });
  return `/${kept.join('/')}`;
}

/** Node gives a request's bytes as latin1, one character each. */
function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
