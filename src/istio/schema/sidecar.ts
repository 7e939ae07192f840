/** Source: crd-all.gen.yaml (sidecars, gateways). */
import { connectionPool, destination, resource, serverTls, workloadSelector } from './parts.ts';
import { arr, obj, oneOfStrings, str, stringMap, strings, uint32 } from './structural.ts';

const port = { name: str(), number: uint32(), protocol: str(), targetPort: uint32() };
const captureMode = oneOfStrings('DEFAULT', 'IPTABLES', 'NONE');

export const sidecarSchema = resource(
  obj({
    egress: arr(
      obj({ bind: str(), captureMode, hosts: strings(), port: obj(port) }, { required: ['hosts'] }),
    ),
    inboundConnectionPool: connectionPool,
    ingress: arr(
      obj(
        { bind: str(), captureMode, connectionPool, defaultEndpoint: str(), port: obj(port), tls: serverTls },
        { required: ['port'] },
      ),
    ),
    outboundTrafficPolicy: obj({
      egressProxy: destination,
      mode: oneOfStrings('REGISTRY_ONLY', 'ALLOW_ANY'),
    }),
    workloadSelector,
  }),
);

export const gatewaySchema = resource(
  obj({
    selector: stringMap(),
    servers: arr(
      obj(
        {
          bind: str(),
          defaultEndpoint: str(),
          hosts: strings(),
          name: str(),
          port: obj(port, { required: ['number', 'protocol', 'name'] }),
          tls: serverTls,
        },
        { required: ['port', 'hosts'] },
      ),
    ),
  }),
);
