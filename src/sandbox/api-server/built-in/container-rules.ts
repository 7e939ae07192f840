/**
 * Rules of one container: ports, environment, mounts, probes, resources. They are asked before defaults are set, so
 * what is not given is not missing. Source: kubernetes 1.34, pkg/apis/core/validation (validateContainerCommon,
 * validateProbe, validateHandler, validateResourceRequirements), apimachinery/pkg/util/validation.
 */
import type { Cause } from '../../../istio/schema/cause.ts';
import { isObject } from '../../../shared/json.ts';
import { canonical, quantity } from '../../quantity.ts';
import { dnsLabelFaults } from '../metadata.ts';
import { at, list, text } from '../tables/fields.ts';
import { duplicate, forbidden, invalidValue, notFound, notSupported, required } from './causes.ts';

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const SCHEMES = ['HTTP', 'HTTPS'];

/** `volumes`: the names that it may mount. */
export function containerCauses(container: unknown, path: string, volumes: ReadonlySet<string>): Cause[] {
  const name = text(container, 'name');
  const policy = text(container, 'imagePullPolicy');
  return [
    ...(name === '' ? [required(`${path}.name`)] : labelCauses(`${path}.name`, name)),
    ...(text(container, 'image') === '' ? [required(`${path}.image`)] : []),
    ...portCauses(list(container, 'ports'), `${path}.ports`),
    ...list(container, 'env').flatMap((each, index) => envCauses(each, `${path}.env[${index}].name`)),
    ...mountCauses(list(container, 'volumeMounts'), `${path}.volumeMounts`, volumes),
    ...choiceCauses(`${path}.imagePullPolicy`, policy, PULL_POLICIES),
    ...resourceCauses(at(container, 'resources'), `${path}.resources`),
  ];
}

export function labelCauses(path: string, value: string): Cause[] {
  return dnsLabelFaults(value).map(why => invalidValue(path, value, why));
}

export function choiceCauses(path: string, value: string, choices: readonly string[]): Cause[] {
  return value === '' || choices.includes(value) ? [] : [notSupported(path, value, choices)];
}

function portCauses(ports: readonly unknown[], path: string): Cause[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const here = `${path}[${index}]`;
    const name = text(port, 'name');
    const [number, hostPort] = [at(port, 'containerPort') ?? 0, at(port, 'hostPort') ?? 0];
    const faults = name === '' ? [] : portNameFaults(name);
    const causes = faults.map(why => invalidValue(`${here}.name`, name, why));
    if (names.has(name)) causes.push(duplicate(`${here}.name`, name));
    else if (name !== '' && faults.length === 0) names.add(name);
    if (number === 0) causes.push(required(`${here}.containerPort`));
    else causes.push(...portNumberCauses(`${here}.containerPort`, number));
    if (hostPort !== 0) causes.push(...portNumberCauses(`${here}.hostPort`, hostPort));
    return [...causes, ...choiceCauses(`${here}.protocol`, text(port, 'protocol'), PROTOCOLS)];
  });
}

function portNumberCauses(path: string, value: unknown): Cause[] {
  if (typeof value === 'number' && value >= 1 && value <= 65_535) return [];
  return [invalidValue(path, value, 'must be between 1 and 65535, inclusive')];
}

function portNameFaults(name: string): string[] {
  const faults: string[] = [];
  if (name.length > 15) faults.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(name))
    faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (/^-|-$/.test(name)) faults.push('must not begin or end with a hyphen');
  return faults;
}

function envCauses(variable: unknown, path: string): Cause[] {
  const name = text(variable, 'name');
  if (name === '') return [required(path)];
  if (/^[ -<>-~]+$/.test(name)) return [];
  const why =
    "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return [invalidValue(path, name, why)];
}

