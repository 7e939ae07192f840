/**
 * Calls that hardly anybody makes: by the other scheme, to an address that no host has, for a name that is nobody's. They
 * show what the plain ones do not: that a port is taken from everybody, that an address leads nowhere any more. Pure.
 */
import type { CidrRange, EnvoyConfig, Listener } from '../envoy/config.ts';
import { listenerAddresses } from '../envoy/match.ts';
import { httpManagerOf } from '../envoy/trace-chain.ts';
import { callsTo, distinct, type Surroundings, USUAL } from './calls.ts';
import { type RouteOf, routesOf } from './effect.ts';
import type { ProposedCall, Side } from './types.ts';

interface Place {
  readonly host: string;
  readonly port: number;
}

export function farCalls(sides: readonly Side[], around: Surroundings): ProposedCall[] {
  const { hosts, other } = around;
  if (other === undefined) return [];
  const named = hosts.flatMap(host =>
    [...USUAL, ...(around.ports?.(host) ?? [])].map(({ port }) => ({ host, port })),
  );
  const near = new Set(
    named.flatMap(({ host, port }) => [`${host}:${port}`, ...addressesOf(sides, host, port)]),
  );
  const isFar = ({ host, port }: Place) => !near.has(`${host}:${port}`);
  const listened = distinct(sides.flatMap(side => listenedOn(side.config)));
  const addresses = listened.flatMap(({ ip, port }) => (ip === null ? [] : [{ host: ip, port }]));
  const domains = sides.flatMap(side => placesOfRoutes(side.config, isFar));
  const others = listened.map(({ port }) => ({ host: other, port }));
  const routes = sides.flatMap(side => routesOf(side.config));
  const ofRoutes = distinct(domains);
  const bare = distinct([...named, ...[...addresses, ...others].filter(isFar)]);
  const callsAt = ({ host, port }: Place, about: readonly RouteOf[], paths: readonly string[]) => {
    const known = sides.every(side => side.address(host) !== null);
    return callsTo(host, known ? null : around.at, bothSchemes(port), about, { ...around, paths });
  };
  return [
    ...ofRoutes.filter(isFar).flatMap(place => callsAt(place, routes, around.paths)),
    ...bare.flatMap(place => callsAt(place, [], ['/'])),
  ];
}

function bothSchemes(port: number) {
  return [
    { scheme: 'http', port },
    { scheme: 'https', port },
  ] as const;
}

const addressesOf = (sides: readonly Side[], host: string, port: number) =>
  sides.map(side => `${side.address(host)}:${port}`);

const outbound = ({ listeners }: EnvoyConfig) =>
  listeners.filter(one => one.traffic_direction !== 'INBOUND' && !/^virtual/.test(one.name));

const chainsOf = ({ filter_chains = [], default_filter_chain: last }: Listener) => [
  ...filter_chains,
  ...(last === undefined ? [] : [last]),
];

/** Where connections are taken; the address is null where it is any, and one of a range where that decides. */
function listenedOn(config: EnvoyConfig): { readonly ip: string | null; readonly port: number }[] {
  return outbound(config).flatMap(listener => {
    const ranges = chainsOf(listener).flatMap(one => one.filter_chain_match?.prefix_ranges ?? []);
    return listenerAddresses(listener).flatMap(({ ip, port }) => {
      const own = ip === '0.0.0.0' || ip === '::' ? null : ip;
      return [own, ...ranges.map(addressIn)].map(each => ({ ip: each, port }));
    });
  });
}

/** The first address of a range that is not the network's own. */
function addressIn({ address_prefix: text, prefix_len: length = 0 }: CidrRange): string {
  return length < 31 && text.endsWith('.0') ? text.replace(/0$/, '1') : text;
}

const IS_ADDRESS = /^[\d.]+$/;

/** What routes are about at the ports that lead to them: addresses, and a name of each host that has no near one. */
function placesOfRoutes(config: EnvoyConfig, isFar: (place: Place) => boolean): Place[] {
  const ports = new Map<string, Set<number>>();
  for (const listener of outbound(config)) {
    for (const { port } of listenerAddresses(listener)) {
      for (const chain of chainsOf(listener)) {
        const name = httpManagerOf(chain)?.rds?.route_config_name;
        if (name !== undefined) ports.set(name, (ports.get(name) ?? new Set()).add(port));
      }
    }
  }
  return config.routes.flatMap(({ name, virtual_hosts = [] }) =>
    [...(ports.get(name) ?? [])].flatMap(port =>
      virtual_hosts.flatMap(({ domains }) => {
        const plain = domains
          .filter(each => each !== '*' && !each.includes(':'))
          .map(each => each.replace(/^\*/, 'any'));
        const places = plain.map(host => ({ host, port }));
        const addresses = places.filter(({ host }) => IS_ADDRESS.test(host));
        const names = places.filter(({ host }) => !IS_ADDRESS.test(host));
        return names.every(isFar) ? [...names.slice(0, 1), ...addresses] : addresses;
      }),
    ),
  );
}
