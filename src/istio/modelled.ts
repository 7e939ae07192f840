/**
 * What is valid for Istio but has no effect in the sandbox gets a Warning: nothing is ignored silently.
 * The table is the only place that lists it; remove an entry once it is modelled. Pure; imports only src/istio.
 */
import { ISTIO_TELEMETRY } from './kinds.ts';
import { ISTIO_NETWORKING, type Resource } from './resource.ts';

const HELP = 'see docs/sandbox.md';
/** Follows the path of a field. */
export const NOT_MODELLED = `the sandbox does not model this; ${HELP}`;
const KIND = `stored; has no effect in the sandbox; ${HELP}`;

interface Entry {
  /** '[]' stands for every item of a list, '{}' for every value of a map. */
  readonly path: string;
  /** Only for these values; if left out, for any. */
  readonly when?: (value: unknown) => boolean;
  /** Only for these keys of the map that '{}' stands for. */
  readonly key?: (key: string) => boolean;
}

const isOneOf = (...values: string[]): ((value: unknown) => boolean) => {
  return value => typeof value === 'string' && values.includes(value.toUpperCase());
};
/**
 * Commands in header values that have no value here: those about counts or about what was negotiated with upstreams,
 * and expressions.
 */
const hasForeignCommand = (value: unknown): boolean =>
  typeof value === 'string' &&
  /%(CEL\(|UPSTREAM_(TLS|PEER|LOCAL)_(?!ADDRESS|PORT|CLOSE)|UPSTREAM_SERVER_NAME|UPSTREAM_\w*BYTES)/.test(
    value,
  );
const isClaim = (key: string): boolean => key.toLowerCase().startsWith('@request.auth.claims');

const at = (bases: readonly string[], entries: readonly Entry[]): Entry[] =>
  bases.flatMap(base => entries.map(entry => ({ ...entry, path: `${base}.${entry.path}` })));

const POLICIES = ['spec.trafficPolicy', 'spec.subsets[].trafficPolicy'];
const PORT_POLICIES = POLICIES.map(policy => `${policy}.portLevelSettings[]`);

/** Fields of traffic policies, for all ports or one. */
const POLICY_FIELDS: readonly Entry[] = [
  { path: 'loadBalancer.zoneAwareLbSetting' },
  { path: 'loadBalancer.warmup' },
  { path: 'loadBalancer.warmupDurationSecs' },
  { path: 'connectionPool.tcp.tcpKeepalive' },
  { path: 'connectionPool.http.http2KeepAlive' },
  { path: 'tls.credentialName' },
  { path: 'tls.caCrl' },
];

/** Values of headers that are set or added. */
const HEADER_FIELDS: readonly Entry[] = ['request.set', 'request.add', 'response.set', 'response.add'].map(
  operation => ({ path: `${operation}{}`, when: hasForeignCommand }),
);

const FIELDS: Readonly<Record<string, readonly Entry[]>> = {
  DestinationRule: at([...POLICIES, ...PORT_POLICIES], POLICY_FIELDS),
  ServiceEntry: [{ path: 'spec.resolution', when: isOneOf('DYNAMIC_DNS') }],
  VirtualService: [
    { path: 'spec.http[].match[].headers{}', key: isClaim },
    { path: 'spec.http[].match[].withoutHeaders{}', key: isClaim },
    { path: 'spec.http[].fault.abort.grpcStatus' },
    ...at(['spec.http[].headers', 'spec.http[].route[].headers'], HEADER_FIELDS),
  ],
  Sidecar: [{ path: 'spec.ingress' }, { path: 'spec.inboundConnectionPool' }],
};

/** Of networking.istio.io; the kinds of groups that have none of ours are all in this case. */
const KINDS: ReadonlySet<string> = new Set(['Gateway', 'EnvoyFilter', 'ProxyConfig', 'WorkloadGroup']);

/** One text for each such field that is set, with its path: 'spec.ports[0].protocol: the sandbox does not ...'. */
export function notModelled(resource: Resource): readonly string[] {
  const { apiVersion, kind } = resource;
  if (apiVersion.startsWith(`${ISTIO_TELEMETRY}/`)) {
    return onlyTurnsAccessLogOn(resource.spec) ? [] : [`${kind}: ${KIND}`];
  }
  if (!apiVersion.startsWith(`${ISTIO_NETWORKING}/`) || KINDS.has(kind)) return [`${kind}: ${KIND}`];
  return (FIELDS[kind] ?? []).flatMap(entry =>
    found(resource, entry).map(path => `${path}: ${NOT_MODELLED}`),
  );
}

/** What the sidecar does anyway: Envoy's own log on stdout, for all requests. */
function onlyTurnsAccessLogOn(spec: unknown): boolean {
  const { accessLogging, ...rest } = (spec ?? {}) as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || !Array.isArray(accessLogging)) return false;
  return accessLogging.every(({ providers, ...more }) => {
    const names = Array.isArray(providers) ? providers.map(provider => provider?.name) : ['envoy'];
    return Object.keys(more).length === 0 && names.every(name => name === 'envoy');
  });
}

interface Place {
  readonly value: unknown;
  readonly path: string;
}

/** Split once, since every write needs all of them. */
const STEPS: ReadonlyMap<Entry, readonly string[]> = new Map(
  Object.values(FIELDS).flatMap(entries =>
    entries.map(entry => [entry, entry.path.split(/\.|(?=\[\]|\{\})/)] as const),
  ),
);

/** The paths at which an entry's field is set. */
function found(resource: Resource, entry: Entry): string[] {
  let places: Place[] = [{ value: resource, path: '' }];
  for (const step of STEPS.get(entry) ?? []) {
    if (places.length === 0) return [];
    places = places.flatMap(place => next(place, step, entry));
  }
  const wanted = entry.when ?? (() => true);
  return places.filter(place => wanted(place.value)).map(place => place.path);
}

function next({ value, path }: Place, step: string, entry: Entry): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '[]') {
    return Array.isArray(value) ? value.map((item, i) => ({ value: item, path: `${path}[${i}]` })) : [];
  }
  const fields = value as Record<string, unknown>;
  if (step === '{}') {
    const keys = Object.keys(fields).filter(entry.key ?? (() => true));
    return keys.map(key => ({ value: fields[key], path: `${path}[${key}]` }));
  }
  const inner = fields[step];
  return inner === undefined ? [] : [{ value: inner, path: path === '' ? step : `${path}.${step}` }];
}
