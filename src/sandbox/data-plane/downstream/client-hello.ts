/**
 * What a TLS ClientHello says before anything is encrypted: server name and ALPN. Pure.
 * Source: RFC 8446 4.1.2, RFC 6066 3, RFC 7301; source/extensions/filters/listener/tls_inspector/tls_inspector.cc.
 */

export interface ClientHello {
  /** '' for none. */
  readonly sni: string;
  readonly alpn: readonly string[];
}

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ALPN = 16;
/** Envoy's limit: a longer ClientHello is not taken for TLS. */
const MAX_SIZE = 16 * 1024;

/** 'more': the bytes so far could be the beginning of one; null: this is not TLS. */
export function parseClientHello(bytes: Buffer): ClientHello | 'more' | null {
  if (bytes.length === 0) return 'more';
  if (bytes[0] !== HANDSHAKE_RECORD || (bytes.length > 1 && bytes[1] !== 3)) return null;
  const message = handshakeMessage(bytes);
  if (message === 'more') return bytes.length > MAX_SIZE ? null : 'more';
  if (message === null) return null;
  try {
    return parseMessage(new Reader(message));
  } catch {
    return null;
  }
}

/** The first handshake message, which may be spread over several records. */
function handshakeMessage(bytes: Buffer): Buffer | 'more' | null {
  const parts: Buffer[] = [];
  let have = 0;
  for (let at = 0; ; ) {
    if (bytes.length < at + 5) return 'more';
    if (bytes[at] !== HANDSHAKE_RECORD) return null;
    const length = bytes.readUInt16BE(at + 3);
    if (length === 0) return null;
    const part = bytes.subarray(at + 5, at + 5 + length);
    parts.push(part);
    have += part.length;
    const joined = parts.length === 1 ? part : Buffer.concat(parts);
    if (have >= 1 && joined[0] !== CLIENT_HELLO) return null;
    if (have >= 4) {
      const size = joined.readUIntBE(1, 3);
      if (have >= 4 + size) return joined.subarray(4, 4 + size);
    }
    if (part.length < length) return 'more';
    at += 5 + length;
  }
}

/** Reads TLS's encoding: numbers, and vectors with their length in front. Throws past the end. */
class Reader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  number(size: number): number {
    const value = this.#bytes.readUIntBE(this.#at, size);
    this.#at += size;
    return value;
  }

  take(size: number): Buffer {
    if (this.#at + size > this.#bytes.length) throw new RangeError('vector is longer than its message');
    const value = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return value;
  }

  vector(lengthSize: number): Buffer {
    return this.take(this.number(lengthSize));
  }
}

function parseMessage(message: Reader): ClientHello {
  message.take(2 + 32); // version and random
  message.vector(1); // session id
  message.vector(2); // cipher suites
  message.vector(1); // compression methods
  let sni = '';
  const alpn: string[] = [];
  if (message.done) return { sni, alpn };
  const extensions = new Reader(message.vector(2));
  while (!extensions.done) {
    const type = extensions.number(2);
    const body = new Reader(extensions.vector(2));
    if (type === SERVER_NAME && !body.done) {
      const names = new Reader(body.vector(2));
      const hostName = names.number(1) === 0;
      if (hostName) sni = names.vector(2).toString('latin1').toLowerCase();
    } else if (type === ALPN) {
      const protocols = new Reader(body.vector(2));
      while (!protocols.done) alpn.push(protocols.vector(1).toString('latin1'));
    }
  }
  return { sni, alpn };
}
