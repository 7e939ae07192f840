/** Source: pkg/config/validation/validation.go (ValidateServiceEntry). The checks are in Istio's order. */
import type { Resource } from '../resource.ts';
import type { Port, ServiceEntrySpec, WorkloadEntrySpec } from '../types.ts';
import { checkExportTo } from './export-to.ts';
import {
  checkLabels,
  fqdnProblem,
  isIpAddress,
  partialWildcardProblem,
  portNameProblem,
  portProblem,
  subnetProblem,
  wildcardDomainProblem,
} from './names.ts';
import { namesHttp, namesTcp, namesTls, protocolProblem } from './protocols.ts';
import type { Report } from './report.ts';
import {
  checkEndpointPorts,
  checkWorkloadEntry,
  checkWorkloadSelector,
  notAnAddress,
} from './workload-entry.ts';

export function checkServiceEntry(resource: Resource<ServiceEntrySpec>, report: Report): void {
  const spec = resource.spec ?? {};
  if (!checkWorkloadSelector(spec.workloadSelector, 'service entry', report)) return;
  if (spec.workloadSelector !== undefined && (spec.endpoints ?? []).length > 0) {
    report.error('only one of WorkloadSelector or Endpoints is allowed in Service Entry');
  }
  checkHosts(spec, report);
  checkAddresses(spec, report);
  const portNames = checkPorts(spec, allocatesAddress(resource), report);
  checkResolution(resource, portNames, report);
  const hosts = spec.hosts ?? [];
  const ports = spec.ports ?? [];
  // Nothing in plain TCP tells two hosts apart; without resolution the hosts do not matter.
  const plain = ports.some(port => !namesHttp(port.protocol) && !namesTls(port.protocol));
  if ((spec.resolution ?? 'NONE') !== 'NONE' && hosts.length > 1 && plain) {
    report.error('multiple hosts provided with non-HTTP, non-TLS ports');
  }
  checkExportTo(resource.metadata.namespace ?? '', spec.exportTo, { isServiceEntry: true }, report);
}

function checkHosts(spec: ServiceEntrySpec, report: Report): void {
  const hosts = spec.hosts ?? [];
  if (hosts.length === 0) report.error('service entry must have at least one host');
  for (const host of hosts) {
    if (host === '*') {
      report.error(`invalid host ${host}`);
      continue;
    }
    report.error(wildcardDomainProblem(host));
    if (spec.resolution !== 'DYNAMIC_DNS') report.warn(partialWildcardProblem(host));
  }
}

function checkAddresses(spec: ServiceEntrySpec, report: Report): void {
  const addresses = spec.addresses ?? [];
  for (const address of addresses) report.error(subnetProblem(address));
  const resolution = spec.resolution ?? 'NONE';
  if (addresses.some(a => a.includes('/')) && resolution !== 'NONE' && resolution !== 'STATIC') {
    report.error('CIDR addresses are allowed only for NONE/STATIC resolution types');
  }
}

/** Whether Istio allocates an address for the entry. Source: pilot/pkg/networking/serviceentry. */
function allocatesAddress(resource: Resource<ServiceEntrySpec>): boolean {
  const spec = resource.spec ?? {};
  const wish = resource.metadata.labels?.['networking.istio.io/enable-autoallocate-ip'];
  return (
    (spec.resolution ?? 'NONE') !== 'NONE' &&
    wish?.toLowerCase() !== 'false' &&
    (spec.addresses ?? []).length === 0
  );
}

function checkPorts(spec: ServiceEntrySpec, autoAllocated: boolean, report: Report): ReadonlySet<string> {
  const names = new Set<string>();
  const numbers = new Set<number>();
  for (const { name = '', number = 0, protocol = '', targetPort = 0 } of spec.ports ?? []) {
    if (names.has(name)) report.error(`service entry port name "${name}" already defined`);
    if (numbers.has(number)) report.error(`service entry port ${number} already defined`);
    names.add(name);
    numbers.add(number);
    if (targetPort !== 0) report.error(portProblem(targetPort));
    if ((spec.addresses ?? []).length === 0 && !autoAllocated && (protocol === '' || protocol === 'TCP')) {
      report.warn(
        'addresses are required for ports serving TCP (or unset) protocol when IP Autoallocation is not enabled',
      );
    }
    report.error(portNameProblem(name), protocolProblem(protocol), portProblem(number));
  }
  return names;
}

