/** Source: pkg/config/validation/validation.go (ValidateSidecar). The checks are in Istio's order. */
import { goQuote } from '../go-text.ts';
import type { Resource } from '../resource.ts';
import type { ConnectionPoolSettings, Port, SidecarSpec } from '../types.ts';
import { checkConnectionPool } from './connection-pool.ts';
import { checkDestination } from './destination.ts';
import { checkNamespacedHost } from './gateway.ts';
import { fqdnProblem, ipProblem, portNameProblem, portProblem, unixAddressProblem } from './names.ts';
import { namesHttp, namesTls, protocolProblem } from './protocols.ts';
import type { Report } from './report.ts';
import { checkServerTls, modeOf, type ServerTls } from './server-tls.ts';
import { checkWorkloadSelector, UNIX } from './workload-entry.ts';

interface Ingress {
  readonly port?: Port;
  readonly bind?: string;
  readonly defaultEndpoint?: string;
  readonly tls?: ServerTls;
  readonly connectionPool?: ConnectionPoolSettings;
}

type Egress = NonNullable<SidecarSpec['egress']>[number];

const SAME_PORT = 'sidecar: ports on IP bound listeners must be unique';

export function checkSidecar(resource: Resource<SidecarSpec>, report: Report): void {
  const spec = resource.spec ?? {};
  if (!checkWorkloadSelector(spec.workloadSelector, 'sidecar', report)) return;
  const egress = spec.egress ?? [];
  const ingress = (spec.ingress ?? []) as readonly Ingress[];
  const set = [spec.outboundTrafficPolicy, spec.inboundConnectionPool].some(field => field !== undefined);
  if (egress.length === 0 && ingress.length === 0 && !set) {
    report.warnings.length = 0;
    report.error('sidecar: empty configuration provided');
    return;
  }
  checkIngress(ingress, report);
  checkConnectionPool(spec.inboundConnectionPool, report);
  checkEgress(egress, resource.metadata.namespace ?? '', report);
  report.errorsOf(inner => checkOutboundPolicy(spec.outboundTrafficPolicy, inner));
}

function checkIngress(ingress: readonly Ingress[], report: Report): void {
  const numbers = new Set<number>();
  for (const listener of ingress) {
    const port = listener.port;
    if (port === undefined) {
      report.error('sidecar: port is required for ingress listeners');
      continue;
    }
    if ((port.targetPort ?? 0) > 0) report.error('targetPort has no impact on Sidecars');
    if (port.name) report.error(portNameProblem(port.name));
    const number = port.number ?? 0;
    report.error(protocolProblem(port.protocol), portProblem(number));
    if (listener.bind) report.error(ipProblem(listener.bind));
    if (numbers.has(number)) report.error(SAME_PORT);
    numbers.add(number);
    if (listener.defaultEndpoint) checkDefaultEndpoint(listener.defaultEndpoint, report);
    if (listener.tls !== undefined) checkIngressTls(listener.tls, port, report);
    checkConnectionPool(listener.connectionPool, report);
    if (listener.connectionPool?.http !== undefined && !namesHttp(port.protocol)) {
      report.warn(
        `sidecar: HTTP connection pool settings are configured for port ${number} (${goQuote(port.name ?? '')}) but its protocol is not HTTP (${port.protocol ?? ''}); only TCP settings will apply`,
      );
    }
  }
}

function checkDefaultEndpoint(endpoint: string, report: Report): void {
  if (endpoint.startsWith(UNIX)) {
    report.error(unixAddressProblem(endpoint.slice(UNIX.length)));
    return;
  }
  const { host, port, problem } = splitHostPort(endpoint);
  if (problem !== null) report.error(`address ${endpoint}: ${problem}`);
  if (!['', '127.0.0.1', '0.0.0.0', '::1', '::'].includes(host)) {
    report.error(
      'sidecar: defaultEndpoint must be of form 127.0.0.1:<port>,0.0.0.0:<port>,[::1]:port,[::]:port,unix://filepath or unset',
    );
  }
  if (/^[-+]?\d+$/.test(port)) report.error(portProblem(Number(port)));
  else {
    const why = `strconv.Atoi: parsing ${goQuote(port)}: invalid syntax`;
    report.error(`sidecar: defaultEndpoint port (${port}) is not a number: ${why}`);
  }
}

/** Go's net.SplitHostPort. */
function splitHostPort(address: string): { host: string; port: string; problem: string | null } {
  const found = /^(?:\[([^[\]]*)\]|([^[\]:]*)):([^[\]:]*)$/.exec(address);
  if (found) return { host: found[1] ?? found[2] ?? '', port: found[3] ?? '', problem: null };
  const missing = /^\[[^\]]*\]$/.test(address) || !address.includes(':');
  return { host: '', port: '', problem: missing ? 'missing port in address' : 'too many colons in address' };
}

