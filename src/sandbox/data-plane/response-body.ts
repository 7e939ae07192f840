/** An upstream's body on its way to the app, no faster than the app takes it. */
import type { Readable } from 'node:stream';
import type { Exchange } from './http-exchange.ts';

export interface BodyListener {
  /** False: nobody waits for it any more. */
  wanted(): boolean;
  onData(bytes: number): void;
  onEnd(): void;
  /** It breaks off before its end. */
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
