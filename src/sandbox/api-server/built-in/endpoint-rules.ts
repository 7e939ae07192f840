/**
 * Rules of EndpointSlices and Endpoints: what cannot be a pod's address is refused before anybody uses it.
 * Source: kubernetes/pkg/apis/discovery/validation, pkg/apis/core/validation (ValidateNonSpecialIP).
 */
import { isIP } from 'node:net';
import { type Cause, cause } from '../../../istio/schema/cause.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { at, list, text } from '../tables/fields.ts';
import { duplicate, invalidValue, notSupported, required } from './causes.ts';

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;

export function sliceCauses(object: JsonObject, old: JsonObject | null): Cause[] {
  const type = text(object, 'addressType');
  const causes: Cause[] = [];
  if (type === '') causes.push(required('addressType'));
  else if (!TYPES.includes(type)) causes.push(notSupported('addressType', type, TYPES));
  if (old !== null && text(old, 'addressType') !== type) {
    causes.push(invalidValue('addressType', type, 'field is immutable'));
  }
  const endpoints = list(object, 'endpoints');
  if (endpoints.length > MAX_ENDPOINTS) causes.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS));
  endpoints.slice(0, MAX_ENDPOINTS).forEach((endpoint, index) => {
    const path = `endpoints[${index}].addresses`;
    const addresses = list(endpoint, 'addresses');
    if (addresses.length === 0) {
      causes.push(required(path, 'must contain at least 1 address'));
    } else if (addresses.length > MAX_ADDRESSES) {
      causes.push(tooMany(path, addresses.length, MAX_ADDRESSES));
    } else if (type !== 'FQDN') {
      const family = type === 'IPv6' ? 6 : 4;
      addresses.forEach((ip, at) => {
        causes.push(...ipCauses(`${path}[${at}]`, String(ip), family));
      });
    }
  });
  return [...causes, ...portCauses(list(object, 'ports'), 'ports')];
}

export function endpointsCauses(object: JsonObject): Cause[] {
  return list(object, 'subsets').flatMap((subset, index) => {
    const path = `subsets[${index}]`;
    const [ready, others] = [list(subset, 'addresses'), list(subset, 'notReadyAddresses')];
    const causes: Cause[] = [];
    if (ready.length + others.length === 0) {
      const must = 'must specify `addresses` or `notReadyAddresses`';
      causes.push(required(path, must));
    }
    ready.forEach((address, at) => {
      causes.push(...ipCauses(`${path}.addresses[${at}].ip`, text(address, 'ip')));
    });
    others.forEach((address, at) => {
      causes.push(...ipCauses(`${path}.notReadyAddresses[${at}].ip`, text(address, 'ip')));
    });
    const ports = list(subset, 'ports');
    ports.forEach((port, at) => {
      const number = Number(text(port, 'port'));
      if (number >= 1 && number <= 65_535) return;
      const range = 'must be between 1 and 65535, inclusive';
      causes.push(invalidValue(`${path}.ports[${at}].port`, number, range));
    });
    return [...causes, ...portCauses(ports, `${path}.ports`)];
  });
}

function portCauses(ports: readonly unknown[], path: string): Cause[] {
  const seen = new Set<string>();
  return ports.flatMap((port, index) => {
    const name = text(port, 'name');
    const protocol = text(port, 'protocol');
    const causes: Cause[] = [];
    if (seen.has(name)) causes.push(duplicate(`${path}[${index}].name`, name));
    seen.add(name);
    if (at(port, 'protocol') !== undefined && !PROTOCOLS.includes(protocol)) {
      causes.push(notSupported(`${path}[${index}].protocol`, protocol, PROTOCOLS));
    }
    return causes;
  });
}

function ipCauses(path: string, ip: string, family?: 4 | 6): Cause[] {
  const found = isIP(ip);
  if (found === 0 || (family !== undefined && found !== family)) {
    const what =
      family === undefined
        ? 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
        : `must be a valid IPv${family} address`;
    return [invalidValue(path, ip, what)];
  }
  const special = SPECIAL.find(([pattern]) => pattern.test(ip));
  return special ? [invalidValue(path, ip, `may not be ${special[1]}`)] : [];
}

const SPECIAL: readonly (readonly [RegExp, string])[] = [
  [/^(0\.0\.0\.0|::)$/, 'unspecified (0.0.0.0 or ::)'],
  [/^(127\.|::1$)/, 'in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab].:)/i, 'in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff02:)/i, 'in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

function tooMany(path: string, count: number, most: number): Cause {
  return cause(path, 'FieldValueTooMany', count, `must have at most ${most} items`);
}
