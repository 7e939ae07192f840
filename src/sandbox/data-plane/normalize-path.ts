/**
 * Envoy's normalize_path: dot segments are resolved and backslashes are slashes; the query stays as it is, and so do
 * double slashes (merge_slashes is off in Istio's default) and escaped ones.
 * Source: envoyproxy/envoy source/common/http/path_utility.cc (canonicalPath).
 */
export function normalizedPath(path: string): string {
  if (!path.startsWith('/')) return path;
  const query = path.indexOf('?');
  const plain = query === -1 ? path : path.slice(0, query);
  // Nearly every path is normal already.
  if (!/[\\]|\/(\.|%2e)/i.test(plain)) return path;
  const segments = plain.replaceAll('\\', '/').split('/').slice(1);
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const dots = segment.replace(/%2e/gi, '.');
    const last = index === segments.length - 1;
    if (dots === '..') kept.pop();
    if (dots !== '.' && dots !== '..') kept.push(segment);
    else if (last) kept.push('');
  });
  return `/${kept.join('/')}${query === -1 ? '' : path.slice(query)}`;
}
