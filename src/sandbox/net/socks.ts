/** As much of SOCKS5 as the door speaks (RFC 1928, RFC 1929): bytes in, meaning out. Pure. */

export const REPLY = {
  granted: 0x00,
  failed: 0x01,
  unreachable: 0x04,
  refused: 0x05,
  noSuchCommand: 0x07,
  noSuchAddressType: 0x08,
} as const;

/** RFC 1928's method 2, and the code for "none of the offered methods". */
export const USER_AND_PASSWORD = 0x02;
export const NO_METHOD = 0xff;

/** What was read and how many bytes that took; null: more bytes are needed; 'bad': this is not SOCKS5. */
export type Read<T> = { readonly value: T; readonly used: number } | null | 'bad';

/** The client's greeting: the methods it offers. */
export function readGreeting(bytes: Buffer): Read<readonly number[]> {
  if (bytes.length > 0 && bytes[0] !== 5) return 'bad';
  if (bytes.length < 2) return null;
  const used = 2 + (bytes[1] ?? 0);
  return bytes.length < used ? null : { value: [...bytes.subarray(2, used)], used };
}

/** User and password. */
export function readCredentials(bytes: Buffer): Read<{ user: string; password: string }> {
  if (bytes.length > 0 && bytes[0] !== 1) return 'bad';
  const user = text(bytes, 1);
  const password = user && text(bytes, user.end);
  if (!user || !password) return null;
  return { value: { user: user.value, password: password.value }, used: password.end };
}

export interface SocksRequest {
  readonly command: number;
  /** Null: an address type other than IPv4 address or name. */
  readonly host: string | null;
  readonly port: number;
}

export const CONNECT = 1;

export function readRequest(bytes: Buffer): Read<SocksRequest> {
  if (bytes.length > 0 && bytes[0] !== 5) return 'bad';
  const command = bytes[1];
  const type = bytes[3];
  if (command === undefined || type === undefined) return null;
  let host: string | null = null;
  let end = 0;
  if (type === 1) {
    end = 8;
    host = [...bytes.subarray(4, 8)].join('.');
  } else if (type === 3) {
    const name = text(bytes, 4);
    if (!name) return null;
    ({ end, value: host } = name);
  } else if (type === 4) end = 20;
  else return 'bad';
  if (bytes.length < end + 2) return null;
  return { value: { command, host, port: bytes.readUInt16BE(end) }, used: end + 2 };
}

/** The answer to a request. The address that the far side saw is not disclosed: 0.0.0.0:0, as RFC 1928 allows. */
export function reply(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** A text with its length in front. */
function text(bytes: Buffer, at: number): { value: string; end: number } | null {
  const length = bytes[at];
  if (length === undefined) return null;
  const end = at + 1 + length;
  return bytes.length < end ? null : { value: bytes.toString('latin1', at + 1, end), end };
}
