/**
 * VirtualServices that delegate routes to another one (http[].delegate): the delegate's routes, each narrowed by the
 * root's matches. A route whose conditions contradict the root's is dropped.
 * Source: pilot/pkg/model/virtualservice.go (MergeHTTPRoutes), virtualservice_controller.go.
 */
import { namespaceOf } from '../../istio/age.ts';
import type { HttpMatchRequest, HttpRoute, StringMatch, VirtualService } from '../../istio/types.ts';
import { exportedTo } from './visibility.ts';

export function delegatedRoutes(
  root: HttpRoute,
  rootNamespace: string,
  delegates: ReadonlyMap<string, VirtualService>,
  resolve: (route: HttpRoute, namespace: string) => HttpRoute,
): HttpRoute[] {
  const { delegate: target, ...rest } = root;
  const vs = delegates.get(`${target?.namespace || rootNamespace}/${target?.name ?? ''}`);
  if (vs === undefined) return [];
  const namespace = namespaceOf(vs);
  const exportTo = exportedTo(vs.spec?.exportTo, namespace);
  if (!exportTo.has('*') && !exportTo.has(rootNamespace)) return [];
  return (vs.spec?.http ?? []).flatMap(route => mergeRoute(rest, resolve(route, namespace)) ?? []);
}

function mergeRoute(root: HttpRoute, delegate: HttpRoute): HttpRoute | undefined {
  const match = mergeMatches(root.match ?? [], delegate.match ?? []);
  if (match === undefined) return undefined;
  const name = [root.name, delegate.name].filter(Boolean).join('-');
  // The delegate's own settings win; what it leaves out comes from the root.
  const { match: _m, name: _n, route: _r, redirect: _d, ...inherited } = root;
  return { ...inherited, ...delegate, match, ...(name && { name }) };
}

function mergeMatches(root: HttpMatchRequest[], leaf: HttpMatchRequest[]): HttpMatchRequest[] | undefined {
  if (root.length === 0) return leaf;
  if (leaf.length === 0) return root;
  const out: HttpMatchRequest[] = [];
  for (const narrow of leaf) {
    const fitting = root.filter(wide => !contradicts(wide, narrow));
    if (fitting.length === 0) return undefined;
    out.push(...fitting.map(wide => mergeMatch(wide, narrow)));
  }
  return out;
}

function mergeMatch(root: HttpMatchRequest, leaf: HttpMatchRequest): HttpMatchRequest {
  const name = [root.name, leaf.name].filter(Boolean).join('-');
  return {
    ...root,
    ...leaf,
    ...(name && { name }),
    headers: { ...root.headers, ...leaf.headers },
    withoutHeaders: { ...root.withoutHeaders, ...leaf.withoutHeaders },
    queryParams: { ...root.queryParams, ...leaf.queryParams },
    sourceLabels: { ...root.sourceLabels, ...leaf.sourceLabels },
    ...(!leaf.gateways?.length && root.gateways && { gateways: root.gateways }),
  };
}

function contradicts(root: HttpMatchRequest, leaf: HttpMatchRequest): boolean {
  for (const field of ['uri', 'scheme', 'method', 'authority'] as const) {
    if (stringsContradict(root[field], leaf[field])) return true;
  }
  for (const field of ['headers', 'withoutHeaders', 'queryParams'] as const) {
    const wide = root[field] ?? {};
    if (Object.entries(leaf[field] ?? {}).some(([key, value]) => stringsContradict(wide[key], value)))
      return true;
  }
  const { sourceLabels: labels = {} } = root;
  const wider = root.gateways ?? [];
  const narrower = leaf.gateways ?? [];
  return (
    (root.ignoreUriCase ?? false) !== (leaf.ignoreUriCase ?? false) ||
    Boolean(root.port && leaf.port && root.port !== leaf.port) ||
    Boolean(root.sourceNamespace && leaf.sourceNamespace !== root.sourceNamespace) ||
    Object.entries(leaf.sourceLabels ?? {}).some(([k, v]) => labels[k] !== undefined && labels[k] !== v) ||
    (wider.length > 0 && narrower.some(g => !wider.includes(g)))
  );
}

function stringsContradict(root: StringMatch | undefined, leaf: StringMatch | undefined): boolean {
  if (root === undefined || leaf === undefined) return false;
  if (root.regex && (leaf.regex || leaf.prefix || leaf.exact)) return true;
  if (leaf.regex && (root.regex || root.prefix || root.exact)) return true;
  if (root.exact) return Boolean(leaf.prefix) || leaf.exact !== root.exact;
  if (root.prefix && leaf.prefix) return !leaf.prefix.startsWith(root.prefix);
  if (root.prefix && leaf.exact) return !leaf.exact.startsWith(root.prefix);
  return true;
}
