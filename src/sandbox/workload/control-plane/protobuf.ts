/** The few parts of protobuf that istiod's debug types need. Source: protobuf.dev/programming-guides/encoding. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left >= 128) {
    bytes.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

/** A field of bytes: text, or a message of fields. */
export function field(number: number, content: string | Buffer | readonly Buffer[]): Buffer {
  const bytes = Array.isArray(content) ? Buffer.concat(content) : Buffer.from(content as string | Buffer);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

export function number(of: number, value: number): Buffer {
  return Buffer.concat([varint(of * 8), varint(value)]);
}

/** google.protobuf.Timestamp; milliseconds since the epoch. */
export function timestamp(at: number): Buffer {
  const seconds = Math.floor(at / 1000);
  return Buffer.concat([number(1, seconds), number(2, Math.floor((at - seconds * 1000) * 1e6))]);
}

/** google.protobuf.Struct with texts. */
export function struct(texts: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(texts).map(([key, value]) => field(1, [field(1, key), field(2, [field(3, value)])])),
  );
}

export function any(type: string, value: Buffer): Buffer {
  return Buffer.concat([field(1, type), field(2, value)]);
}

/** The fields of a message that hold bytes, in their order. Throws RangeError for what is no message. */
export function bytesFields(message: Buffer): (readonly [number: number, bytes: Buffer])[] {
  const found: (readonly [number, Buffer])[] = [];
  let at = 0;
  const read = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at);
      at += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      if (factor > 2 ** 49) throw new RangeError('no varint');
    }
  };
  while (at < message.length) {
    const key = read();
    const wire = key % 8;
    if (wire === 0) read();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = read();
      if (at + length > message.length) throw new RangeError('a field ends too late');
      found.push([Math.floor(key / 8), message.subarray(at, at + length)]);
      at += length;
    } else throw new RangeError('no field');
  }
  return found;
}
