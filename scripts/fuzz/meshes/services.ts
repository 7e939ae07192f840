/** Generated Services, each with the EndpointSlices and Pods that it would have on a cluster. */
import type { Resource } from '../../../src/istio/resource.ts';
import type { Dice } from './dice.ts';
import { type Address, endpointSlice, pod, type ServicePort, service } from './world.ts';

/** Names that the Istio objects of a mesh mention. */
const NAMES = [
  ['team-b', 'peers'],
  ['team-b', 'elsewhere'],
  ['team-b', 'legacy'],
  ['mesh-network', 'outside-api'],
  ['mesh-network', 'reviews'],
  ['team-c', 'catalog'],
] as const;

const PORTS: readonly ServicePort[] = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'http-web', port: 9080 },
  { name: 'https', port: 443, targetPort: 8443 },
  { name: 'tcp-db', port: 3306 },
  { name: 'grpc', port: 9000 },
  { name: 'web', port: 8080 },
  { name: 'main', port: 8443, appProtocol: 'http' },
  { name: 'second', port: 443, appProtocol: 'https' },
  { name: 'third', port: 27017, appProtocol: 'kubernetes.io/h2c' },
  { name: 'tls-x', port: 443, targetPort: 9443 },
  { name: 'udp-dns', port: 53, protocol: 'UDP' },
  { name: 'mongo', port: 27017 },
  { name: 'redis-x', port: 6379 },
];

const TARGETS = [
  'api.safedata-zone.io',
  'www.example-pay.io',
  'catalog.mesh-network.svc.cluster.local',
  'peers.team-b.svc.cluster.local',
  'elsewhere.team-b.svc.cluster.local',
];

/** Some Services of different kinds; no name is taken twice. */
export function services(dice: Dice): Resource[] {
  return dice
    .some([...NAMES], 1, 2)
    .flatMap(([namespace, name], at) => oneService(dice, namespace, name, at));
}

function oneService(dice: Dice, namespace: string, name: string, at: number): Resource[] {
  const chosen = dice.some(PORTS, 1, 3);
  const ports = chosen.filter((each, i) => chosen.findIndex(other => other.port === each.port) === i);
  const exported = dice.chance(0.15) ? dice.one('~', '.', '*', 'team-b', 'mesh-network,team-c') : undefined;
  const metadata = {
    creationTimestamp: `2026-11-0${dice.one(1, 1, 2, 3)}T00:00:0${dice.between(0, 3)}Z`,
    ...(exported && { annotations: { 'networking.istio.io/exportTo': exported } }),
  };
  const kind = dice.one('ordinary', 'headless', 'ExternalName', 'selectorless', 'empty', 'LoadBalancer');
  if (kind === 'ExternalName') {
    const spec = { type: 'ExternalName', externalName: dice.pick(TARGETS) };
    return [service(namespace, name, '', ports, undefined, { metadata, spec })];
  }
  const selector = kind === 'selectorless' ? undefined : { app: name };
  const clusterIP = kind === 'headless' ? 'None' : `10.96.210.${at + 1}`;
  const spec = kind === 'LoadBalancer' ? { type: 'LoadBalancer' } : {};
  const made = service(namespace, name, clusterIP, ports, selector, { metadata, spec });
  if (kind === 'empty') return [made];
  return [made, ...workloads(dice, namespace, name, ports, kind === 'selectorless', at)];
}

function workloads(
  dice: Dice,
  namespace: string,
  name: string,
  ports: readonly ServicePort[],
  isForeign: boolean,
  at: number,
): Resource[] {
  const addresses: Address[] = [];
  const pods: Resource[] = [];
  for (let i = 0; i < dice.between(1, 3); i++) {
    const ip = isForeign ? `10.7.${at}.${i + 1}` : `10.244.3.${at * 10 + i + 1}`;
    const ready = dice.chance(0.85);
    const terminating = !ready && dice.chance(0.3);
    addresses.push(isForeign ? { ip } : { ip, pod: `${name}-${i}`, ready, terminating });
    if (isForeign) continue;
    const labels = {
      app: name,
      version: dice.one('v1', 'v2', 'stable'),
      ...(dice.chance(0.3) && { 'security.istio.io/tlsMode': 'istio' }),
      ...(dice.chance(0.3) && { 'istio-locality': dice.one('eu.a.1', 'us.b.2', 'eu') }),
    };
    pods.push(pod(namespace, `${name}-${i}`, ip, labels, ready));
  }
  const tcp = ports.filter(each => each.protocol !== 'UDP');
  const targets = tcp.map(each => ({
    name: each.name ?? '',
    port: typeof each.targetPort === 'number' ? each.targetPort : each.port,
  }));
  return [...pods, endpointSlice(namespace, name, targets, addresses)];
}