function checkIngressTls(tls: ServerTls, port: Port, report: Report): void {
  if ((tls.subjectAltNames ?? []).length > 0) {
    report.error('sidecar: subjectAltNames is not supported in ingress tls');
  }
  if (tls.httpsRedirect) report.error('sidecar: httpsRedirect is not supported');
  if (tls.credentialName) report.error('sidecar: credentialName is not currently supported');
  if ((tls.credentialNames ?? []).length > 0) {
    report.error('sidecar: credentialNames is not currently supported');
  }
  if ((tls.tlsCertificates ?? []).length > 0) {
    report.error('sidecar: tls_certificates is not currently supported');
  }
  const mode = modeOf(tls);
  if (mode === 'ISTIO_MUTUAL' || mode === 'AUTO_PASSTHROUGH') {
    report.error(`configuration is invalid: cannot set mode to ${mode} in sidecar ingress tls`);
  }
  if (!namesTls(port.protocol)) report.error('server cannot have TLS settings for non HTTPS/TLS ports');
  checkServerTls(tls, report);
}

function checkEgress(egress: readonly Egress[], namespace: string, report: Report): void {
  const numbers = new Set<number>();
  const sockets = new Set<string>();
  for (const [i, listener] of egress.entries()) {
    const port = listener.port;
    if (port === undefined) {
      // Istio's other error, about a second one, is never reached: two cannot both be last.
      if (i !== egress.length - 1) {
        report.error('sidecar: the egress listener with empty port should be the last listener in the list');
      }
    } else {
      const bind = listener.bind ?? '';
      if ((port.targetPort ?? 0) > 0) report.error('targetPort has no impact on Sidecars');
      checkEgressPort(port, bind, listener.captureMode ?? 'DEFAULT', report);
      const number = port.number ?? 0;
      if (number === 0) {
        if (sockets.has(bind)) {
          report.error('sidecar: unix domain socket values for listeners must be unique');
        }
        sockets.add(bind);
      } else {
        if (numbers.has(number)) report.error(SAME_PORT);
        numbers.add(number);
      }
    }
    checkEgressHosts(listener.hosts ?? [], namespace, report);
  }
}

function checkEgressPort(port: Port, bind: string, captureMode: string, report: Report): void {
  if (port.name) report.error(portNameProblem(port.name));
  const number = port.number ?? 0;
  report.error(protocolProblem(port.protocol));
  if (number !== 0) {
    report.error(portProblem(number), bind === '' ? null : ipProblem(bind));
    return;
  }
  report.error(
    bind.startsWith(UNIX)
      ? unixAddressProblem(bind.slice(UNIX.length))
      : 'sidecar: ports with 0 value must have a unix domain socket bind address',
  );
  if (captureMode !== 'DEFAULT' && captureMode !== 'NONE') {
    report.error('sidecar: captureMode must be DEFAULT/NONE for unix domain socket listeners');
  }
}

function checkEgressHosts(hosts: readonly string[], ownNamespace: string, report: Report): void {
  if (hosts.length === 0) {
    report.error('sidecar: egress listener must contain at least one host');
    return;
  }
  const seen = new Map<string, Set<string>>();
  for (const text of hosts) {
    const slash = text.indexOf('/');
    if (slash >= 0 && !text.startsWith('~')) {
      const namespace = text.slice(0, slash) === '.' ? ownNamespace : text.slice(0, slash);
      const host = text.slice(slash + 1);
      const known = seen.get(namespace) ?? new Set();
      const duplicate = host === '*' ? known.size > 0 : known.has(host) || known.has('*');
      if (duplicate) report.warn(`duplicated egress host: ${text}`);
      seen.set(namespace, known.add(host));
    }
    checkNamespacedHost(text, { isGateway: false }, report);
  }
  if (seen.get('*')?.has('*') && seen.size !== 1) {
    report.warn('`*/*` host select all resources, no other hosts can be added');
  }
}

function checkOutboundPolicy(policy: SidecarSpec['outboundTrafficPolicy'], report: Report): void {
  const proxy = policy?.egressProxy;
  if (proxy === undefined) return;
  if ((policy?.mode ?? 'REGISTRY_ONLY') !== 'ALLOW_ANY') {
    report.error('sidecar: egress_proxy must be set only with ALLOW_ANY outbound_traffic_policy mode');
    return;
  }
  report.error(fqdnProblem(proxy.host ?? ''));
  if (proxy.port === undefined) report.error('sidecar: egress_proxy port must be non-nil');
  else checkDestination(proxy, report);
}