function mountCauses(mounts: readonly unknown[], path: string, volumes: ReadonlySet<string>): Cause[] {
  const places = new Set<string>();
  return mounts.flatMap((mount, index) => {
    const here = `${path}[${index}]`;
    const [name, place] = [text(mount, 'name'), text(mount, 'mountPath')];
    const causes: Cause[] = [];
    if (name === '') causes.push(required(`${here}.name`));
    if (!volumes.has(name)) causes.push(notFound(`${here}.name`, name));
    if (place === '') causes.push(required(`${here}.mountPath`));
    if (places.has(place)) causes.push(invalidValue(`${here}.mountPath`, place, 'must be unique'));
    places.add(place);
    return causes;
  });
}

/** What is not a quantity at all counts as nothing here. */
function resourceCauses(resources: unknown, path: string): Cause[] {
  const [limits, requests] = ['limits', 'requests'].map(field => {
    const given = at(resources, field);
    return Object.entries(isObject(given) ? given : {}).map(([name, each]) => [name, String(each)] as const);
  });
  const negative = (field: string, of: readonly (readonly [string, string])[] = []) =>
    of
      .filter(([, value]) => (quantity(value) ?? 0) < 0)
      .map(([name, value]) =>
        invalidValue(`${path}.${field}[${name}]`, canonical(value), 'must be greater than or equal to 0'),
      );
  const most = new Map(limits);
  const above = (requests ?? []).flatMap(([name, value]) => {
    const limit = most.get(name);
    if (limit === undefined || (quantity(value) ?? 0) <= (quantity(limit) ?? 0)) return [];
    const why = `must be less than or equal to ${name} limit of ${canonical(limit)}`;
    return [invalidValue(`${path}.requests`, canonical(value), why)];
  });
  return [...negative('limits', limits), ...negative('requests', requests), ...above];
}

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'];
const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
];

export function probesCauses(container: unknown, path: string): Cause[] {
  return PROBES.flatMap(field => {
    const probe = at(container, field);
    return isObject(probe) ? probeCauses(probe, `${path}.${field}`, field) : [];
  });
}

/** A container that only prepares the others ends, so there is nothing to probe. */
export function noProbesCauses(container: unknown, path: string): Cause[] {
  return ['lifecycle', ...PROBES]
    .filter(field => isObject(at(container, field)))
    .map(field =>
      forbidden(`${path}.${field}`, 'may not be set for init containers without restartPolicy=Always'),
    );
}

function probeCauses(probe: unknown, path: string, kind: string): Cause[] {
  const [first, ...others] = HANDLERS.filter(each => isObject(at(probe, each)));
  const causes = first === undefined ? [] : handlerCauses(at(probe, first), `${path}.${first}`, first);
  for (const each of others)
    causes.push(forbidden(`${path}.${each}`, 'may not specify more than 1 handler type'));
  if (first === undefined) causes.push(required(path, 'must specify a handler type'));
  for (const field of COUNTS) {
    const value = at(probe, field);
    if (typeof value === 'number' && value < 0)
      causes.push(invalidValue(`${path}.${field}`, value, 'must be greater than or equal to 0'));
  }
  const threshold = at(probe, 'successThreshold') || 1;
  if (kind !== 'readinessProbe' && threshold !== 1)
    causes.push(invalidValue(`${path}.successThreshold`, threshold, 'must be 1'));
  return causes;
}

function handlerCauses(handler: unknown, path: string, kind: string): Cause[] {
  if (kind === 'exec') return list(handler, 'command').length > 0 ? [] : [required(`${path}.command`)];
  const port = at(handler, 'port') ?? 0;
  const faults = typeof port === 'string' && kind !== 'grpc' ? portNameFaults(port) : null;
  return [
    ...(faults === null
      ? portNumberCauses(`${path}.port`, port)
      : faults.map(why => invalidValue(`${path}.port`, port, why))),
    ...(kind === 'httpGet' ? choiceCauses(`${path}.scheme`, text(handler, 'scheme'), SCHEMES) : []),
  ];
}
