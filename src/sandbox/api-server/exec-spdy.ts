/**
 * exec as kubectl spoke it before 1.30: one SPDY stream for each of error, stdin, stdout and stderr, the status on the
 * first. Source: cri-streaming's pkg/streaming/remotecommand/httpstream.go
 */
import type { Duplex } from 'node:stream';
import type { ContainerRef, PodRuntime } from '../rooms.ts';
import { type ExecRequest, runExec, WAITING } from './exec.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';

/** Milliseconds in which a client must have opened its streams. */
const PATIENCE = 30_000;

export function serveSpdyExec(
  transport: Duplex,
  runtime: PodRuntime,
  target: ContainerRef,
  request: ExecRequest,
): void {
  const streams = new Map<string, SpdyStream>();
  const { stdin, stdout, stderr, tty } = request;
  const asked = [
    'error',
    ...(stdin ? ['stdin'] : []),
    ...(stdout ? ['stdout'] : []),
    ...(stderr && !tty ? ['stderr'] : []),
  ];
  const connection = new SpdyConnection(transport, stream => {
    const type = stream.headers.get('streamtype') ?? '';
    if (![...asked, 'resize'].includes(type) || streams.has(type))
      throw new Error(`a stream of type "${type}"`);
    streams.set(type, stream);
    if (type !== 'stdin') stream.resume();
    if (type === 'resize' || !asked.every(each => streams.has(each))) return;
    clearTimeout(waiting);
    void run(streams, runtime, target, request).then(() => connection.close());
  });
  const waiting = setTimeout(() => connection.close(), PATIENCE).unref();
}

async function run(
  streams: ReadonlyMap<string, SpdyStream>,
  runtime: PodRuntime,
  target: ContainerRef,
  request: ExecRequest,
): Promise<void> {
  const error = streams.get('error');
  const stdin = streams.get('stdin');
  const gone = new AbortController();
  error?.on('close', () => gone.abort());
  const send = (stream: SpdyStream | undefined, chunk: Buffer | string) => {
    if (!stream?.writable) return;
    stream.write(chunk);
    if (stream.writableLength > WAITING) error?.destroy();
  };
  await runExec(runtime, target, request, {
    stdin: stdin ? untilGone(stdin) : null,
    stdout: chunk => send(streams.get('stdout'), chunk),
    stderr: chunk => send(streams.get('stderr'), chunk),
    status: text => send(error, text),
    signal: gone.signal,
  });
  const ends = ['stdout', 'stderr', 'error'].map(name => ended(streams.get(name)));
  await Promise.all(ends);
}

/** A client that goes has no more input; that is no error. */
async function* untilGone(stream: SpdyStream): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch {}
}

function ended(stream: SpdyStream | undefined): Promise<void> {
  return new Promise(resolve => {
    if (!stream?.writable) return resolve();
    stream.once('close', resolve);
    stream.end(resolve);
  });
}
