/** An upstream's answer on its way to the app, no faster than the app takes it. */
import type { Readable, Writable } from 'node:stream';
import type { UpstreamResponse } from '../contract.ts';
import type { HeaderList } from './headers.ts';
import type { Exchange } from './http-exchange.ts';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding']);

/** The headers that the app gets; an upgrade keeps those that make it one. */
export function passableHeaders({ headers, tunnel }: UpstreamResponse): HeaderList {
  return headers.filter(([name]) => !HOP_BY_HOP.has(name) || (tunnel !== undefined && name === 'connection'));
}

/** Whether the answer itself says that nothing follows its headers. */
export function isEmpty({ headers }: UpstreamResponse): boolean {
  return headers.some(([name, value]) => name === 'content-length' && /^0+$/.test(value));
}

/** Forwards what the app sends in the new protocol. */
export function openUpgradedTunnel(
  { tunnel }: Exchange,
  upstream: Writable,
  onData: (bytes: number) => void,
): void {
  tunnel?.on('data', (chunk: Buffer) => onData(chunk.length));
  tunnel?.pipe(upstream);
}

export interface BodyListener {
  /** False: nobody is waiting for the body any more. */
  wanted(): boolean;
  onData(bytes: number): void;
  onEnd(): void;
  /** The body breaks off before its end. */
  onBroken(error: NodeJS.ErrnoException | undefined): void;
}

export function passBody(body: Readable, exchange: Exchange, listener: BodyListener): void {
  let over = false;
  const broken = (error?: NodeJS.ErrnoException) => {
    if (over || !listener.wanted()) return;
    over = true;
    listener.onBroken(error);
  };
  body.on('error', broken);
  body.once('close', () => broken());
  body.on('data', (chunk: Buffer) => {
    if (!listener.wanted()) return;
    listener.onData(chunk.length);
    if (exchange.write(chunk)) return;
    body.pause();
    exchange.onDrain(() => body.resume());
  });
  body.once('end', () => {
    if (over || !listener.wanted()) return;
    over = true;
    listener.onEnd();
  });
}
