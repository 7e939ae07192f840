/** A sidecar with a door for raw bytes: what curl cannot be made to send. Its routes retry, mirror and rewrite. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Resource } from '../../src/istio/resource.ts';
import { createHttpSide } from '../../src/sandbox/data-plane/http/http-side.ts';
import { createSidecar } from '../../src/sandbox/data-plane/sidecar.ts';
import { translate } from '../../src/sandbox/istiod/translate.ts';
import { startApiServer } from '../../src/world/api-server.mjs';

const NAMESPACE = 'mesh-network';
const HOST = 'api.safedata-zone.io';
const FAR = '10.96.0.99';

const about = <Spec>(kind: string, spec: Spec): Resource<Spec> => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: kind.toLowerCase(), namespace: NAMESPACE, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec,
});

export async function rawSidecar(): Promise<{ port: number; close(): Promise<void> }> {
  const api = await startApiServer({ version: 'fuzz', httpPort: 0, host: '127.0.0.1', print: () => {} });
  const sidecar = createSidecar({
    network: {
      dial: () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(api.httpPort, '127.0.0.1', () => resolve(socket));
          socket.once('error', reject);
        }),
    },
    resolver: { resolve: () => [FAR] },
    readFile: () => null,
    podIp: '10.244.0.9',
    log: () => {},
    httpSide: createHttpSide,
  });
  const route = { destination: { host: HOST, port: { number: 80 } } };
  const service = {
    hosts: [HOST],
    http: [
      {
        match: [{ uri: { prefix: '/v2' } }],
        rewrite: { uri: '/' },
        timeout: '1s',
        retries: { attempts: 2, retryOn: '5xx', perTryTimeout: '0.2s' },
        mirror: route.destination,
        corsPolicy: { allowOrigins: [{ exact: 'http://a' }] },
        route: [route],
      },
      { route: [route] },
    ],
  };
  const ports = [{ number: 80, name: 'http', protocol: 'HTTP' }];
  sidecar.update(
    translate(
      {
        namespaces: [],
        services: [],
        endpointSlices: [],
        pods: [],
        sidecars: [],
        destinationRules: [],
        serviceEntries: [about('ServiceEntry', { hosts: [HOST], ports, resolution: 'DNS' as const })],
        virtualServices: [about('VirtualService', service)],
      },
      { namespace: NAMESPACE, labels: { app: 'client' }, ip: '10.244.0.9' },
    ),
  );
  const door = createServer({ allowHalfOpen: true }, socket => {
    sidecar.accept(socket, { ip: '10.244.0.9', port: socket.remotePort ?? 0 }, { ip: FAR, port: 80 });
  });
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (door.address() as AddressInfo).port,
    async close() {
      sidecar.close();
      await new Promise(resolve => door.close(resolve));
      await api.close();
    },
  };
}
