/**
 * exec, and its frames over one WebSocket, whose first byte names the channel; over SPDY: exec-spdy.ts.
 * Source: apimachinery/pkg/util/remotecommand, cri-streaming's pkg/streaming/remotecommand/{exec,websocket}.go, client-go/tools/remotecommand/websocket.go
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { ByteQueue } from '../byte-queue.ts';
import type { ContainerRef, ExecOutcome, ExecStreams, PodRuntime } from '../rooms.ts';
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
  /** null: to the command that runs already (attach). */
  readonly command: readonly string[] | null;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** The client of a command, however it is connected. */
export interface ExecClient {
  readonly stdin: AsyncIterable<Buffer> | null;
  stdout(chunk: Buffer | string): void;
  stderr(chunk: Buffer | string): void;
  /** What has become of the command, in JSON. */
  status(text: string): void;
  /** Aborts when it has gone. */
  readonly signal: AbortSignal;
}

/** How many bytes may wait for a client that does not read; beyond that the command ends. */
export const WAITING = 16 * 1024 * 1024;
/** A client that does not answer a ping within this many milliseconds is gone. */
const PING_EVERY = 30_000;
/**
 * Milliseconds that kubectl has between the answer to its handshake and the first frame. It reads before it has made
 * its streams, and throws away what it gets for them; no kubelet is as fast as this process.
 */
const KUBECTL_MAKES_STREAMS = 20;

/** Runs the command until it or its client ends. Never rejects. */
export async function serveExec(
  socket: WebSocket,
  runtime: PodRuntime,
  target: ContainerRef,
  request: ExecRequest,
  isKubectl: boolean,
): Promise<void> {
  const gone = new AbortController();
  const stdin = request.stdin ? new ByteQueue() : null;
  socket.on('message', (data: Buffer) => {
    const [channel, which] = data;
    if (channel === STDIN && data.length > 1 && stdin !== null) take(stdin, data.subarray(1), socket);
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
  if (isKubectl) await delay(KUBECTL_MAKES_STREAMS);
  // An empty frame shows that the connection is up, as kubelets do.
  send(request.stdout ? STDOUT : STATUS, '');
  await runExec(runtime, target, request, {
    stdin,
    stdout: chunk => send(STDOUT, chunk),
    stderr: chunk => send(STDERR, chunk),
    status: text => send(STATUS, text),
    signal: gone.signal,
  });
  clearInterval(pinging);
  socket.close(1000);
  // A client that does not answer the close is disconnected.
  setTimeout(() => socket.terminate(), 1_000).unref();
}

/** A client that sends faster than the command reads waits. */
function take(stdin: ByteQueue, bytes: Buffer, socket: WebSocket): void {
  stdin.write(bytes);
  if (!stdin.isFull) return;
  socket.pause();
  void stdin.ready().then(() => socket.resume());
}

/** Never rejects: what went wrong is the status. */
export async function runExec(
  runtime: PodRuntime,
  target: ContainerRef,
  { command, stdout, stderr, tty }: ExecRequest,
  client: ExecClient,
): Promise<void> {
  // A terminal has one stream, with a terminal's line ends.
  const terminal = (chunk: Buffer | string) => client.stdout(chunk.toString().replace(/\r?\n/g, '\r\n'));
  try {
    const streams: ExecStreams = {
      stdin: client.stdin,
      stdout: tty ? terminal : chunk => stdout && client.stdout(chunk),
      stderr: tty ? terminal : chunk => stderr && client.stderr(chunk),
      ...{ signal: client.signal, tty },
    };
    const outcome = await (command === null
      ? runtime.attach(target, streams)
      : runtime.exec(target, command, streams));
    client.status(JSON.stringify(statusOf(outcome, command ?? [])));
  } catch (error) {
    client.status(JSON.stringify(failure((error as Error).message)));
  }
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