function checkResolution(
  resource: Resource<ServiceEntrySpec>,
  portNames: ReadonlySet<string>,
  report: Report,
): void {
  const spec = resource.spec ?? {};
  const endpoints = spec.endpoints ?? [];
  switch (spec.resolution ?? 'NONE') {
    case 'NONE':
      if (endpoints.length > 0) report.error('no endpoints should be provided for resolution type none');
      if (spec.workloadSelector !== undefined) {
        report.warn('workloadSelector should not be set when resolution mode is NONE');
      }
      return;
    case 'STATIC':
      for (const endpoint of endpoints) checkWorkloadEntry(endpoint, portNames, report);
      return;
    case 'DYNAMIC_DNS':
      checkDynamicDns(resource, report);
      return;
    default:
      checkDns(spec, portNames, report);
  }
}

function checkDns(spec: ServiceEntrySpec, portNames: ReadonlySet<string>, report: Report): void {
  const hosts = spec.hosts ?? [];
  const endpoints = spec.endpoints ?? [];
  if (endpoints.length === 0) {
    const problem = hosts.map(fqdnProblem).find(found => found !== null);
    if (problem !== undefined) {
      report.error(
        `hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode ${spec.resolution}, ${problem}`,
      );
    }
  }
  if (spec.resolution === 'DNS_ROUND_ROBIN' && endpoints.length > 1) {
    report.error(`there must only be 0 or 1 endpoint for resolution mode ${spec.resolution}`);
  }
  for (const endpoint of endpoints) checkDnsEndpoint(endpoint, portNames, report);
  const withTcp =
    (spec.addresses ?? []).length > 0 && (spec.ports ?? []).some(port => namesTcp(port.protocol));
  if (withTcp && hosts.length > 1) {
    report.warn(
      'service entry can not have more than one host specified simultaneously with address and tcp port',
    );
  }
}

function checkDnsEndpoint(endpoint: WorkloadEntrySpec, portNames: ReadonlySet<string>, report: Report): void {
  const address = endpoint.address ?? '';
  if (!isIpAddress(address) && fqdnProblem(address) !== null) report.error(notAnAddress(address));
  checkLabels(endpoint.labels, report);
  checkEndpointPorts(endpoint.ports, portNames, report);
}

const DYNAMIC_PROTOCOLS = new Set(['http', 'tls', 'grpc', 'http2']);

function checkDynamicDns(resource: Resource<ServiceEntrySpec>, report: Report): void {
  const spec = resource.spec ?? {};
  const type = 'resolution type DYNAMIC_DNS';
  for (const host of spec.hosts ?? []) {
    if (!host.startsWith('*')) report.error('host must be wildcarded for resolution mode DYNAMIC_DNS');
  }
  // The missing space in both texts is missing in Istio too.
  if ((spec.addresses ?? []).length > 0) {
    report.error(
      `addresses cannot be set for ${type}. HTTP route domains will only be generatedfrom the hosts field values`,
    );
  }
  if ((spec.endpoints ?? []).length > 0) {
    report.error(
      `endpoints cannot be set for ${type}. Destination IP address determined from hostsfield values`,
    );
  }
  const unsupported = (port: Port): boolean => !DYNAMIC_PROTOCOLS.has((port.protocol ?? '').toLowerCase());
  for (const _ of (spec.ports ?? []).filter(unsupported)) {
    report.error(`only HTTP, TLS, GRPC, and HTTP2 protocols are supported for ${type}`);
  }
  const waypoint = resource.metadata.labels?.['istio.io/use-waypoint'] ?? '';
  if (spec.location === 'MESH_INTERNAL' && waypoint !== '' && waypoint.toLowerCase() !== 'none') {
    report.error(`location MESH_INTERNAL with ${type} is not supported when using waypoints`);
  }
}
