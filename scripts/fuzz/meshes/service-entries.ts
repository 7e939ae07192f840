/** Generated ServiceEntries. */
import type { Dice } from './dice.ts';
import { EXTERNAL, HTTP_PORTS, PORTS, WILDCARDS } from './names.ts';

interface Port {
  number: number;
  name: string;
  protocol?: string;
  targetPort?: number;
}

export function serviceEntry(dice: Dice): object {
  const hosts = dice.chance(0.88)
    ? dice.some([...EXTERNAL, ...WILDCARDS.slice(0, 2)], 1, 2)
    : [
        dice.one(
          'db.internal',
          'legacy.team-b.svc.cluster.local',
          'catalog.mesh-network.svc.cluster.local',
          'elsewhere',
          'API.safedata-zone.io',
          '*.team-b.svc.cluster.local',
          'www.api.safedata-zone.io',
        ),
      ];
  const ports = portsOf(dice);
  const resolution = resolutionOf(dice, hosts);
  const spec: Record<string, unknown> = { hosts, ports };
  if (resolution !== undefined) spec.resolution = resolution;
  if (dice.chance(0.7)) spec.location = dice.one('MESH_EXTERNAL', 'MESH_EXTERNAL', 'MESH_INTERNAL');
  if (dice.chance(0.3)) {
    spec.addresses = dice.one(
      ['240.1.1.1'],
      ['10.5.0.0/16'],
      ['240.1.1.2', '240.1.1.3'],
      ['192.168.7.7'],
      ['192.168.7.7/32'],
      ['10.96.200.1'],
      ['10.5.0.0/24', '240.1.1.1'],
    );
  }
  const isDns = resolution === 'DNS' || resolution === 'DNS_ROUND_ROBIN';
  if ((resolution === 'STATIC' && dice.chance(0.85)) || (isDns && dice.chance(0.4))) {
    const count = resolution === 'DNS_ROUND_ROBIN' && dice.chance(0.9) ? 1 : dice.between(1, 3);
    spec.endpoints = Array.from({ length: count }, () => endpoint(dice, ports, resolution === 'STATIC'));
  } else if (resolution === 'STATIC' || dice.chance(0.04)) {
    spec.workloadSelector = { labels: { app: dice.one('db', 'reviews', 'client') } };
  }
  if (dice.chance(0.08)) {
    spec.subjectAltNames = dice.one(['spiffe://x/ns/y/sa/z'], ['api.safedata-zone.io'], ['a.io', 'b.io']);
  }
  return spec;
}

function portsOf(dice: Dice): Port[] {
  const ports: Port[] = [];
  for (const { number, name, protocol } of dice.some([...PORTS, ...HTTP_PORTS.slice(0, 2)], 1, 3)) {
    const taken = ports.some(each => each.number === number) && dice.chance(0.95);
    if (taken || ports.some(each => each.name === name)) continue;
    const port: Port = { number, name };
    if (dice.chance(0.95)) port.protocol = protocol;
    if (dice.chance(0.2)) port.targetPort = dice.one(443, 8080, 8443, number);
    ports.push(port);
  }
  return ports;
}

function resolutionOf(dice: Dice, hosts: readonly string[]): string | undefined {
  if (hosts.some(host => host.includes('*')) && dice.chance(0.85)) {
    return dice.one('NONE', 'STATIC', undefined, 'DYNAMIC_DNS');
  }
  return dice.one('DNS', 'DNS', 'STATIC', 'NONE', undefined, 'DNS_ROUND_ROBIN');
}

function endpoint(dice: Dice, ports: readonly Port[], isStatic: boolean): object {
  const address =
    isStatic || dice.chance(0.3)
      ? dice.one('10.96.1.1', '10.96.1.2', '10.96.1.3', '10.244.1.1')
      : dice.one('stable.safedata-zone.io', 'canary.safedata-zone.io', 'pay.example-pay.io');
  const made: Record<string, unknown> = { address };
  if (dice.chance(0.5)) {
    made.labels = {
      version: dice.one('stable', 'canary', 'v1'),
      ...(dice.chance(0.2) && { tier: 'x' }),
      ...(dice.chance(0.06) && { 'security.istio.io/tlsMode': dice.one('istio', 'disabled') }),
    };
  }
  if (dice.chance(0.2)) made.ports = { [dice.pick(ports).name]: dice.one(8080, 8443, 443) };
  if (dice.chance(0.15)) made.weight = dice.between(0, 5);
  if (dice.chance(0.2)) made.locality = dice.one('eu/a/1', 'us/b/2', 'eu/a/2', 'eu', 'eu/b');
  if (dice.chance(0.06)) made.serviceAccount = dice.one('default', 'api');
  if (dice.chance(0.04)) made.network = 'net2';
  if (dice.chance(0.02) && isStatic) {
    delete made.ports;
    made.address = 'unix:///var/run/api.sock';
  }
  return made;
}

/** A WorkloadEntry that the ServiceEntries of its namespace may select. */
export function workloadEntry(dice: Dice): object {
  return {
    address: dice.one('10.9.0.1', '10.9.0.2', 'vm.example-pay.io'),
    labels: {
      app: dice.one('db', 'reviews', 'client'),
      ...(dice.chance(0.4) && { version: dice.one('stable', 'v1') }),
    },
    ...dice.maybe<Record<string, unknown>>(0.25, {
      ports: () => ({ [dice.one('http', 'https', 'tcp')]: dice.one(8080, 8443) }),
      weight: () => dice.between(0, 5),
      locality: () => dice.one('eu/a/1', 'us/b/2', 'eu'),
      serviceAccount: () => dice.one('default', 'api'),
    }),
  };
}
