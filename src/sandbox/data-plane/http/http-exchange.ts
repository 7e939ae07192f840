/**
 * One request and its answer, whatever protocol the app speaks: what the connection manager needs from a codec.
 * http-codec1.ts and http-codec2.ts make these.
 */
import type { Readable } from 'node:stream';
import type { Header, HeaderList } from './headers.ts';

export interface Exchange {
  readonly protocol: 'HTTP/1.1' | 'HTTP/2';
  readonly method: string;
  /** Path and query as they came; for an absolute-form target without its scheme and host. */
  readonly path: string;
  /** The Host header or :authority; undefined if there is none. */
  readonly authority: string | undefined;
  /** As they came, without Host and pseudo headers; the exchange's own copy. */
  readonly headers: HeaderList;
  /** Null: the request ends with its headers. */
  readonly body: Readable | null;
  /** The app asks for another protocol on this connection ('websocket'), or for a tunnel ('CONNECT'). */
  readonly upgrade: string | null;
  /** With an upgrade: what the app sends after its request. */
  readonly tunnel?: Readable;
  readonly answered: boolean;
  /** Status line and headers. `empty`: nothing follows except end(). `close`: this is the connection's last answer. */
  answer(status: number, headers: readonly Header[], empty: boolean, close: boolean): void;
  /** False: wait for onDrain before the next. */
  write(chunk: Buffer): boolean;
  end(): void;
  onDrain(listener: () => void): void;
  /** Breaks the stream off: what was sent reaches the app, then the connection (or the HTTP/2 stream) is ended. */
  reset(): void;
  /** Called once: when the answer has been sent (true), or the app or a reset has ended it first (false). */
  onClose(listener: (complete: boolean) => void): void;
}

/** Statuses whose messages have no body and no content-length. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || (status >= 100 && status < 200);
}
