/** TLS and TCP routes. Source: pkg/config/validation/validation.go (validateTLSRoute, validateTCPRoute). */
import { goQuote } from '../go-text.ts';
import { isCoveredBy } from '../host.ts';
import type {
  L4MatchAttributes,
  TcpRoute,
  TlsMatchAttributes,
  TlsRoute,
  VirtualServiceSpec,
} from '../types.ts';
import { checkGatewayNames, checkRouteDestinations } from './destination.ts';
import {
  checkLabels,
  gatewayDomainProblem,
  isIpAddress,
  portProblem,
  subnetProblem,
  wildcardDomainProblem,
} from './names.ts';
import type { Report } from './report.ts';

export const isForGateways = (spec: VirtualServiceSpec): boolean => !(spec.gateways ?? []).includes('mesh');

export function checkTlsRoute(
  route: TlsRoute,
  spec: VirtualServiceSpec,
  gatewaySemantics: boolean,
  report: Report,
): void {
  const matches = route.match ?? [];
  if (matches.length === 0) report.error('TLS route must have at least one match condition');
  for (const match of matches) checkTlsMatch(match, spec, report);
  if ((route.route ?? []).length === 0) report.error('TLS route is required');
  checkRouteDestinations(route.route, gatewaySemantics, report);
}

function checkTlsMatch(match: TlsMatchAttributes, spec: VirtualServiceSpec, report: Report): void {
  const sniHosts = match.sniHosts ?? [];
  if (sniHosts.length === 0) report.error('TLS match must have at least one SNI host');
  for (const sniHost of sniHosts) checkSniHost(sniHost, spec, report);
  checkL4Match(match, report);
}

function checkSniHost(sniHost: string, spec: VirtualServiceSpec, report: Report): void {
  const problem = isForGateways(spec) ? gatewayDomainProblem(true, sniHost) : wildcardDomainProblem(sniHost);
  if (problem !== null && isIpAddress(sniHost)) {
    report.warn(
      `using an IP address (${goQuote(sniHost)}) goes against SNI spec and most clients do not support this`,
    );
    return;
  }
  if (problem !== null) {
    report.error(problem);
    return;
  }
  const hosts = spec.hosts ?? [];
  if (hosts.some(host => isCoveredBy(sniHost, host))) return;
  report.error(
    `SNI host ${goQuote(sniHost)} is not a compatible subset of any of the virtual service hosts: [${hosts.join(', ')}]`,
  );
}

function checkL4Match(match: L4MatchAttributes, report: Report): void {
  for (const subnet of match.destinationSubnets ?? []) report.error(subnetProblem(subnet));
  if (match.port) report.error(portProblem(match.port));
  checkLabels(match.sourceLabels, report);
  checkGatewayNames(match.gateways, false, report);
}

export function checkTcpRoute(route: TcpRoute, gatewaySemantics: boolean, report: Report): void {
  for (const match of route.match ?? []) report.errorsOf(inner => checkL4Match(match, inner));
  if ((route.route ?? []).length === 0) report.error('TCP route is required');
  checkRouteDestinations(route.route, gatewaySemantics, report);
}
