/**
 * IST0101: a route or mirror names a subset that no DestinationRule defines.
 * Source: analyzers/virtualservice/destinationrules.go.
 */
import type { Destination, VirtualService } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { mirrorDestinations, routeDestinations } from './destinations.ts';
import { resourceName } from './hosts.ts';
import { type Message, message, quoted } from './message.ts';

export function destinationSubsets({ virtualServices, destinationRules }: Collection): Message[] {
  const declared = new Set(
    destinationRules.flatMap(rule =>
      (rule.spec?.subsets ?? []).map(
        ({ name = '' }) => `${resourceName(rule.spec?.host ?? '', namespaceOf(rule))} ${name}`,
      ),
    ),
  );
  return virtualServices.flatMap(service => undeclared(service, declared));
}

function undeclared(service: VirtualService, declared: ReadonlySet<string>): Message[] {
  const check = (what: string) => (destination: Destination) => {
    const { host = '', subset } = destination;
    if (!subset || declared.has(`${resourceName(host, namespaceOf(service))} ${subset}`)) return [];
    return [message('IST0101', service, `${what}+subset in destinationrule`, quoted(`${host}+${subset}`))];
  };
  const spec = service.spec ?? {};
  return [
    ...routeDestinations(spec).flatMap(check('host')),
    ...mirrorDestinations(spec).flatMap(check('mirror')),
  ];
}
