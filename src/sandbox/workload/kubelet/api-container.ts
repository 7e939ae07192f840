/**
 * Runs the external API's script in a pod: never the ConfigMap's text, but the sandbox's own copy, imported. Its ports
 * are real ones on 127.0.0.1; the pods' network knows them by the numbers that the container asked for.
 */
import type { Socket } from 'node:net';
import { startApiServer } from '../../../world/api-server.mjs';

export interface ApiContainer {
  /** Port in the pod -> real port. */
  readonly ports: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

export interface ApiSurroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly readFile: (path: string) => string | null;
  readonly print: (line: string) => void;
  readonly sourceOf: (socket: Socket) => string | undefined;
  readonly knows: (socket: Socket) => boolean | Promise<boolean>;
}

/** Rejects with the words that node would print if certificates are missing or invalid. */
export async function startApiContainer({
  env,
  readFile,
  print,
  sourceOf,
  knows,
}: ApiSurroundings): Promise<ApiContainer> {
  const { APP_VERSION = 'api', FIREWALL = 'off', HTTP_PORT = '8080', HTTPS_PORT = '8443', TLS_DIR } = env;
  const read = (name: string) => {
    const path = `${TLS_DIR}/${name}`;
    const found = readFile(path);
    if (found === null) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return found;
  };
  const tls = TLS_DIR ? { key: read('tls.key'), cert: read('tls.crt'), ca: read('ca.crt') } : null;
  const server = await startApiServer({
    version: APP_VERSION,
    firewall: FIREWALL,
    httpPort: 0,
    httpsPort: 0,
    host: '127.0.0.1',
    print,
    sourceOf,
    admit: knows,
    ...(tls ? { tls } : {}),
  });
  const ports = new Map([[Number(HTTP_PORT), server.httpPort]]);
  if (server.httpsPort !== null) ports.set(Number(HTTPS_PORT), server.httpsPort);
  return { ports, close: () => server.close() };
}
