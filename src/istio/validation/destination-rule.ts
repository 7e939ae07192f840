/** Source: pkg/config/validation/validation.go (ValidateDestinationRule). */
import { goQuote } from '../go-text.ts';
import type { Resource } from '../resource.ts';
import type { DestinationRuleSpec, PortTrafficPolicy, Subset, TrafficPolicy } from '../types.ts';
import { checkClientTls } from './client-tls.ts';
import { checkConnectionPool, checkOutlierDetection } from './connection-pool.ts';
import { checkExportTo } from './export-to.ts';
import { checkLoadBalancer } from './load-balancer.ts';
import {
  checkLabels,
  fqdnProblem,
  ipProblem,
  portProblem,
  subsetNameProblem,
  wildcardDomainProblem,
} from './names.ts';
import type { Report } from './report.ts';

export function checkDestinationRule(resource: Resource<DestinationRuleSpec>, report: Report): void {
  const spec = resource.spec ?? {};
  const namespace = resource.metadata.namespace ?? '';
  report.error(wildcardDomainProblem(spec.host ?? ''));
  checkTrafficPolicy(namespace, spec.trafficPolicy, report);
  const names = new Set<string>();
  for (const subset of spec.subsets ?? []) {
    const name = subset.name ?? '';
    if (names.has(name)) report.error(`duplicate subset names: ${name}`);
    names.add(name);
    report.errorsOf(inner => checkSubset(namespace, subset, inner));
  }
  const hasWorkloadSelector = spec.workloadSelector !== undefined;
  checkExportTo(namespace, spec.exportTo, { hasWorkloadSelector }, report);
  checkWorkloadSelector(spec.workloadSelector, report);
}

function checkSubset(namespace: string, subset: Subset, report: Report): void {
  report.error(subsetNameProblem(subset.name ?? ''));
  checkLabels(subset.labels, report);
  checkTrafficPolicy(namespace, subset.trafficPolicy, report);
}

function checkWorkloadSelector(selector: DestinationRuleSpec['workloadSelector'], report: Report): void {
  if (selector === undefined) return;
  const labels = Object.entries(selector.matchLabels ?? {});
  for (const [key, value] of labels) {
    const pair = goQuote(`${key}=${value}`);
    if (key === '') report.error(`empty key is not supported in selector: ${pair}`);
    if (key.includes('*') || value.includes('*')) {
      report.error(`wildcard is not supported in selector: ${pair}`);
    }
  }
  if (labels.length === 0) report.warn('workload selector specified without labels');
}

function checkTrafficPolicy(namespace: string, policy: TrafficPolicy | undefined, report: Report): void {
  if (policy === undefined) return;
  const ports = policy.portLevelSettings ?? [];
  const { outlierDetection, connectionPool, loadBalancer, tls, tunnel, proxyProtocol, retryBudget } = policy;
  const set = [outlierDetection, connectionPool, loadBalancer, tls, tunnel, proxyProtocol, retryBudget];
  if (ports.length === 0 && set.every(field => field === undefined)) {
    report.error('traffic policy must have at least one field');
    return;
  }
  if (tunnel !== undefined && proxyProtocol !== undefined) {
    report.error('tunnel and proxyProtocol must not be set together');
    return;
  }
  checkCommon(namespace, policy, report);
  report.errorsOf(inner => {
    for (const port of ports) checkPort(namespace, port, inner);
  });
  if (tunnel !== undefined) checkTunnel(tunnel, report);
}

/** What a whole policy and a port's policy have in common. */
function checkCommon(namespace: string, policy: PortTrafficPolicy, report: Report): void {
  checkOutlierDetection(policy.outlierDetection, report);
  checkConnectionPool(policy.connectionPool, report);
  checkLoadBalancer(policy.loadBalancer, policy.outlierDetection, report);
  checkClientTls(namespace, policy.tls, report);
}

function checkPort(namespace: string, policy: PortTrafficPolicy, report: Report): void {
  if (policy.port === undefined) report.error('portTrafficPolicy must have valid port');
  const set = [policy.outlierDetection, policy.connectionPool, policy.loadBalancer, policy.tls];
  if (set.every(field => field === undefined)) {
    report.error('port traffic policy must have at least one field');
    return;
  }
  checkCommon(namespace, policy, report);
}

function checkTunnel(tunnel: NonNullable<TrafficPolicy['tunnel']>, report: Report): void {
  const { protocol = '', targetHost = '', targetPort = 0 } = tunnel;
  if (!['', 'CONNECT', 'POST'].includes(protocol)) {
    report.error('tunnel protocol must be "CONNECT" or "POST"');
  }
  const noName = fqdnProblem(targetHost);
  const noAddress = ipProblem(targetHost);
  if (noName !== null && noAddress !== null) {
    report.error(`tunnel target host must be valid FQDN or IP address: ${noName}; ${noAddress}`);
  }
  const noPort = portProblem(targetPort);
  if (noPort !== null) report.error(`tunnel target port is invalid: ${noPort}`);
}
