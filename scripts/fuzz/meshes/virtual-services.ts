/** Generated VirtualServices. */
import type { Dice } from './dice.ts';
import { EXTERNAL, SERVICES, WILDCARDS } from './names.ts';
import { type Route, route, target } from './routes.ts';

const DELEGATES = ['first', 'second'];

export function virtualService(dice: Dice): object {
  const hosts = dice.some([...EXTERNAL, ...EXTERNAL, ...SERVICES.slice(0, 9), ...WILDCARDS], 1, 2);
  const spec: Record<string, unknown> = { hosts: [...new Set(hosts)] };
  if (dice.chance(0.25)) {
    spec.gateways = dice.one(['mesh'], ['mesh', 'gw'], ['gw'], ['team-b/gw'], ['mesh', 'team-b/gw']);
  }
  const kind = dice.next();
  if (kind < 0.8) {
    spec.http = Array.from({ length: dice.between(1, 3) }, () =>
      dice.chance(0.06) ? handOver(dice) : route(dice, hosts),
    );
  }
  if (kind > 0.75 && dice.chance(0.7)) {
    spec.tls = Array.from({ length: dice.one(1, 1, 2) }, () => tlsRoute(dice, hosts));
  }
  if (kind > 0.9 || (kind > 0.75 && spec.tls === undefined)) {
    spec.tcp = Array.from({ length: dice.one(1, 1, 2) }, () => tcpRoute(dice, hosts));
  }
  return spec;
}

/** What a root's `delegate` may name: routes without hosts. */
export function delegate(dice: Dice): { name: string; spec: object } {
  return {
    name: dice.pick(DELEGATES),
    spec: { http: Array.from({ length: dice.between(1, 2) }, () => route(dice, EXTERNAL)) },
  };
}

function handOver(dice: Dice): Route {
  const { match } = route(dice, EXTERNAL);
  return {
    ...(match !== undefined && { match }),
    delegate: {
      name: dice.pick(DELEGATES),
      ...(dice.chance(0.5) && { namespace: dice.one('mesh-network', 'team-b') }),
    },
  };
}

function tlsRoute(dice: Dice, hosts: readonly string[]): object {
  const matches = Array.from({ length: dice.one(1, 1, 2) }, () => ({
    sniHosts: dice.some(dice.chance(0.7) ? hosts : EXTERNAL, 1, 2),
    ...l4Match(dice, [443, 8443]),
  }));
  return { match: matches, route: l4Destinations(dice, hosts) };
}

function tcpRoute(dice: Dice, hosts: readonly string[]): object {
  const match = l4Match(dice, [3306, 9000, 27017, 443]);
  if (dice.chance(0.04)) match.sourceSubnet = '10.244.0.0/16';
  return { ...(dice.chance(0.75) && { match: [match] }), route: l4Destinations(dice, hosts) };
}

function l4Match(dice: Dice, ports: readonly number[]): Record<string, unknown> {
  const match: Record<string, unknown> = {};
  if (dice.chance(0.6)) match.port = dice.pick(ports);
  if (dice.chance(0.08))
    match.destinationSubnets = dice.one(['10.5.0.0/16'], ['240.1.1.1'], ['10.5.0.0/16', '10.96.200.2/32']);
  if (dice.chance(0.1)) match.sourceLabels = { app: dice.one('client', 'other') };
  if (dice.chance(0.06)) match.sourceNamespace = dice.one('mesh-network', 'team-b');
  if (dice.chance(0.06)) match.gateways = dice.one(['mesh'], ['gw'], ['mesh', 'gw']);
  return match;
}

function l4Destinations(dice: Dice, hosts: readonly string[]): object[] {
  const weights = dice.one<(number | undefined)[]>([undefined], [undefined], [100], [30, 70], [0, 100]);
  return weights.map(weight => ({
    destination: target(dice, hosts),
    ...(weight !== undefined && { weight }),
  }));
}
