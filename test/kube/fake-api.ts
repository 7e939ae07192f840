/** An HTTP server of ours in place of an API, for answers that a real one gives only now and then. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Kube } from '../../src/kube/client.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Pieces that are sent one after the other, each when the one before was read. */
  readonly pieces?: readonly Buffer[];
  /** Leaves the connection open after what was sent. */
  readonly open?: boolean;
  /** Closes the connection in place of an answer. */
  readonly drop?: boolean;
}

export interface FakeApi {
  readonly kube: Kube;
  readonly kubeconfig: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/**
 * `answer` decides; a Status 404 where it gives nothing. `served` is how many requests this connection has had before.
 */
export async function fakeApi(
  answer: (asked: Asked, served: number) => Answer | undefined,
): Promise<FakeApi> {
  const asked: Asked[] = [];
  const served = new WeakMap<object, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '' } = request;
    const type = request.headers['content-type'] ?? '';
    const one = { method, url, type, body: Buffer.concat(chunks).toString() };
    asked.push(one);
    const before = served.get(request.socket) ?? 0;
    served.set(request.socket, before + 1);
    const given: Answer = answer(one, before) ?? { status: 404, body: status404 };
    if (given.drop) return void request.socket.destroy();
    const { status = 200, body, headers, pieces, open } = given;
    response.writeHead(status, { 'content-type': pieces ? 'text/plain' : 'application/json', ...headers });
    for (const piece of pieces ?? []) await new Promise(done => response.write(piece, done));
    if (!pieces) response.write(JSON.stringify(body ?? {}));
    if (!open) response.end();
  });
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'fake-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, configFor(port));
  return {
    kube: await connect({ path: kubeconfig, context: 'fake' }),
    kubeconfig,
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
      rmSync(folder, { recursive: true });
    },
  };
}

const status404 = { kind: 'Status', message: 'not found', reason: 'NotFound', code: 404 };

function configFor(port: number): string {
  return `apiVersion: v1
kind: Config
current-context: fake
clusters: [{name: fake, cluster: {server: "http://127.0.0.1:${port}", insecure-skip-tls-verify: true}}]
contexts: [{name: fake, context: {cluster: fake, user: fake}}]
users: [{name: fake, user: {token: t}}]
`;
}
