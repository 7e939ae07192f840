/**
 * The CEL rules of Istio's CRDs. Source: x-kubernetes-validations in manifests/charts/base/files/crd-all.gen.yaml;
 * the message is the rule's own, the name says what it requires.
 */
import { parseDuration } from '../duration.ts';
import type { CelRule } from './structural.ts';

type Fields = Record<string, unknown>;

const rule = <T>(message: string, check: (self: T) => boolean | string): CelRule => ({
  message,
  check: check as CelRule['check'],
});

const has = (self: Fields, field: string): boolean => self[field] !== undefined;
const atMostOne = (...fields: string[]): ((self: Fields) => boolean) => {
  return self => fields.filter(field => has(self, field)).length <= 1;
};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const portRange = rule<number>('port must be between 1-65535', self => 0 < self && self <= 65535);

export const validDuration = rule<string>('must be a valid duration greater than 1ms', self => {
  const nanoseconds = parseDuration(self);
  if (nanoseconds === null) return "type conversion error from 'string' to 'google.protobuf.Duration'";
  return nanoseconds >= 1e6;
});

export const noWildcardHost = rule<string>('hostname cannot be wildcard', self => self !== '*');

export const uniquePortNumbers = rule<{ number: number }[]>('port number cannot be duplicated', self =>
  self.every(one => self.filter(other => other.number === one.number).length === 1),
);

export const oneSourceOfEndpoints = rule<Fields>(
  'only one of WorkloadSelector or Endpoints can be set',
  atMostOne('workloadSelector', 'endpoints'),
);

export const cidrOnlyWithoutDns = rule<Fields>(
  'CIDR addresses are allowed only for NONE/STATIC resolution types',
  self =>
    !list(self.addresses).some(address => text(address).includes('/')) ||
    ['STATIC', 'NONE'].includes(text(self.resolution ?? 'NONE')),
);

export const noneHasNoEndpoints = rule<Fields>(
  'NONE mode cannot set endpoints',
  self => (self.resolution ?? 'NONE') !== 'NONE' || !has(self, 'endpoints'),
);

export const roundRobinHasOneEndpoint = rule<Fields>(
  'DNS_ROUND_ROBIN mode cannot have multiple endpoints',
  self => self.resolution !== 'DNS_ROUND_ROBIN' || list(self.endpoints).length <= 1,
);

export const addressRequired = rule<Fields>(
  'Address is required',
  self => has(self, 'address') || has(self, 'network'),
);

export const udsHasNoPorts = rule<Fields>(
  'UDS may not include ports',
  self => !text(self.address).startsWith('unix://') || !has(self, 'ports'),
);

export const udsIsAbsolute = rule<string>('UDS must be an absolute path or abstract socket', self => {
  if (!self.startsWith('unix://')) return true;
  if ([...self].length < 8) return 'index out of range: 8';
  return self[7] === '/' || self[7] === '@';
});

export const udsIsNoDirectory = rule<string>(
  'UDS may not be a dir',
  self => !self.startsWith('unix://') || !self.endsWith('/'),
);

export const validPortNames = rule<Fields>('port name must be valid', self =>
  Object.keys(self).every(
    key => [...key].length < 63 && /^[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/.test(key),
  ),
);

export const noWildcardInSelector = rule<string>(
  'wildcard is not supported in selector',
  self => !self.includes('*'),
);
export const noWildcardInLabelKey = rule<Fields>('wildcard not allowed in label key match', self =>
  Object.keys(self).every(key => !key.includes('*')),
);
export const noEmptyLabelKey = rule<Fields>('key must not be empty', self =>
  Object.keys(self).every(key => key !== ''),
);
export const noWildcardInLabelValue = rule<string>(
  'wildcard not allowed in label value match',
  self => !self.includes('*'),
);

/** The third one's message names other fields than its rule reads, as in the CRD. */
export const oneCertificateSource: readonly CelRule[] = [
  rule<Fields>(
    'only one of credentialNames or tlsCertificates can be set',
    atMostOne('tlsCertificates', 'credentialNames'),
  ),
  rule<Fields>(
    'only one of credentialName or credentialNames can be set',
    atMostOne('credentialName', 'credentialNames'),
  ),
  rule<Fields>(
    'only one of credentialName or tlsCertificates can be set',
    atMostOne('credentialNames', 'tlsCertificates'),
  ),
];
