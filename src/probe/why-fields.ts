/**
 * Which field of an Istio object a decision of the sidecar was made from. istiod writes the object's name into what it
 * makes of it, but not the field: that is found again by the rules by which istiod translates. Pure.
 * Source: pilot/pkg/networking/core/route/route.go (BuildHTTPRoutesForVirtualService, IsCatchAllRoute) and
 * pilot/pkg/networking/util/util.go (MergeTrafficPolicy).
 */

/** A rule of a VirtualService as far as its place among Envoy's routes depends on it. */
interface HttpRule {
  readonly match?: readonly HttpMatch[];
  readonly [field: string]: unknown;
}

interface HttpMatch {
  readonly port?: number;
  readonly gateways?: readonly string[];
  readonly sourceNamespace?: string;
  readonly uri?: { readonly prefix?: string; readonly regex?: string };
  readonly [condition: string]: unknown;
}

/** Whose sidecar it is, and the port that was called. */
export interface Caller {
  readonly namespace: string;
  readonly port: number;
}

/** A rule of `spec.http` and one of its matches, from 0; match null: the rule has none. */
interface HttpPlace {
  readonly rule: number;
  readonly match: number | null;
}

const MESH = 'mesh';

/**
 * The rule and match that Envoy's route number `index` (from 1) of `of` was made from: istiod makes a route of each
 * match, leaves out those that are for others, and ends at the first that takes everything. Null where the object makes
 * another number of routes, as when it has changed since.
 */
export function httpPlace(
  spec: unknown,
  { index, of }: { readonly index: number; readonly of: number },
  caller: Caller,
): HttpPlace | null {
  const places = httpPlaces(rulesOf(spec), caller);
  return places.length === of ? (places[index - 1] ?? null) : null;
}

/**
 * Which of the object's own rules that is, as its YAML counts them: 'http[1] of 2'; '' for the only one, or an unknown
 * one.
 */
export function ruleOf(
  spec: unknown,
  position: { readonly index: number; readonly of: number },
  caller: Caller,
): string {
  const place = httpPlace(spec, position, caller);
  const { length } = rulesOf(spec);
  return place === null || length < 2 ? '' : `http[${place.rule}] of ${length}`;
}

function httpPlaces(rules: readonly HttpRule[], caller: Caller): HttpPlace[] {
  const places: HttpPlace[] = [];
  for (const [rule, { match = [] }] of rules.entries()) {
    if (match.length === 0) return [...places, { rule, match: null }];
    for (const [at, one] of match.entries()) {
      if (!isFor(one, caller)) continue;
      places.push({ rule, match: at });
      if (takesAll(one)) return places;
    }
  }
  return places;
}

const rulesOf = (spec: unknown) => (spec as { http?: readonly HttpRule[] } | undefined)?.http ?? [];

function isFor({ port, gateways = [], sourceNamespace }: HttpMatch, caller: Caller): boolean {
  if (port !== undefined && port !== caller.port) return false;
  if (gateways.length > 0) return gateways.includes(MESH);
  return sourceNamespace === undefined || sourceNamespace === '' || sourceNamespace === caller.namespace;
}

/** What does not look at the request itself. */
const NOT_OF_THE_REQUEST = new Set([
  ...['uri', 'port', 'gateways', 'sourceNamespace', 'sourceLabels'],
  ...['name', 'ignoreUriCase', 'statPrefix'],
]);

function takesAll(match: HttpMatch): boolean {
  const { uri } = match;
  const anyPath = uri === undefined || uri.prefix === '/' || uri.regex === '.*';
  return anyPath && Object.keys(match).every(name => NOT_OF_THE_REQUEST.has(name));
}

/** 'spec.http[0].match[1]'; of a rule without a match the rule; where it is not found, all of them. */
export function matchField(place: HttpPlace | null): string {
  if (place === null) return 'spec.http';
  const rule = `spec.http[${place.rule}]`;
  return place.match === null ? rule : `${rule}.match[${place.match}]`;
}

