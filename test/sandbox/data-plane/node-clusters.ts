/**
 * The seam's other side for tests of the HTTP side: clusters of one host each, over node's own http client. Fewer rules
 * than the real ones: no balancing, no pools' limits; failures are told as the contract says.
 */
import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import type {
  Clusters,
  Host,
  SendOptions,
  UpstreamCluster,
  UpstreamFailure,
  UpstreamOutcome,
  UpstreamRequest,
  UpstreamStream,
} from '../../../src/sandbox/data-plane/contract.ts';

export class NodeCluster implements UpstreamCluster {
  readonly config;
  readonly host: Host;
  readonly sent: { request: UpstreamRequest; options: SendOptions }[] = [];
  readonly resets: string[] = [];
  /** Set: every try fails with this. */
  failure: UpstreamFailure | null = null;
  maxRetries = 1000;
  retries = 0;
  readonly agent = new Agent({ keepAlive: true });

  constructor(name: string, port: number) {
    this.config = { name };
    this.host = { address: { ip: '127.0.0.1', port }, hostname: '' };
  }

  takeRetry(): boolean {
    if (this.retries >= this.maxRetries) return false;
    this.retries++;
    return true;
  }

  releaseRetry(): void {
    this.retries--;
  }

  send(request: UpstreamRequest, options: SendOptions): UpstreamStream {
    this.sent.push({ request, options });
    if (this.failure !== null) {
      const { host } = this.failure;
      return { outcome: Promise.resolve({ kind: 'failure', failure: this.failure }), host, reset: () => {} };
    }
    const headers = ['host', request.authority];
    for (const [name, value] of request.headers) headers.push(name, value);
    const measured = request.headers.some(([name]) => name === 'content-length');
    if (request.body !== null && !measured) headers.push('transfer-encoding', 'chunked');
    if (request.body === null && !measured && /^(?:POST|PUT|PATCH|OPTIONS)$/.test(request.method))
      headers.push('content-length', '0');
    const { ip, port } = this.host.address;
    const out = httpRequest({
      host: ip,
      port,
      agent: this.agent,
      method: request.method,
      path: request.path,
      headers,
    });
    if (request.body instanceof Readable) request.body.pipe(out);
    else out.end(request.body ?? undefined);
    return {
      host: this.host,
      outcome: outcomeOf(out, this.host),
      reset: why => {
        this.resets.push(why);
        out.destroy();
      },
    };
  }
}

function outcomeOf(out: ClientRequest, host: Host): Promise<UpstreamOutcome> {
  return new Promise(resolve => {
    let connected = out.reusedSocket;
    out.on('socket', (socket: Socket) => {
      if (!socket.connecting) connected = true;
      else
        socket.once('connect', () => {
          connected = true;
        });
    });
    out.on('error', () => {
      const failure: UpstreamFailure = connected
        ? { flag: 'UC', reason: 'connection termination', transportFailure: '', host }
        : { flag: 'UF', reason: 'remote connection failure', transportFailure: '', host };
      resolve({ kind: 'failure', failure });
    });
    out.on('response', response => {
      const headers: [string, string][] = [];
      for (let i = 0; i < response.rawHeaders.length; i += 2)
        headers.push([
          (response.rawHeaders[i] as string).toLowerCase(),
          response.rawHeaders[i + 1] as string,
        ]);
      const { port } = response.socket.address() as AddressInfo;
      resolve({
        kind: 'response',
        host,
        local: { ip: '127.0.0.1', port },
        response: { status: response.statusCode ?? 0, headers, body: response },
      });
    });
  });
}

export function clustersOf(...clusters: readonly NodeCluster[]): Clusters {
  const byName = new Map(clusters.map(cluster => [cluster.config.name, cluster]));
  return { get: name => byName.get(name) ?? null };
}
