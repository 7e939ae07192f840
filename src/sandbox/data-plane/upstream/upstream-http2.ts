/**
 * HTTP/2 on one upstream connection, with prior knowledge or after TLS, through node:http2's client, which is given the
 * socket: as many concurrent requests as the cluster and the far side allow. Left out: trailers, which only gRPC needs.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { UpstreamRequest } from '../contract.ts';
import type { ExchangeEvents, HttpConnection } from './upstream-http1.ts';
import { sendBody } from './upstream-http1.ts';

/**
 * Headers that an HTTP/2 message must not have (RFC 9113, section 8.2.2); the router leaves some of it in for an
 * upgrade.
 */
const HOP_BY_HOP = /^(?:connection|upgrade|keep-alive|proxy-connection|transfer-encoding|http2-settings)$/;

export class Http2Connection implements HttpConnection {
  readonly #session: ClientHttp2Session;
  #open = 0;
  #leaving = false;

  readonly socket: Socket;
  readonly #onIdle: () => void;
  readonly #streams: number;

  /**
   * `onIdle`: a request is done, so the connection could take another. `streams`: concurrent requests that the cluster
   * allows.
   */
  constructor(socket: Socket, onIdle: () => void, streams: number) {
    this.socket = socket;
    this.#onIdle = onIdle;
    this.#streams = streams;
    this.#session = connect('http://upstream', {
      createConnection: () => socket,
      settings: { enablePush: false },
    });
    // Each stream gets the error too.
    this.#session.on('error', () => {});
    this.#session.once('goaway', () => {
      this.#leaving = true;
    });
  }

  get idle(): boolean {
    return this.#open === 0;
  }

  get room(): number {
    if (this.#leaving || this.#session.destroyed) return 0;
    const allowed = this.#session.remoteSettings.maxConcurrentStreams ?? this.#streams;
    return Math.min(this.#streams, allowed) - this.#open;
  }

  /** Returns a function that ends the exchange; the connection stays open. */
  exchange(request: UpstreamRequest, events: ExchangeEvents): () => void {
    let answered = false;
    let ended = false;
    this.#open++;
    const finish = () => {
      this.#open--;
      if (!ended) events.onDone();
      this.#onIdle();
    };
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(headersOf(request), { endStream: request.body === null });
    } catch {
      queueMicrotask(() => {
        if (!ended) events.onFailure(this.#session.destroyed ? 'closed' : 'protocol');
        finish();
      });
      return () => {
        ended = true;
      };
    }
    let why: 'closed' | 'protocol' = 'closed';
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // Something that nghttp2 could not read, such as an answer in HTTP/1.1.
      if (error.code === 'ERR_HTTP2_ERROR') why = 'protocol';
    });
    stream.once('response', (fields, _flags, raw?: readonly string[]) => {
      answered = true;
      events.onResponse({
        status: Number(fields[':status']),
        headers: answerHeaders(fields, raw),
        body: stream,
      });
    });
    stream.once('close', () => {
      const whole = stream.readableEnded && stream.rstCode === constants.NGHTTP2_NO_ERROR;
      if (!ended && !(answered && whole)) events.onFailure(why);
      finish();
    });
    if (request.body !== null) sendBody(request.body, stream);
    return () => {
      ended = true;
      stream.close(constants.NGHTTP2_CANCEL);
    };
  }

  close(): void {
    this.#session.destroy();
    this.socket.destroy();
  }
}

function headersOf({ method, path, authority, headers }: UpstreamRequest): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {
    ':method': method,
    ':path': path,
    ':scheme': 'http',
    ':authority': authority,
  };
  for (const [name, value] of headers) {
    if (HOP_BY_HOP.test(name)) continue;
    const there = fields[name];
    fields[name] = there === undefined ? value : [there, value].flat();
  }
  return fields;
}

/** Names and values as they came; a header that came twice appears twice. */
function answerHeaders(fields: IncomingHttpHeaders, raw: readonly string[] = []): [string, string][] {
  if (raw.length === 0) return Object.entries(fields).flatMap(([name, value]) => pairs(name, value));
  return raw.flatMap((name, i) => (i % 2 === 0 ? pairs(name, raw[i + 1]) : []));
}

const pairs = (name: string, value: string | string[] | undefined): [string, string][] =>
  name.startsWith(':') || value === undefined ? [] : [value].flat().map(each => [name, each]);
