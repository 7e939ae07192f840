/**
 * DestinationRules: which one a client's sidecar uses for a service. The client's namespace is searched, then the
 * service's, then the root namespace, and no other; the first namespace with a matching rule wins, and there an exact
 * host before a wildcard. Rules in one namespace for the same host are merged.
 * Source: pilot/pkg/model/push_context.go (setDestinationRules, destinationRule), destination_rule.go, sidecar.go.
 */
import { byAge, namespaceOf } from '../../istio/age.ts';
import { mostSpecificMatch, resolveShortName } from '../../istio/host.ts';
import { selects } from '../../istio/labels.ts';
import type { DestinationRule, DestinationRuleSpec } from '../../istio/types.ts';
import type { MeshService } from './mesh-service.ts';
import type { MeshConfig, ProxyIdentity } from './snapshot.ts';

/** Rules for one host, merged into one. */
export interface MergedRule {
  /** The first rule's name: it appears in the configuration's metadata. */
  readonly name: string;
  readonly namespace: string;
  readonly exportTo: ReadonlySet<string>;
  readonly spec: DestinationRuleSpec;
}

type RulesByHost = Map<string, MergedRule[]>;

interface RuleIndex {
  readonly local: ReadonlyMap<string, RulesByHost>;
  readonly exported: ReadonlyMap<string, RulesByHost>;
  readonly rootLocal: RulesByHost;
}

export function indexDestinationRules(rules: readonly DestinationRule[], mesh: MeshConfig): RuleIndex {
  const local = new Map<string, RulesByHost>();
  const exported = new Map<string, RulesByHost>();
  const rootLocal: RulesByHost = new Map();
  const selecting = (rule: DestinationRule): number => (rule.spec?.workloadSelector ? 0 : 1);
  for (const rule of [...rules].sort((a, b) => selecting(a) - selecting(b) || byAge(a, b))) {
    const namespace = namespaceOf(rule);
    const spec = rule.spec ?? {};
    const host = resolveShortName(spec.host ?? '', namespace, mesh.domain);
    // A rule with a workloadSelector applies in its own namespace only.
    const exportTo = new Set(spec.workloadSelector ? ['.'] : (spec.exportTo ?? []));
    const merged: MergedRule = { name: rule.metadata.name, namespace, exportTo, spec };
    if (exportTo.size === 0 || exportTo.has('*') || exportTo.has('.') || exportTo.has(namespace)) {
      merge(ofNamespace(local, namespace), host, merged);
    }
    const privateOnly = exportTo.size === 1 && (exportTo.has('.') || exportTo.has(namespace));
    if (!privateOnly) merge(ofNamespace(exported, namespace), host, merged);
    else if (namespace === mesh.rootNamespace) merge(rootLocal, host, merged);
  }
  return { local, exported, rootLocal };
}

function ofNamespace(index: Map<string, RulesByHost>, namespace: string): RulesByHost {
  let rules = index.get(namespace);
  if (rules === undefined) {
    rules = new Map();
    index.set(namespace, rules);
  }
  return rules;
}

/**
 * Subsets are combined, the first of each name winning; of top-level policies the first is kept whole. Rules with a
 * different exportTo or workloadSelector stay separate.
 */
function merge(index: RulesByHost, host: string, incoming: MergedRule): void {
  const list = index.get(host);
  if (list === undefined) {
    index.set(host, [incoming]);
    return;
  }
  let apart = true;
  for (const [i, existing] of list.entries()) {
    const same = sameSet(incoming.exportTo, existing.exportTo);
    const wider = existing.exportTo.size > 0 && [...existing.exportTo].every(e => incoming.exportTo.has(e));
    apart = !same;
    if (!same && !wider) continue;
    const selectors = [existing.spec.workloadSelector, incoming.spec.workloadSelector];
    const equalSelectors = sameLabels(selectors[0]?.matchLabels, selectors[1]?.matchLabels);
    const both = selectors.every(s => s !== undefined);
    if (both && !equalSelectors) {
      apart = true;
      continue;
    }
    if (both || selectors.every(s => s === undefined)) apart = false;
    list[i] = { ...existing, spec: mergeSpecs(existing.spec, incoming.spec) };
  }
  if (apart) list.push(incoming);
}

function mergeSpecs(first: DestinationRuleSpec, second: DestinationRuleSpec): DestinationRuleSpec {
  const names = new Set(first.subsets?.map(s => s.name));
  const subsets = [...(first.subsets ?? []), ...(second.subsets ?? []).filter(s => !names.has(s.name))];
  const trafficPolicy = first.trafficPolicy ?? second.trafficPolicy;
  return { ...first, subsets, ...(trafficPolicy !== undefined && { trafficPolicy }) };
}

/** The rules that a namespace's clients may use for a service; several if workloadSelectors distinguish them. */
export function rulesForService(
  index: RuleIndex,
  service: MeshService,
  clientNamespace: string,
  mesh: MeshConfig,
): readonly MergedRule[] {
  // In the root namespace public rules are meant for the whole mesh, so its own clients first look at private ones
  // only.
  const own = clientNamespace === mesh.rootNamespace ? index.rootLocal : index.local.get(clientNamespace);
  const found = own && mostSpecificMatch(service.host, own);
  if (found !== undefined) return found;
  for (const namespace of [service.namespace, mesh.rootNamespace]) {
    const rules = index.exported.get(namespace);
    const exported = (rules && mostSpecificMatch(service.host, rules))?.filter(
      r => r.exportTo.size === 0 || r.exportTo.has('*') || r.exportTo.has(clientNamespace),
    );
    if (exported?.length) return exported;
  }
  return [];
}

/** Of those, the one for this proxy: a matching workloadSelector takes precedence (SidecarScope.DestinationRule). */
export function ruleForProxy(rules: readonly MergedRule[], proxy: ProxyIdentity): MergedRule | undefined {
  let catchAll: MergedRule | undefined;
  for (const rule of rules) {
    const selector = rule.spec.workloadSelector;
    if (selector === undefined) catchAll = rule;
    else if (rule.namespace === proxy.namespace && selects(selector.matchLabels, proxy.labels)) return rule;
  }
  return catchAll;
}

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every(x => b.has(x));

const sameLabels = (a: Record<string, string> = {}, b: Record<string, string> = {}): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([k, v]) => b[k] === v);
