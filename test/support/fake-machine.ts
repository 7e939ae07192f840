import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * A machine with docker, kind and istioctl that write down how they were called (the scripts in
 * tools/), and an API server that knows readyz and istiod. One folder holds all of its state.
 */
export interface FakeMachine {
  readonly folder: string;
  /** The external commands so far, with the folders' names taken out. */
  calls(): string[];
  /** Puts a file into the machine's state: 'docker-is-dead', 'kind-fails', 'nodes'. */
  put(name: string, text?: string): void;
  take(name: string): void;
  state(): string;
  /** Whether the API server answers. */
  api(alive: boolean): void;
  close(): Promise<void>;
}

const tools = join(import.meta.dirname, 'tools');

export async function fakeMachine(): Promise<FakeMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-machine-'));
  const stateDir = join(folder, 'state');
  let alive = true;
  const server: Server = createServer((request, response) => {
    const istiod = {
      metadata: { name: 'istiod', namespace: 'istio-system', labels: { 'istio.io/rev': 'default' } },
      spec: {
        template: { spec: { containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.31-dev' }] } },
      },
      status: { availableReplicas: 1 },
    };
    response.statusCode = alive ? 200 : 503;
    response.setHeader('content-type', 'application/json');
    const items = existsSync(join(folder, 'istio')) ? [istiod] : [];
    response.end(request.url?.startsWith('/apis/apps/v1/deployments') ? JSON.stringify({ items }) : '{}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig(`http://127.0.0.1:${port}`));
  const before = { PATH: process.env.PATH, FAKE_TOOLS: process.env.FAKE_TOOLS };
  for (const tool of ['docker', 'kind', 'istioctl']) chmodSync(join(tools, tool), 0o755);
  process.env.PATH = `${tools}${delimiter}${before.PATH}`;
  process.env.FAKE_TOOLS = folder;

  const put = (name: string, text = '') => writeFileSync(join(folder, name), text);
  return {
    folder,
    calls: () => {
      const log = join(folder, 'calls');
      if (!existsSync(log)) return [];
      const text = readFileSync(log, 'utf8')
        .replaceAll(stateDir, 'STATE')
        .replaceAll(process.cwd(), 'PACKAGE');
      return text.trimEnd().split('\n');
    },
    put,
    take: name => rmSync(join(folder, name), { force: true }),
    state: () => stateDir,
    api: next => {
      alive = next;
    },
    close: async () => {
      process.env.PATH = before.PATH;
      delete process.env.FAKE_TOOLS;
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kind-NAME',
    contexts: [{ name: 'kind-NAME', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
  });
}
