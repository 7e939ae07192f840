/** Source: pkg/config/validation/validation.go (ValidateVirtualService). */
import { overlaps } from '../host.ts';
import type { Resource } from '../resource.ts';
import type { VirtualServiceSpec } from '../types.ts';
import { checkGatewayNames } from './destination.ts';
import { checkExportTo } from './export-to.ts';
import { isJwtClaim } from './headers.ts';
import { checkHttpRoute } from './http-route.ts';
import { checkTcpRoute, checkTlsRoute, isForGateways } from './l4-route.ts';
import { gatewayDomainProblem, isIpAddress, wildcardDomainProblem } from './names.ts';
import type { Report } from './report.ts';
import { checkReachable } from './unreachable.ts';

export function checkVirtualService(resource: Resource<VirtualServiceSpec>, report: Report): void {
  const spec = resource.spec ?? {};
  const { hosts = [], http = [], tls = [], tcp = [], gateways = [] } = spec;
  const isDelegate = hosts.length === 0;
  if (isDelegate) checkDelegate(spec, report);
  const gatewaySemantics = resource.metadata.annotations?.['internal.istio.io/route-semantics'] === 'gateway';
  const forGateways = gateways.length > 0 && isForGateways(spec);
  checkGatewayNames(gateways, gatewaySemantics, report);
  if (!forGateways) checkJwtClaims(spec, report);
  if (checkHosts(spec, forGateways, report)) checkDuplicateHosts(hosts, report);
  if (http.length === 0 && tcp.length === 0 && tls.length === 0) {
    report.error('http, tcp or tls must be provided in virtual service');
  }
  for (const route of http) checkHttpRoute(route, { isDelegate, gatewaySemantics }, report);
  for (const route of tls) checkTlsRoute(route, spec, gatewaySemantics, report);
  for (const route of tcp) checkTcpRoute(route, gatewaySemantics, report);
  checkExportTo(resource.metadata.namespace ?? '', spec.exportTo, {}, report);
  checkReachable(spec, report);
}

function checkDelegate(spec: VirtualServiceSpec, report: Report): void {
  const must = 'delegate virtual service must have no';
  if ((spec.gateways ?? []).length > 0) report.error(`${must} gateways specified`);
  if ((spec.tls ?? []).length > 0) report.error(`${must} tls route specified`);
  if ((spec.tcp ?? []).length > 0) report.error(`${must} tcp route specified`);
}

function checkJwtClaims(spec: VirtualServiceSpec, report: Report): void {
  const gateways = `[${(spec.gateways ?? []).join(' ')}]`;
  for (const match of (spec.http ?? []).flatMap(route => route.match ?? [])) {
    const names = [...Object.keys(match.headers ?? {}), ...Object.keys(match.withoutHeaders ?? {})];
    for (const name of names.filter(isJwtClaim)) {
      report.error(
        `JWT claim based routing (key: ${name}) is only supported for gateway, found no gateways: ${gateways}`,
      );
    }
  }
}

/** True: all are valid hosts. */
function checkHosts(spec: VirtualServiceSpec, forGateways: boolean, report: Report): boolean {
  const hasSni = (spec.tls ?? []).some(route =>
    route.match?.some(match => (match.sniHosts ?? []).length > 0),
  );
  let allValid = true;
  for (const host of spec.hosts ?? []) {
    const problem = forGateways ? gatewayDomainProblem(hasSni, host) : wildcardDomainProblem(host);
    if (problem !== null) {
      if (isIpAddress(host)) continue;
      report.error(problem);
      allValid = false;
    } else if (!forGateways && host === '*') {
      report.error('wildcard host * is not allowed for virtual services bound to the mesh gateway');
      allValid = false;
    }
  }
  return allValid;
}

/** Each is compared with each, as in Istio; here only up to this number. */
const MOST_COMPARED = 500;

function checkDuplicateHosts(all: readonly string[], report: Report): void {
  const hosts = all.slice(0, MOST_COMPARED);
  for (const [i, host] of hosts.entries()) {
    for (const other of hosts.slice(i + 1)) {
      if (overlaps(host, other)) report.error(`duplicate hosts in virtual service: ${host} & ${other}`);
    }
  }
}
