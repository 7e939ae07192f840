/** Source: pkg/config/validation/validation.go (validateWorkloadEntry, ValidateAlphaWorkloadSelector). */
import { goQuote } from '../go-text.ts';
import type { WorkloadEntrySpec } from '../types.ts';
import {
  checkLabels,
  fqdnProblem,
  isIpAddress,
  portNameProblem,
  portProblem,
  unixAddressProblem,
} from './names.ts';
import type { Report } from './report.ts';

export const UNIX = 'unix://';

/**
 * `servicePorts` are the names of the ServiceEntry's ports; null for an entry of its own, whose address may be a name.
 */
export function checkWorkloadEntry(
  entry: WorkloadEntrySpec,
  servicePorts: ReadonlySet<string> | null,
  report: Report,
): void {
  const address = entry.address ?? '';
  if (address === '') {
    if (!entry.network) {
      report.error('address is required');
      return;
    }
    report.warn(`address is unset with network ${goQuote(entry.network)}`);
  }
  const isUnix = address.startsWith(UNIX);
  if (isUnix) {
    report.error(unixAddressProblem(address.slice(UNIX.length)));
    if (Object.keys(entry.ports ?? {}).length > 0) {
      report.error(`unix endpoint ${address} must not include ports`);
    }
  } else if (address !== '' && !isIpAddress(address)) {
    if (servicePorts !== null) report.error(`endpoint address ${goQuote(address)} is not a valid IP address`);
    else if (fqdnProblem(address) !== null) report.error(notAnAddress(address));
  }
  checkEndpointPorts(entry.ports, servicePorts, report);
  checkLabels(entry.labels, report);
  if (isUnix && servicePorts !== null && servicePorts.size !== 1) {
    report.error('exactly 1 service port required for unix endpoints');
  }
}

export const notAnAddress = (address: string): string =>
  `endpoint address ${goQuote(address)} is not a valid FQDN or an IP address`;

export function checkEndpointPorts(
  ports: Readonly<Record<string, number>> | undefined,
  servicePorts: ReadonlySet<string> | null,
  report: Report,
): void {
  for (const [name, port] of Object.entries(ports ?? {})) {
    if (servicePorts !== null && !servicePorts.has(name)) {
      report.error(`endpoint port ${port} is not defined by the service entry`);
    }
    report.error(portNameProblem(name), portProblem(port));
  }
}

export interface WorkloadSelector {
  readonly labels?: Readonly<Record<string, string>>;
}

/** False: the rest of the object is not checked. */
export function checkWorkloadSelector(
  selector: WorkloadSelector | undefined,
  whose: string,
  report: Report,
): boolean {
  if (selector === undefined) return true;
  const labels = Object.entries(selector.labels ?? {});
  for (const [key, value] of labels) {
    const pair = goQuote(`${key}=${value}`);
    if (key === '') report.error(`empty key is not supported in selector: ${pair}`);
    if (key.includes('*') || value.includes('*')) {
      report.error(`wildcard is not supported in selector: ${pair}`);
    }
  }
  if (report.errors.length > 0) return false;
  if (labels.length === 0) {
    report.warn(
      `${whose}: workload selector specified without labels, will be applied to all services in namespace`,
    );
  }
  return true;
}
