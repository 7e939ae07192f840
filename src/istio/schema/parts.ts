/** Messages of istio/api that more than one kind uses. Source: crd-all.gen.yaml. */
import {
  addressRequired,
  noWildcardInSelector,
  oneCertificateSource,
  portRange,
  udsHasNoPorts,
  udsIsAbsolute,
  udsIsNoDirectory,
  validDuration,
  validPortNames,
} from './rules.ts';
import type { Schema } from './structural.ts';
import {
  arr,
  bool,
  int,
  intOrString,
  map,
  obj,
  oneOfStrings,
  str,
  stringMap,
  strings,
  uint32,
} from './structural.ts';

export const duration = (): Schema => str({ rules: [validDuration] });

export const portNumber = (): Schema => uint32({ rules: [portRange] });

export const workloadEntry: Schema = obj(
  {
    address: str({ maxLength: 256, rules: [udsIsAbsolute, udsIsNoDirectory] }),
    labels: stringMap({ maxProperties: 256 }),
    locality: str({ maxLength: 2048 }),
    network: str({ maxLength: 2048 }),
    ports: map(portNumber(), { maxProperties: 128, rules: [validPortNames] }),
    serviceAccount: str({ maxLength: 253 }),
    weight: uint32(),
  },
  { rules: [addressRequired, udsHasNoPorts] },
);

export const workloadSelector: Schema = obj({
  labels: map(str({ maxLength: 63, rules: [noWildcardInSelector] }), { maxProperties: 256 }),
});

export const destination: Schema = obj(
  { host: str(), port: obj({ number: uint32() }), subset: str() },
  { required: ['host'] },
);

export const connectionPool: Schema = obj({
  http: obj({
    h2UpgradePolicy: oneOfStrings('DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'),
    http1MaxPendingRequests: int(),
    http2KeepAlive: obj({ interval: duration(), timeout: duration() }),
    http2MaxRequests: int(),
    idleTimeout: duration(),
    maxConcurrentStreams: int(),
    maxRequestsPerConnection: int(),
    maxRetries: int(),
    useClientProtocol: bool(),
  }),
  tcp: obj({
    connectTimeout: duration(),
    idleTimeout: str(),
    maxConnectionDuration: duration(),
    maxConnections: int(),
    tcpKeepalive: obj({ interval: duration(), probes: uint32(), time: duration() }),
  }),
});

const tlsVersion = oneOfStrings('TLS_AUTO', 'TLSV1_0', 'TLSV1_1', 'TLSV1_2', 'TLSV1_3');

export const serverTls: Schema = obj(
  {
    caCertCredentialName: str(),
    caCertificates: str(),
    caCrl: str(),
    cipherSuites: strings(),
    credentialName: str(),
    credentialNames: strings({ minItems: 1, maxItems: 2 }),
    httpsRedirect: bool(),
    insecureSkipVerify: bool({ nullable: true }),
    maxProtocolVersion: tlsVersion,
    minProtocolVersion: tlsVersion,
    mode: oneOfStrings(
      'PASSTHROUGH',
      'SIMPLE',
      'MUTUAL',
      'AUTO_PASSTHROUGH',
      'ISTIO_MUTUAL',
      'OPTIONAL_MUTUAL',
    ),
    privateKey: str(),
    serverCertificate: str(),
    subjectAltNames: strings(),
    tlsCertificates: arr(obj({ caCertificates: str(), privateKey: str(), serverCertificate: str() }), {
      minItems: 1,
      maxItems: 2,
    }),
    verifyCertificateHash: strings(),
    verifyCertificateSpki: strings(),
  },
  { rules: oneCertificateSource },
);

const time = (): Schema => str({ format: 'date-time' });

const statusOf = (own: Readonly<Record<string, Schema>>): Schema =>
  obj(
    {
      ...own,
      conditions: arr(
        obj({
          lastProbeTime: time(),
          lastTransitionTime: time(),
          message: str(),
          observedGeneration: intOrString(),
          reason: str(),
          status: str(),
          type: str(),
        }),
      ),
      observedGeneration: intOrString(),
      validationMessages: arr(
        obj({
          documentationUrl: str(),
          level: oneOfStrings('UNKNOWN', 'ERROR', 'WARNING', 'INFO'),
          type: obj({ code: str(), name: str() }),
        }),
      ),
    },
    { preserveUnknown: true },
  );

/** A whole object: apiVersion, kind and metadata belong to the API server and are not in the schema. */
export const resource = (
  spec: Schema,
  options: { readonly required?: readonly string[] } = {},
  status: Readonly<Record<string, Schema>> = {},
): Schema => obj({ spec, status: statusOf(status) }, options);
