/** Paths that lead through the API to a Service or a pod: `.../services/http:web:80/proxy/some/path`. */

const PROXY = /^\/api\/v1\/namespaces\/([^/]+)\/(services|pods)\/([^/]+)\/proxy(\/.*)?$/;

export interface ProxyPath {
  readonly namespace: string;
  readonly plural: 'services' | 'pods';
  /** '' or 'http' or 'https'. */
  readonly scheme: string;
  readonly name: string;
  /** A number or a name; '' if it is not said. */
  readonly port: string;
  /** What is asked of the server at the other end; '' for no path at all. */
  readonly path: string;
}

export function isProxy(path: string): boolean {
  return PROXY.test(path);
}

/** Null for a path that is none, or whose name is not of the form [scheme:]name[:port]. */
export function proxyPathOf(given: string): ProxyPath | null {
  const [, namespace = '', plural = '', who = '', path = ''] = PROXY.exec(given) ?? [];
  const parts = decodeURIComponent(who).split(':');
  if (namespace === '' || parts.length > 3) return null;
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  return { namespace, plural: plural as ProxyPath['plural'], scheme, name, port, path };
}
