/**
 * Objects in Kubernetes' protobuf, which programs in Go send, as the JSON that they stand for. A field that the types do
 * not have is ignored, as by a real server. Source: apimachinery/pkg/runtime/serializer/protobuf, and the generated.pb.go
 * files of k8s.io/api and k8s.io/apimachinery.
 */
import type { Json, JsonObject } from '../../../shared/json.ts';
import { checkBounds } from '../body-bounds.ts';
import { type ApiField, fieldsOf, typeOfKind } from '../built-in/api-types.ts';
import { badRequest, StatusError } from '../status.ts';
import { MAGIC, Reader, unpacked } from './wire.ts';

type Built = { [key: string]: Json };

/** No type of Kubernetes is nested so deeply but those that contain themselves. */
const MOST_LEVELS = 100;

/** Throws UnsupportedMediaType (415) for a kind that is not known, BadRequest for broken data. */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw badRequest('the body is no Kubernetes protobuf');
  const envelope = rawFields(bytes.subarray(MAGIC.length));
  const meta = rawFields(envelope.get(1) ?? Buffer.alloc(0));
  const [apiVersion, kind] = [1, 2].map(number => (meta.get(number) ?? '').toString()) as [string, string];
  const [, group = ''] = apiVersion.split('/').reverse();
  const type = typeOfKind(group, kind) ?? typeOfKind('meta', kind);
  if (type === undefined) {
    const message = `the sandbox does not read this ${kind || 'object'} in protobuf; send it as JSON or YAML: kubectl apply -f FILE`;
    throw new StatusError(415, 'UnsupportedMediaType', message);
  }
  const object: Built = { apiVersion, kind };
  decodeInto(object, envelope.get(2) ?? Buffer.alloc(0), type, 0);
  checkBounds(JSON.stringify(object), false);
  return object;
}

function rawFields(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value } = reader.field();
    if (Buffer.isBuffer(value)) found.set(number, value);
  }
  return found;
}

const byNumber = new Map<string, ReadonlyMap<number, ApiField>>();

function numbered(type: string): ReadonlyMap<number, ApiField> {
  const known = byNumber.get(type) ?? new Map((fieldsOf(type) ?? []).map(each => [each.number, each]));
  byNumber.set(type, known);
  return known;
}

function decodeInto(object: Built, bytes: Buffer, type: string, level: number): void {
  if (level > MOST_LEVELS) throw badRequest('protobuf: nested too deeply');
  const fields = numbered(type);
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value } = reader.field();
    const field = fields.get(number);
    if (field === undefined || value === null || field.type === 'any') continue;
    if (field.name === '') decodeInto(object, asBytes(value), field.type, level + 1);
    else put(object, field, value, level);
  }
}

function put(object: Built, field: ApiField, value: bigint | Buffer, level: number): void {
  const { name, holds, type, pointer, required } = field;
  if (holds === 'map') {
    putEntry(object, field, asBytes(value), level);
    return;
  }
  if (holds === 'list') {
    const list = (object[name] ?? []) as Json[];
    const isPacked = Buffer.isBuffer(value) && (type === 'int32' || type === 'int64');
    const each = isPacked ? unpacked(value) : [value];
    object[name] = [...list, ...each.map(one => convert(type, one, level))];
    return;
  }
  const read = convert(type, value, level);
  // Go's own zero values are sent too, and left out of JSON.
  if (pointer || (required && read !== null) || !isZero(read)) object[name] = read;
}

function putEntry(object: Built, { name, type }: ApiField, bytes: Buffer, level: number): void {
  let key = '';
  let value: Json = type === 'string' || type === 'bytes' ? '' : null;
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value: read } = reader.field();
    if (number === 1 && Buffer.isBuffer(read)) key = read.toString();
    else if (number === 2 && read !== null) value = convert(type, read, level);
  }
  const map = (object[name] ?? {}) as Built;
  // Any name is a valid key, even `__proto__`.
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  object[name] = map;
}

function convert(type: string, value: bigint | Buffer, level: number): Json {
  switch (type) {
    case 'int32':
    case 'int64':
      return Number(BigInt.asIntN(64, asInteger(value)));
    case 'bool':
      return asInteger(value) !== 0n;
    case 'double':
      return asBytes(value).length === 8 ? asBytes(value).readDoubleLE() : 0;
    case 'string':
      return asBytes(value).toString();
    case 'bytes':
      return asBytes(value).toString('base64');
    case 'time':
    case 'microtime':
      return time(asBytes(value), type === 'microtime');
    case 'port':
      return port(asBytes(value));
    case 'quantity':
      return (rawFields(asBytes(value)).get(1) ?? '').toString();
    case 'raw':
      return rawJson(rawFields(asBytes(value)).get(1));
    // A list in a map is a message of its own.
    case '[]string':
      return listOf(asBytes(value));
    default: {
      const inner: Built = {};
      decodeInto(inner, asBytes(value), type, level + 1);
      return inner;
    }
  }
}

function asBytes(value: bigint | Buffer): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw badRequest('protobuf: wrong wire type for a field with a length');
}

function asInteger(value: bigint | Buffer): bigint {
  if (typeof value === 'bigint') return value;
  throw badRequest('protobuf: wrong wire type for a number');
}

function integers(bytes: Buffer): Map<number, number> {
  const found = new Map<number, number>();
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value } = reader.field();
    if (typeof value === 'bigint') found.set(number, Number(BigInt.asIntN(64, value)));
  }
  return found;
}

/** Beyond these, a date has no form in JSON: the years 1 and 9999. */
const TIMES = [-62_135_596_800, 253_402_300_799] as const;

function time(bytes: Buffer, fine: boolean): string | null {
  const parts = integers(bytes);
  const [seconds, nanos] = [parts.get(1) ?? 0, parts.get(2) ?? 0];
  if (seconds === 0 && nanos === 0) return null;
  if (seconds < TIMES[0] || seconds > TIMES[1]) throw badRequest('protobuf: a time out of range');
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fine ? `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, '0')}Z` : `${whole}Z`;
}

/** Source: apimachinery/pkg/util/intstr */
function port(bytes: Buffer): Json {
  const numbers = integers(bytes);
  return numbers.get(1) === 1 ? (rawFields(bytes).get(3) ?? '').toString() : (numbers.get(2) ?? 0);
}

function rawJson(bytes: Buffer | undefined): Json {
  if (bytes === undefined || bytes.length === 0) return null;
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch {
    throw badRequest('protobuf: JSON expected');
  }
}

function listOf(bytes: Buffer): string[] {
  const found: string[] = [];
  for (const reader = new Reader(bytes); !reader.done; ) {
    const { number, value } = reader.field();
    if (number === 1 && Buffer.isBuffer(value)) found.push(value.toString());
  }
  return found;
}

/** A struct without anything in it is none: `resources: {}` stands in Go's JSON, too. */
function isZero(value: Json): boolean {
  return value === null || value === '' || value === 0 || value === false;
}
