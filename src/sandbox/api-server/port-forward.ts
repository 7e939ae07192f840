/**
 * Port-forward: for each connection to a forwarded port the client opens two streams, one for data and one for what
 * goes wrong. Source: k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go
 */
import type { Duplex } from 'node:stream';
import type { PodRef, PodRuntime } from '../rooms.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';

export const PORT_FORWARD = 'portforward.k8s.io';

/** Milliseconds in which the second stream of a pair must come. */
const PATIENCE = 30_000;

interface Pair {
  error?: SpdyStream;
  data?: SpdyStream;
  readonly waiting: NodeJS.Timeout;
}

export function servePortForward(transport: Duplex, runtime: PodRuntime, pod: PodRef): void {
  const pairs = new Map<string, Pair>();
  new SpdyConnection(transport, stream => {
    const { type, port, request } = readHeaders(stream);
    let pair = pairs.get(request);
    if (pair === undefined) {
      const waiting = setTimeout(() => {
        const late = pairs.get(request);
        pairs.delete(request);
        late?.error?.end('timed out waiting for streams');
        late?.data?.destroy();
      }, PATIENCE).unref();
      pair = { waiting };
      pairs.set(request, pair);
      stream.once('close', () => {
        clearTimeout(waiting);
        pairs.delete(request);
      });
    }
    if (pair[type] !== undefined) throw new Error(`${type} stream already assigned`);
    pair[type] = stream;
    const { error, data } = pair;
    if (error === undefined || data === undefined) return;
    clearTimeout(pair.waiting);
    pairs.delete(request);
    void forward(runtime, pod, port, data, error);
  });
}

/** Throws for a stream that kubelets refuse. */
function readHeaders({ id, headers }: SpdyStream) {
  const text = headers.get('port') ?? '';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535)
    throw new Error(`unable to parse "${text}" as a port`);
  const type = headers.get('streamtype');
  if (type !== 'error' && type !== 'data') throw new Error(`invalid stream type "${type ?? ''}"`);
  // Clients from before 2015 number no requests; the error stream of a pair comes first.
  const request = headers.get('requestid') || String(type === 'error' ? id : id - 2);
  return { type, port, request } as const;
}

/** Never rejects: what goes wrong is told on the error stream, and the client ends the connection. */
async function forward(
  runtime: PodRuntime,
  pod: PodRef,
  port: number,
  data: SpdyStream,
  error: SpdyStream,
): Promise<void> {
  error.resume();
  try {
    const socket = await runtime.reach(pod, port);
    join(data, socket, error);
  } catch (why) {
    error.end(`error forwarding port ${port} to pod ${pod.pod}, uid : ${(why as Error).message}`);
    data.resume().end();
  }
}

/** Each side may end what it sends before the other does. */
function join(data: SpdyStream, socket: Duplex, error: SpdyStream): void {
  const tell = () => void (error.writable && error.end());
  socket.on('error', () => data.destroy());
  socket.on('close', () => {
    tell();
    // After an end no reset: the client would throw away what it has not read yet.
    if (data.writableEnded) data.resume();
    else data.destroy();
  });
  data.on('close', () => {
    tell();
    if (!data.readableEnded || !data.writableFinished) socket.destroy();
  });
  if (data.destroyed) socket.destroy();
  data.pipe(socket);
  socket.pipe(data);
}
