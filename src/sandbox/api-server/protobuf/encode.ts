/** Objects in Kubernetes' protobuf, for clients that take nothing else. */
import { isObject, type Json, type JsonObject } from '../../../shared/json.ts';
import { type ApiField, fieldsOf, typeOfKind } from '../built-in/api-types.ts';
import type { ServedKind } from '../kinds.ts';
import { bytesField, doubleField, intField, MAGIC } from './wire.ts';

/** Whether objects of this kind have a form in protobuf; custom resources have none. */
export function hasProtobuf({ builtIn, group, kind }: ServedKind): boolean {
  return builtIn && typeOfKind(group, kind) !== undefined;
}

/** An object, a list of objects of `kind`, or a Status. */
export function encodeProtobuf(object: JsonObject, { group, kind }: ServedKind): Buffer {
  const { apiVersion = '', kind: own = '' } = object;
  const type = own === 'Status' ? 'meta.Status' : (typeOfKind(group, kind) ?? '');
  const isList = own === `${kind}List` && Array.isArray(object.items);
  const raw = isList ? listOf(object, type) : message(object, type);
  const typeMeta = [bytesField(1, String(apiVersion)), bytesField(2, String(own))];
  return Buffer.concat([MAGIC, bytesField(1, Buffer.concat(typeMeta)), bytesField(2, raw)]);
}

/**
 * A WatchEvent in a frame: its length in four bytes, then the event without an envelope, with an object that has one.
 * Source: apimachinery/pkg/runtime/serializer/protobuf (RawSerializer, LengthDelimitedFramer).
 */
export function encodeEvent(type: string, object: JsonObject, kind: ServedKind): Buffer {
  const raw = bytesField(1, encodeProtobuf(object, kind));
  const event = Buffer.concat([bytesField(1, type), bytesField(2, raw)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(event.length);
  return Buffer.concat([length, event]);
}

function listOf({ metadata, items }: JsonObject, type: string): Buffer {
  const meta = isObject(metadata) ? metadata : {};
  const text = (number: number, value: Json | undefined) =>
    typeof value === 'string' ? [bytesField(number, value)] : [];
  const left = meta.remainingItemCount;
  return Buffer.concat([
    bytesField(
      1,
      Buffer.concat([
        ...text(2, meta.resourceVersion),
        ...text(3, meta.continue),
        ...(typeof left === 'number' ? [intField(4, left)] : []),
      ]),
    ),
    ...(items as JsonObject[]).map(each => bytesField(2, message(each, type))),
  ]);
}

function message(object: JsonObject, type: string): Buffer {
  return Buffer.concat(
    (fieldsOf(type) ?? []).flatMap(field => {
      if (field.name === '') return [bytesField(field.number, message(object, field.type))];
      const value = object[field.name];
      return value === undefined || value === null ? [] : encoded(field, value);
    }),
  );
}

function encoded({ number, holds, type }: ApiField, value: Json): Buffer[] {
  if (holds === 'list') return Array.isArray(value) ? value.map(each => one(number, type, each)) : [];
  if (holds === 'one') return [one(number, type, value)];
  return Object.entries(isObject(value) ? value : {}).map(([key, each]) =>
    bytesField(number, Buffer.concat([bytesField(1, key), one(2, type, each ?? null)])),
  );
}

function one(number: number, type: string, value: Json): Buffer {
  switch (type) {
    case 'int32':
    case 'int64':
      return intField(number, Number(value));
    case 'bool':
      return intField(number, value === true ? 1 : 0);
    case 'double':
      return doubleField(number, Number(value));
    case 'string':
      return bytesField(number, String(value));
    case 'bytes':
      return bytesField(number, Buffer.from(String(value), 'base64'));
    case 'time':
    case 'microtime':
      return bytesField(number, time(String(value)));
    case 'port':
      return bytesField(
        number,
        Buffer.concat(
          typeof value === 'string' ? [intField(1, 1), bytesField(3, value)] : [intField(2, Number(value))],
        ),
      );
    case 'quantity':
      return bytesField(number, bytesField(1, String(value)));
    case 'raw':
      return bytesField(number, bytesField(1, JSON.stringify(value)));
    case '[]string':
      return bytesField(number, Buffer.concat((value as string[]).map(each => bytesField(1, each))));
    default:
      return bytesField(number, message(isObject(value) ? value : {}, type));
  }
}

function time(text: string): Buffer {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return Buffer.alloc(0);
  const [, fraction = ''] = /\.(\d+)/.exec(text) ?? [];
  const nanos = Number(fraction.padEnd(9, '0').slice(0, 9));
  return Buffer.concat([
    intField(1, Math.floor(milliseconds / 1000)),
    ...(nanos > 0 ? [intField(2, nanos)] : []),
  ]);
}
