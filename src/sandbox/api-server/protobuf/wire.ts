/** Protobuf's wire format. Source: protobuf.dev/programming-guides/encoding */
import { badRequest } from '../status.ts';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
export const PROTOBUF_STREAM = `${PROTOBUF};stream=watch`;

/** Before each object. Source: apimachinery/pkg/runtime/serializer/protobuf */
export const MAGIC = Buffer.from('k8s\0');

export class Reader {
  #at = 0;
  readonly #from: Buffer;

  constructor(from: Buffer) {
    this.#from = from;
  }

  get done(): boolean {
    return this.#at >= this.#from.length;
  }

  /** The number of the next field, and its value: bytes if it has a length, null if it is of a kind that is not used. */
  field(): { readonly number: number; readonly value: bigint | Buffer | null } {
    const tag = Number(this.#varint());
    const number = Math.floor(tag / 8);
    if (number === 0) throw badRequest(`protobuf: illegal tag 0 (wire type ${tag % 8})`);
    switch (tag % 8) {
      case 0:
        return { number, value: this.#varint() };
      case 1:
        return { number, value: this.#take(8) };
      case 2:
        return { number, value: this.#take(Number(this.#varint())) };
      case 5:
        this.#take(4);
        return { number, value: null };
      default:
        throw badRequest(`protobuf: wire type ${tag % 8} is not used by Kubernetes`);
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#from[this.#at++];
      if (byte === undefined) throw badRequest('protobuf: unexpected EOF');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw badRequest('protobuf: integer overflow');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#from.length) throw badRequest('protobuf: unexpected EOF');
    const bytes = this.#from.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }
}

/** All the numbers in a packed list. */
export function unpacked(bytes: Buffer): bigint[] {
  // As if each had a tag of its own.
  const found: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte > 127) continue;
    found.push(BigInt.asUintN(64, value));
    [value, shift] = [0n, 0n];
  }
  if (shift > 0n) throw badRequest('protobuf: unexpected EOF');
  return found;
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let left = BigInt.asUintN(64, value); ; left >>= 7n) {
    if (left < 128n) return Buffer.from([...bytes, Number(left)]);
    bytes.push(Number(left & 127n) | 128);
  }
}

export function intField(number: number, value: number): Buffer {
  return Buffer.concat([varint(BigInt(number) << 3n), varint(BigInt(Math.trunc(value)))]);
}

export function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([varint((BigInt(number) << 3n) | 1n), bytes]);
}

export function bytesField(number: number, bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes as Buffer);
  return Buffer.concat([varint((BigInt(number) << 3n) | 2n), varint(BigInt(content.length)), content]);
}