/** The fields of a rule that make up what its route does, by the names that a trace's facts have. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  fault: ['fault'],
  path: ['rewrite'],
  host: ['rewrite'],
  timeout: ['timeout'],
  retries: ['retries'],
  mirror: ['mirror', 'mirrors'],
};

/** What a rule does: where it sends the call, then what else the given facts come from. Only fields that it has. */
export function actionFields(spec: unknown, place: HttpPlace | null, facts: readonly string[]): string[] {
  const rule = place === null ? undefined : rulesOf(spec)[place.rule];
  if (place === null || rule === undefined) return [];
  const targets = ['route', 'redirect', 'directResponse', 'delegate'];
  const wanted = [...targets, ...facts.flatMap(name => ACTIONS[name] ?? [])];
  const there = [...new Set(wanted)].filter(name => rule[name] !== undefined);
  return there.map(name => `spec.http[${place.rule}].${name}`);
}

/** The rule for TLS by the greeting's server name, or that for bare TCP. */
export function connectionField(spec: unknown, sni: string): string {
  const { tls = [], tcp } = (spec ?? {}) as {
    tls?: readonly { match?: readonly { sniHosts?: readonly string[] }[] }[];
    tcp?: readonly unknown[];
  };
  for (const [rule, { match = [] }] of tls.entries())
    for (const [at, { sniHosts = [] }] of match.entries())
      if (sniHosts.some(host => host === sni || (host.startsWith('*') && sni.endsWith(host.slice(1)))))
        return `spec.tls[${rule}].match[${at}]`;
  return tls.length === 0 && tcp !== undefined ? 'spec.tcp[0]' : 'spec.tls';
}

type Policy = Readonly<Record<string, unknown>> & {
  readonly portLevelSettings?: readonly (Readonly<Record<string, unknown>> & {
    readonly port?: { readonly number?: number };
  })[];
};

/** The fields of a traffic policy by the names that a trace's facts have. */
const POLICIES: Readonly<Record<string, string>> = {
  TLS: 'tls',
  limits: 'connectionPool',
  renews: 'connectionPool',
  ejects: 'outlierDetection',
};

/**
 * The fields of a DestinationRule that a cluster with these facts comes from; the subset first, where it is one's. A
 * subset's policy replaces the rule's field by field; settings of a port replace all four fields, even by nothing.
 * Empty where the facts come from none of them. `subset`: '' for the cluster of the whole host.
 */
export function policyFields(
  spec: unknown,
  { port, subset }: { readonly port: number; readonly subset: string },
  facts: readonly string[],
): string[] {
  const { trafficPolicy, subsets = [] } = (spec ?? {}) as {
    trafficPolicy?: Policy;
    subsets?: readonly { name?: string; trafficPolicy?: Policy }[];
  };
  const at = subsets.findIndex(each => each.name === subset && subset !== '');
  const layers = [
    { path: 'spec.trafficPolicy', policy: trafficPolicy },
    { path: `spec.subsets[${at}].trafficPolicy`, policy: subsets[at]?.trafficPolicy },
  ];
  const wanted = [...new Set(facts.flatMap(name => POLICIES[name] ?? []))];
  const found = wanted.flatMap(field => fieldOf(layers, field, port) ?? []);
  return at < 0 ? found : [`spec.subsets[${at}]`, ...found];
}

function fieldOf(
  layers: readonly { readonly path: string; readonly policy: Policy | undefined }[],
  field: string,
  port: number,
): string | null {
  let found: string | null = null;
  for (const { path, policy } of layers) {
    if (policy === undefined) continue;
    if (policy[field] !== undefined) found = `${path}.${field}`;
    const settings = policy.portLevelSettings ?? [];
    const own = settings.findIndex(each => each.port?.number === port);
    if (own >= 0)
      found = settings[own]?.[field] === undefined ? null : `${path}.portLevelSettings[${own}].${field}`;
  }
  return found;
}

/** The port of a ServiceEntry that a cluster was made for. */
export function portField(spec: unknown, port: number): string {
  const { ports = [] } = (spec ?? {}) as { ports?: readonly { number?: number }[] };
  const at = ports.findIndex(each => each.number === port);
  return at < 0 ? 'spec.hosts' : `spec.ports[${at}]`;
}
