/** Source: pkg/config/validation/validation.go (ValidateGateway), agent/validation.go (namespace/host). */
import { goQuote } from '../go-text.ts';
import type { Resource } from '../resource.ts';
import type { Port } from '../types.ts';
import {
  ipProblem,
  isDnsLabel,
  isIpAddress,
  partialWildcardProblem,
  portProblem,
  unixAddressProblem,
  wildcardDomainProblem,
} from './names.ts';
import { isKnownProtocol, namesHttp, namesTls } from './protocols.ts';
import type { Report } from './report.ts';
import { checkServerTls, isPassthrough, type ServerTls } from './server-tls.ts';
import { UNIX } from './workload-entry.ts';

interface Server {
  readonly hosts?: readonly string[];
  readonly bind?: string;
  readonly port?: Port;
  readonly tls?: ServerTls;
}

export interface GatewaySpec {
  readonly servers?: readonly Server[];
}

export function checkGateway(resource: Resource<GatewaySpec>, report: Report): void {
  const name = resource.metadata.name ?? '';
  const gatewaySemantics =
    resource.metadata.annotations?.['internal.istio.io/gateway-semantics'] === 'gateway';
  if (!isDnsLabel(name) && !gatewaySemantics) report.error(`invalid gateway name: ${goQuote(name)}`);
  const servers = resource.spec?.servers ?? [];
  if (servers.length === 0) report.error('gateway must have at least one server');
  for (const server of servers) checkServer(server, gatewaySemantics, report);
  const names = new Set<string>();
  for (const { port, tls } of servers) {
    if (port === undefined) continue;
    const portName = port.name ?? '';
    if (names.has(portName)) {
      report.error(`port names in servers must be unique: duplicate name ${portName}`);
    }
    names.add(portName);
    if (!namesHttp(port.protocol) && tls?.httpsRedirect) {
      report.warn('tls.httpsRedirect should only be used with http servers');
    }
  }
}

function checkServer(server: Server, gatewaySemantics: boolean, report: Report): void {
  const { hosts = [], port, bind = '', tls } = server;
  if (hosts.length === 0) report.error('server config must contain at least one host');
  for (const host of hosts) checkNamespacedHost(host, { isGateway: true, gatewaySemantics }, report);
  const before = report.errors.length;
  checkPort(port, bind, report);
  const portIsGood = report.errors.length === before;
  checkBind(port, bind, report);
  checkServerTls(tls, report);
  if (port === undefined || !portIsGood) return;
  if (namesTls(port.protocol)) {
    if (tls === undefined) report.error('server must have TLS settings for HTTPS/TLS protocols');
  } else if (tls !== undefined && namesHttp(port.protocol)) {
    // On a plain HTTP port the redirect to https is all that makes sense.
    if (!isPassthrough(tls) || tls.caCertificates || tls.privateKey || tls.serverCertificate) {
      report.error('server cannot have TLS settings for plain text HTTP ports');
    }
  } else if (tls !== undefined) {
    report.error('server cannot have TLS settings for non HTTPS/TLS ports');
  }
}

function checkPort(port: Port | undefined, bind: string, report: Report): void {
  if (port === undefined) {
    report.error('port is required');
    return;
  }
  const { number = 0, protocol = '', name = '', targetPort = 0 } = port;
  if (!isKnownProtocol(protocol)) {
    report.error(
      `invalid protocol ${goQuote(protocol)}, supported protocols are HTTP, HTTP2, GRPC, GRPC-WEB, MONGO, REDIS, MYSQL, TCP`,
    );
  }
  if (number > 0 || !bind.startsWith(UNIX)) report.error(portProblem(number));
  if (targetPort > 0) report.error('targetPort has no impact on Gateways');
  if (name === '') report.error(`port name must be set: ${protoText(port)}`);
}

function checkBind(port: Port | undefined, bind: string, report: Report): void {
  if (!bind.startsWith(UNIX)) {
    if (bind !== '') report.error(ipProblem(bind));
    return;
  }
  report.error(unixAddressProblem(bind.slice(UNIX.length)));
  if (port !== undefined && (port.number ?? 0) !== 0) {
    report.error(`port number must be 0 for unix domain socket: ${protoText(port)}`);
  }
}

/** protobuf's own text for a port, which puts one or two spaces between the fields, at random. */
function protoText(port: Port): string {
  const fields = [
    port.number ? `number:${port.number}` : '',
    port.protocol ? `protocol:${goQuote(port.protocol)}` : '',
    port.name ? `name:${goQuote(port.name)}` : '',
    port.targetPort ? `target_port:${port.targetPort}` : '',
  ];
  return fields.filter(field => field !== '').join(' ');
}

export interface HostOptions {
  readonly isGateway: boolean;
  readonly gatewaySemantics?: boolean;
}

/** 'namespace/host' in Sidecars and Gateways; a Gateway also accepts the host alone. */
export function checkNamespacedHost(text: string, options: HostOptions, report: Report): void {
  const slash = text.indexOf('/');
  if (slash < 0) {
    if (options.isGateway) checkHostPart(text, true, report);
    else report.error('host must be of form namespace/dnsName');
    return;
  }
  const [namespace, host] = [text.slice(0, slash), text.slice(slash + 1)];
  if (namespace === '' || host === '') {
    report.error('config namespace and dnsName in host entry cannot be empty');
  }
  if (options.isGateway) {
    const any = ['*', '.', ...(options.gatewaySemantics ? ['~'] : [])];
    if (!any.includes(namespace) && !isDnsLabel(namespace)) {
      report.error(`invalid namespace value ${goQuote(namespace)} in gateway`);
    }
  } else {
    const plain = namespace.replace(/^~/, '');
    if (!['', '*', '.'].includes(plain) && !isDnsLabel(plain)) {
      report.error(`invalid namespace value ${goQuote(namespace)} in sidecar`);
    }
  }
  checkHostPart(host, options.isGateway, report);
}

function checkHostPart(host: string, isGateway: boolean, report: Report): void {
  if (host !== '*' && !host.includes('.')) report.error('short names (non FQDN) are not allowed');
  const problem = wildcardDomainProblem(host);
  // For a Sidecar, Istio reports it twice: once as such, and once because it is not an IP address either.
  if (problem !== null && !isGateway) report.error(problem);
  if (problem !== null && !isIpAddress(host)) report.error(problem);
  report.error(partialWildcardProblem(host));
}
