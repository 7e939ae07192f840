/**
 * IST0101 (host, host:port, mirror host not found), IST0112 (port needed), IST0140 (subset that has no effect at a
 * gateway). Source: analyzers/virtualservice/destinationhosts.go.
 */
import type { Destination, VirtualService } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { mirrorDestinations, routeDestinations } from './destinations.ts';
import { type DestinationTarget, type HostMap, hostMap, targetOf } from './hosts.ts';
import { fullName, listed, type Message, message, quoted } from './message.ts';

export function destinationHosts(collection: Collection): Message[] {
  const hosts = hostMap(collection);
  return collection.virtualServices.flatMap(service => [
    ...unknownHosts(service, hosts),
    ...withoutEffect(service, collection.virtualServices),
  ]);
}

function unknownHosts(service: VirtualService, hosts: HostMap): Message[] {
  const spec = service.spec ?? {};
  const check = (what: string) => (destination: Destination) => {
    const { host = '' } = destination;
    const target = targetOf(host, namespaceOf(service), spec.exportTo, hosts);
    return target === null
      ? [message('IST0101', service, what, quoted(host))]
      : portOf(service, destination, target);
  };
  return [
    ...routeDestinations(spec).flatMap(check('host')),
    ...mirrorDestinations(spec).flatMap(check('mirror host')),
  ];
}

function portOf(
  service: VirtualService,
  { host = '', port }: Destination,
  { ports }: DestinationTarget,
): Message[] {
  if (port === undefined)
    return ports.length > 1 ? [message('IST0112', service, quoted(host), listed(ports))] : [];
  const number = port.number ?? 0;
  return ports.includes(number)
    ? []
    : [message('IST0101', service, 'host:port', quoted(`${host}:${number}`))];
}

/** Here Istio takes any `gateways`, even `mesh`, for an ingress gateway. */
function withoutEffect(service: VirtualService, all: readonly VirtualService[]): Message[] {
  if (!service.spec?.gateways?.length) return [];
  const plain = (service.spec.http ?? [])
    .flatMap(http => http.route ?? [])
    .filter(route => !route.destination?.subset)
    .map(route => route.destination?.host);
  return plain.flatMap(host =>
    all.flatMap(other =>
      subsetHosts(other)
        .filter(each => each === host)
        .map(() => message('IST0140', service, fullName(other), fullName(service))),
    ),
  );
}

/** The hosts that a VirtualService is for and also routes to by subset. */
function subsetHosts({ spec }: VirtualService): (string | undefined)[] {
  const routes = (spec?.http ?? []).flatMap(http => http.route ?? []);
  return routes
    .filter(({ destination }) => destination?.subset && spec?.hosts?.includes(destination.host ?? ''))
    .map(({ destination }) => destination?.host);
}
