/** Source: crd-all.gen.yaml (virtualservices). */
import { destination, duration, resource } from './parts.ts';
import {
  arr,
  bool,
  int,
  map,
  num,
  obj,
  oneOfStrings,
  str,
  stringMap,
  strings,
  uint32,
} from './structural.ts';

const stringMatch = obj(
  { exact: str(), prefix: str(), regex: str() },
  { oneOf: [['exact', 'prefix', 'regex']] },
);
const percent = obj({ value: num() });
const headerOperations = obj({ add: stringMap(), remove: strings(), set: stringMap() });
const headers = obj({ request: headerOperations, response: headerOperations });

const match = obj({
  authority: stringMatch,
  gateways: strings(),
  headers: map(stringMatch),
  ignoreUriCase: bool(),
  method: stringMatch,
  name: str(),
  port: uint32(),
  queryParams: map(stringMatch),
  scheme: stringMatch,
  sourceLabels: stringMap(),
  sourceNamespace: str(),
  statPrefix: str(),
  uri: stringMatch,
  withoutHeaders: map(stringMatch),
});

const corsPolicy = obj({
  allowCredentials: bool({ nullable: true }),
  allowHeaders: strings(),
  allowMethods: strings(),
  allowOrigin: strings(),
  allowOrigins: arr(stringMatch),
  exposeHeaders: strings(),
  maxAge: duration(),
  unmatchedPreflights: oneOfStrings('UNSPECIFIED', 'FORWARD', 'IGNORE'),
});

const fault = obj({
  abort: obj(
    { grpcStatus: str(), http2Error: str(), httpStatus: int(), percentage: percent },
    { oneOf: [['httpStatus', 'grpcStatus', 'http2Error']] },
  ),
  delay: obj(
    { exponentialDelay: duration(), fixedDelay: duration(), percent: int(), percentage: percent },
    { oneOf: [['fixedDelay', 'exponentialDelay']] },
  ),
});

const http = obj({
  corsPolicy,
  delegate: obj({ name: str(), namespace: str() }),
  directResponse: obj(
    {
      body: obj({ bytes: str({ format: 'byte' }), string: str() }, { oneOf: [['string', 'bytes']] }),
      status: uint32(),
    },
    { required: ['status'] },
  ),
  fault,
  headers,
  match: arr(match),
  mirror: destination,
  mirror_percent: uint32({ nullable: true }),
  mirrorPercent: uint32({ nullable: true }),
  mirrorPercentage: percent,
  mirrors: arr(obj({ destination, percentage: percent }, { required: ['destination'] })),
  name: str(),
  redirect: obj(
    {
      authority: str(),
      derivePort: oneOfStrings('FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT'),
      port: uint32(),
      prefixRewrite: str(),
      redirectCode: uint32(),
      scheme: str(),
      uri: str(),
    },
    { oneOf: [['port', 'derivePort']] },
  ),
  retries: obj({
    attempts: int(),
    backoff: duration(),
    perTryTimeout: duration(),
    retryIgnorePreviousHosts: bool({ nullable: true }),
    retryOn: str(),
    retryRemoteLocalities: bool({ nullable: true }),
  }),
  rewrite: obj({
    authority: str(),
    uri: str(),
    uriRegexRewrite: obj({ match: str(), rewrite: str() }),
  }),
  route: arr(obj({ destination, headers, weight: int() }, { required: ['destination'] })),
  timeout: duration(),
});

const l4Match = {
  destinationSubnets: strings(),
  gateways: strings(),
  port: uint32(),
  sourceLabels: stringMap(),
  sourceNamespace: str(),
};
const l4Route = arr(obj({ destination, weight: int() }, { required: ['destination'] }));

export const virtualServiceSchema = resource(
  obj({
    exportTo: strings(),
    gateways: strings(),
    hosts: strings(),
    http: arr(http),
    tcp: arr(obj({ match: arr(obj({ ...l4Match, sourceSubnet: str() })), route: l4Route })),
    tls: arr(
      obj(
        { match: arr(obj({ ...l4Match, sniHosts: strings() }, { required: ['sniHosts'] })), route: l4Route },
        { required: ['match'] },
      ),
    ),
  }),
);
