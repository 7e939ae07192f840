import { once } from 'node:events';
import { type ClientHttp2Session, connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesFields, field } from '../../../../src/sandbox/workload/control-plane/protobuf.ts';
import { type ConnectedProxy, clientConfigs } from '../../../../src/sandbox/workload/control-plane/syncz.ts';
import { serveXds } from '../../../../src/sandbox/workload/control-plane/xds-stream.ts';

// What istiod says on its gRPC port, by its bytes.

const ADS = '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources';
const PROXY: ConnectedProxy = {
  pod: { namespace: 'mesh-network', name: 'client-x' },
  running: {
    pushed: () => ({
      config: { listeners: [], routes: [], clusters: [], endpoints: [] },
      version: 'v/2',
      at: 1_500,
      status: [{ type: 'listener', sent: 'v/2', acked: 'v/1', error: 'no such filter' }],
    }),
  },
};

let server: Http2Server;
let session: ClientHttp2Session;
beforeAll(async () => {
  server = createServer();
  server.on('stream', (stream, headers) =>
    serveXds(stream, headers, {
      ...{ pod: 'istiod-x', version: '1.31-dev', push: () => 'v/2' },
      ask: (type, names) =>
        type === 'istio.io/debug/syncz' ? clientConfigs([PROXY]) : { refused: `not ${names.join()}: Ä` },
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  session.destroy();
  server.close();
});

function message(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
const request = (type: string, nonce?: string) =>
  message(
    Buffer.concat([field(3, 'client-x'), field(4, type), ...(nonce === undefined ? [] : [field(5, nonce)])]),
  );

/** Everything that is answered until the end; the client ends after what it sends. */
async function ask(...sent: readonly Buffer[]) {
  return asked(ADS, sent);
}

async function asked(path: string, sent: readonly Buffer[]) {
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
  const parts: Buffer[] = [];
  let trailers: Record<string, unknown> = {};
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('trailers', found => {
    trailers = found;
  });
  for (const each of sent) stream.write(each);
  stream.end();
  await once(stream, 'close');
  const status = {
    code: trailers['grpc-status'],
    words: decodeURIComponent(String(trailers['grpc-message'])),
  };
  return { body: Buffer.concat(parts), ...status };
}

describe('the discovery service', () => {
  it('tells what sidecars have taken and refused, once for each question', async () => {
    const { body, code } = await ask(
      request('istio.io/debug/syncz', '2026-11-29 20:00:00 +0000'),
      request('istio.io/debug/syncz', 'sandbox v/2'),
    );
    expect(code).toBe('0');
    expect(body.readUInt32BE(1)).toBe(body.length - 5);
    const fields = bytesFields(body.subarray(5));
    const text = (number: number) =>
      fields.filter(([of]) => of === number).map(([, bytes]) => bytes.toString());
    expect(text(4)).toEqual(['istio.io/debug/syncz']);
    expect(text(2)).toHaveLength(1);
    for (const each of ['client-x.mesh-network', 'Kubernetes', 'no such filter', 'listener.v3.Listener']) {
      expect(text(2)[0]).toContain(each);
    }
    expect(text(6)[0]).toContain('"ID":"istiod-x"');
  });

  it.each([
    ['a type that has no answer', [request('istio.io/debug/config_dump')], '12', 'not client-x: Ä'],
    [
      'what a sidecar asks',
      [request('type.googleapis.com/envoy.config.cluster.v3.Cluster')],
      '12',
      "the sandbox's istiod answers istio.io/debug only, not type.googleapis.com/envoy.config.cluster.v3.Cluster",
    ],
    ['no message', [message(Buffer.from('22ff', 'hex'))], '3', 'the request cannot be read'],
    ['a number without an end', [message(Buffer.alloc(20, 0xff))], '3', 'the request cannot be read'],
    ['a compressed message', [Buffer.from('0100000000', 'hex')], '3', 'the request cannot be read'],
    ['a length of gigabytes', [Buffer.from('00ffffffff', 'hex')], '3', 'the request cannot be read'],
  ])('ends at %s, and says why', async (_, sent, code, words) => {
    expect(await ask(...sent)).toEqual({ body: Buffer.alloc(0), code, words });
  });

  it('does not have other methods', async () => {
    expect(await asked('/istio.v1.auth.IstioCertificateService/CreateCertificate', [])).toMatchObject({
      ...{
        code: '12',
        words: "the sandbox's istiod does not have /istio.v1.auth.IstioCertificateService/CreateCertificate",
      },
    });
  });

  it('reads what comes in pieces', async () => {
    const bytes = request('istio.io/debug/syncz');
    const { code, body } = await ask(...[...bytes].map(byte => Buffer.of(byte)));
    expect([code, body.length > 100]).toEqual(['0', true]);
  });
});
