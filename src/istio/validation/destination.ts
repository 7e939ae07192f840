/** Where routes lead. Source: pkg/config/validation/validation.go (validateDestination, validateGatewayNames). */
import { goQuote } from '../go-text.ts';
import type { Destination, HttpRouteDestination } from '../types.ts';
import { checkHeaders } from './headers.ts';
import { fqdnProblem, isDnsLabel, portProblem, subsetNameProblem, wildcardDomainProblem } from './names.ts';
import type { Report } from './report.ts';

export function checkDestination(destination: Destination | undefined, report: Report): void {
  if (destination === undefined) return;
  const host = destination.host ?? '';
  report.error(host === '*' ? `invalid destination host ${host}` : wildcardDomainProblem(host));
  if (destination.subset) report.error(subsetNameProblem(destination.subset));
  if (destination.port !== undefined) report.error(portProblem(destination.port.number ?? 0));
}

/** For HTTP, TLS and TCP routes; only HTTP has headers. `skipHosts` is for routes made from the Gateway API. */
export function checkRouteDestinations(
  route: readonly HttpRouteDestination[] | undefined,
  skipHosts: boolean,
  report: Report,
): void {
  const destinations = route ?? [];
  let total = 0;
  for (const { destination, headers, weight = 0 } of destinations) {
    if (destination === undefined) report.errorInList('destination is required');
    checkHeaders(headers, report);
    if (!skipHosts) checkDestination(destination, report);
    if (weight < 0) report.error(`weight ${weight} < 0`);
    total += weight;
  }
  if (destinations.length > 1 && total === 0) report.error('total destination weight = 0');
}

/** Istio stops at the first name without a namespace; so does this. */
export function checkGatewayNames(
  gateways: readonly string[] | undefined,
  gatewaySemantics: boolean,
  report: Report,
): void {
  for (const gateway of gateways ?? []) {
    const slash = gateway.indexOf('/');
    if (slash < 0) {
      const [name = '', namespace = ''] = gateway.split('.');
      if (gateway.includes('.')) {
        const better = goQuote(`${namespace}/${name}`);
        report.warn(
          `using legacy gatewayName format ${goQuote(gateway)}; prefer the <namespace>/<name> format: ${better}`,
        );
      }
      report.error(fqdnProblem(gateway));
      return;
    }
    const [namespace, name] = [gateway.slice(0, slash), gateway.slice(slash + 1)];
    if (namespace === '' || name === '') report.error('config namespace and gateway name cannot be empty');
    if (!isDnsLabel(namespace)) report.error(`invalid value for namespace: ${goQuote(namespace)}`);
    if (!isDnsLabel(name) && !gatewaySemantics) {
      report.error(`invalid value for gateway name: ${goQuote(name)}`);
    }
  }
}
