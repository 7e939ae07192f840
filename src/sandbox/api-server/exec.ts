/**
 * exec over one WebSocket: frames whose first byte names the channel. Source: apimachinery/pkg/util/remotecommand,
 * cri-streaming's pkg/streaming/remotecommand/{exec,websocket}.go, client-go/tools/remotecommand/websocket.go
 */
import type { WebSocket } from 'ws';
import type { ContainerRef, ExecOutcome, PodRuntime } from '../rooms.ts';
import { FrameQueue } from './frame-queue.ts';
import { StatusError } from './status.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
/** In v5 the second byte is the channel that the client has closed. */
const CLOSE = 255;

export const V5 = 'v5.channel.k8s.io';
export const V4 = 'v4.channel.k8s.io';

export interface ExecRequest {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** How many bytes may wait for a client that does not read; beyond that the command ends. */
const WAITING = 16 * 1024 * 1024;
/** A client that does not answer a ping within this many milliseconds is gone. */
const PING_EVERY = 30_000;

/** Runs the command until it or its client ends. Never rejects. */
export async function serveExec(
  socket: WebSocket,
  runtime: PodRuntime,
  target: ContainerRef,
  request: ExecRequest,
): Promise<void> {
  const gone = new AbortController();
  const stdin = request.stdin
    ? new FrameQueue({ onFull: () => socket.pause(), onDrained: () => socket.resume() })
    : null;
  socket.on('message', (data: Buffer) => {
    const [channel, which] = data;
    if (channel === STDIN && data.length > 1) stdin?.push(data.subarray(1));
    if (channel === CLOSE && socket.protocol === V5 && which === STDIN) stdin?.end();
  });
  socket.on('close', () => {
    stdin?.end();
    gone.abort();
  });
  socket.on('error', () => socket.terminate());
  const pinging = keepAlive(socket);
  const send = (channel: number, chunk: Buffer | string) => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(chunk)]));
    if (socket.bufferedAmount > WAITING) socket.terminate();
  };
  // A terminal has one stream, with a terminal's line ends.
  const terminal = (chunk: Buffer | string) => send(STDOUT, chunk.toString().replace(/\r?\n/g, '\r\n'));
  // An empty frame shows that the connection is up, as kubelets do.
  send(request.stdout ? STDOUT : STATUS, '');
  try {
    const outcome = await runtime.exec(target, request.command, {
      stdin,
      stdout: request.tty ? terminal : chunk => request.stdout && send(STDOUT, chunk),
      stderr: request.tty ? terminal : chunk => request.stderr && send(STDERR, chunk),
      signal: gone.signal,
      tty: request.tty,
    });
    send(STATUS, JSON.stringify(statusOf(outcome, request.command)));
  } catch (error) {
    send(STATUS, JSON.stringify(failure((error as Error).message)));
  }
  clearInterval(pinging);
  socket.close(1000);
  // A client that does not answer the close is disconnected.
  setTimeout(() => socket.terminate(), 1_000).unref();
}

function keepAlive(socket: WebSocket): NodeJS.Timeout {
  let alive = true;
  socket.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive) socket.terminate();
    alive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_EVERY);
  socket.on('close', () => clearInterval(timer));
  return timer.unref();
}

function statusOf({ exit, error }: ExecOutcome, command: readonly string[]): object {
  if (error !== undefined) return failure(error);
  if (exit === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: error executing command [${command.join(' ')}], exit code ${exit}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exit) }] },
  };
}

/** A command that could not be run at all. */
function failure(why: string): object {
  const message = `error executing command in container: ${why}`;
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  }).toStatus();
}
