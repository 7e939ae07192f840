/**
 * Cases that nobody thought of: a mesh of a few objects, and calls that may or may not match what they say. The same
 * seed gives the same case. What chance alone decides is left out, or sent often enough to be told from chance.
 */
import { stringify } from 'yaml';
import type { Resource } from '../../../src/istio/resource.ts';
import { admissionOf } from '../../../src/istio/validation/validate.ts';
import type { Case } from '../../../test/fidelity/recording.ts';
import type { Random } from '../random.ts';
import { calls } from './calls.ts';
import { virtualService } from './routes.ts';

export const API = 'api.safedata-zone.io';
export const CANARY = 'canary.safedata-zone.io';
const NAMESPACE = 'mesh-network';

/** What the calls may aim at: what the objects of this case are about. */
export interface Scene {
  readonly tlsOnHttp: boolean;
  readonly subsets: boolean;
  readonly ports: readonly number[];
}

export function makeCase(random: Random, name: string): Case {
  const scene: Scene = {
    tlsOnHttp: random.chance(0.4),
    subsets: random.chance(0.45),
    ports: random.pick([[80], [80, 443], [80, 443], [443], [80, 443, 8080]]),
  };
  const entry = serviceEntry(random, scene);
  const objects: (Resource & { readonly spec: object })[] = [
    entry,
    ...(scene.tlsOnHttp || scene.subsets || random.chance(0.3) ? [destinationRule(random, scene)] : []),
    // Without a rule that names subsets the two endpoints would take turns by chance.
    ...(scene.subsets || random.chance(0.85) ? [virtualService(random, scene)] : []),
    ...(random.chance(0.15) ? [sidecar(random)] : []),
  ];
  // They would with a rule that istiod refuses.
  const refused = objects.some(
    each => each.kind === 'VirtualService' && admissionOf(each).denied !== undefined,
  );
  if (refused) entry.spec.endpoints?.splice(1);
  const overlaps = random.chance(0.15);
  if (overlaps) objects.push(wildcard(random));
  // Where the sidecar does not know port 8080, calls to it would leave into the machine's own network.
  const hidden = objects.some(({ kind, spec }) => kind === 'Sidecar' || 'exportTo' in spec);
  const seen = (port: number) => port !== 8080 || !hidden;
  return {
    name,
    apply: objects.map(each => stringify(each)).join('---\n'),
    // Of two entries the older one may win, and age has seconds.
    gap: overlaps ? 1 : 0,
    probes: calls(random, { ...scene, ports: scene.ports.filter(seen) }).map(curl => ({ curl, max: 6 })),
  };
}

const object = <Spec extends object>(kind: string, name: string, spec: Spec) => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace: NAMESPACE },
  spec,
});

function serviceEntry(random: Random, { tlsOnHttp, subsets, ports }: Scene) {
  const port = (number: number) => {
    switch (number) {
      case 80:
        return { number, name: 'http', protocol: 'HTTP', ...(tlsOnHttp ? { targetPort: 443 } : {}) };
      case 443:
        return { number, name: 'tls', protocol: random.pick(['HTTPS', 'HTTPS', 'TLS', 'TCP']) };
      default:
        return { number, name: 'other', protocol: random.pick(['HTTP', 'TCP']), targetPort: 80 };
    }
  };
  const endpoint = (version: string) => ({
    address: version === 'stable' ? API : CANARY,
    ...(subsets || random.chance(0.5) ? { labels: { version } } : {}),
  });
  const endpoints = subsets
    ? [endpoint('stable'), endpoint('canary')]
    : random.chance(0.4)
      ? [endpoint(random.pick(['stable', 'canary']))]
      : [];
  return object('ServiceEntry', 'fuzz-api', {
    hosts: [API],
    ports: ports.map(port),
    location: random.pick(['MESH_EXTERNAL', 'MESH_EXTERNAL', 'MESH_INTERNAL']),
    resolution: endpoints.length === 0 ? random.pick(['DNS', 'DNS', 'NONE']) : 'DNS',
    ...(endpoints.length > 0 ? { endpoints } : {}),
    ...(random.chance(0.2) ? { exportTo: [random.pick(['.', '*', 'team-b'])] } : {}),
  });
}

function destinationRule(random: Random, { tlsOnHttp, subsets }: Scene) {
  const tls = { mode: 'SIMPLE', ...(random.chance(0.2) ? { sni: API } : {}) };
  const pool = {
    http: random.pick([{ maxRequestsPerConnection: 1 }, { maxRetries: 1 }, { http2MaxRequests: 50 }]),
  };
  const port = {
    port: { number: 80 },
    ...(tlsOnHttp ? { tls } : {}),
    ...(random.chance(0.3) ? { connectionPool: pool } : {}),
  };
  const policy = {
    ...(random.chance(0.2)
      ? { loadBalancer: { simple: random.pick(['ROUND_ROBIN', 'LEAST_REQUEST']) } }
      : {}),
    ...(tlsOnHttp || random.chance(0.3) ? { portLevelSettings: [port] } : {}),
    ...(random.chance(0.1) ? { tls: { mode: random.pick(['DISABLE', 'SIMPLE']) } } : {}),
  };
  const named = (version: string) => ({ name: version, labels: { version } });
  return object('DestinationRule', 'fuzz-api', {
    host: random.pick([API, API, API, '*.safedata-zone.io']),
    ...(Object.keys(policy).length > 0 ? { trafficPolicy: policy } : {}),
    ...(subsets
      ? { subsets: random.chance(0.9) ? [named('stable'), named('canary')] : [named('stable')] }
      : {}),
  });
}

function sidecar(random: Random) {
  return object('Sidecar', 'default', {
    ...(random.chance(0.6) ? { egress: [{ hosts: [random.pick(['./*', '*/*', `*/${API}`, '~/*'])] }] } : {}),
    ...(random.chance(0.7)
      ? { outboundTrafficPolicy: { mode: random.pick(['REGISTRY_ONLY', 'REGISTRY_ONLY', 'ALLOW_ANY']) } }
      : {}),
  });
}

/** A second entry, whose hosts overlap with the first. */
function wildcard(random: Random) {
  return object('ServiceEntry', 'fuzz-wildcard', {
    hosts: [random.pick(['*.safedata-zone.io', '*.io', CANARY])],
    ports: [
      { number: 80, name: 'http', protocol: 'HTTP' },
      { number: 443, name: 'tls', protocol: random.pick(['TLS', 'HTTPS']) },
    ],
    location: 'MESH_EXTERNAL',
    resolution: 'NONE',
  });
}
