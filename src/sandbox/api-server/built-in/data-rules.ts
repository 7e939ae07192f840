/**
 * Rules for ConfigMaps and Secrets: keys, sizes, and what `immutable` forbids.
 * Source: kubernetes 1.34, pkg/apis/core/validation (ValidateConfigMap, ValidateSecret and their updates).
 */
import { type Cause, causeWithoutValue } from '../../../istio/schema/cause.ts';
import { isObject, type JsonObject, sameJson } from '../../../shared/json.ts';
import { forbidden, invalidValue, required } from './causes.ts';

const KEY = /^[-._a-zA-Z0-9]+$/;
/** Bytes of all values together. */
const MOST = 1024 * 1024;

/** The keys that each type must hold; one of the inner lists is enough. */
const TYPES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt', 'tls.key']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
  'kubernetes.io/basic-auth': [['username'], ['password']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
};

export function dataCauses(object: JsonObject, old: JsonObject | null): Cause[] {
  const secret = object.kind === 'Secret';
  const data = bag(object.data);
  const binary = bag(object.binaryData);
  const causes = [...(old === null ? [] : changes(object, old, secret)), ...keyCauses(data, 'data', binary)];
  causes.push(...keyCauses(binary, 'binaryData'));
  if (secret) causes.push(...secretCauses(object, data));
  const encoded = secret ? [...Object.values(data)] : Object.values(binary);
  const plain = secret ? [] : Object.values(data);
  const size =
    sum(plain.map(each => Buffer.byteLength(String(each)))) +
    sum(encoded.map(each => Buffer.byteLength(String(each), 'base64')));
  if (size > MOST) {
    const field = secret ? 'data' : '[]';
    causes.push(causeWithoutValue(field, 'FieldValueTooLong', `may not be more than ${MOST} bytes`));
  }
  return causes;
}

function bag(value: unknown): JsonObject {
  return isObject(value as JsonObject) ? (value as JsonObject) : {};
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((all, each) => all + each, 0);
}

function keyCauses(data: JsonObject, path: string, other: JsonObject = {}): Cause[] {
  return Object.keys(data).flatMap(key => {
    const here = `${path}[${key}]`;
    const causes: Cause[] = [];
    if (!KEY.test(key)) {
      const says =
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name' or 'KEY_NAME' or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
      causes.push(invalidValue(here, key, says));
    }
    if (Object.hasOwn(other, key)) {
      causes.push(invalidValue(here, key, 'duplicate of key present in binaryData'));
    }
    return causes;
  });
}

function secretCauses(object: JsonObject, data: JsonObject): Cause[] {
  const { type } = object;
  const unreadable = Object.entries(data)
    .filter(([, value]) => !isBase64(String(value)))
    .map(([key]) => invalidValue(`data[${key}]`, '<secret contents redacted>', 'illegal base64 data'));
  if (type === 'kubernetes.io/service-account-token') return [...unreadable, ...accountCauses(object)];
  const ways = TYPES[String(type)] ?? [];
  const has = (key: string) => Object.hasOwn(data, key);
  const missing = ways.some(keys => keys.every(has)) ? [] : ways.flat().filter(key => !has(key));
  return [...unreadable, ...missing.map(key => required(`data[${key}]`))];
}

/** A token needs to know whose it is. */
function accountCauses({ metadata }: JsonObject): Cause[] {
  const name = bag(bag(metadata).annotations)['kubernetes.io/service-account.name'];
  if (name) return [];
  const field = 'metadata.annotations[kubernetes.io/service-account.name]';
  return [required(field)];
}

function changes(object: JsonObject, old: JsonObject, secret: boolean): Cause[] {
  const causes: Cause[] = [];
  if (secret && object.type !== old.type) {
    causes.push(invalidValue('type', object.type, 'field is immutable'));
  }
  if (old.immutable !== true) return causes;
  const forbid = (field: string) =>
    causes.push(forbidden(field, 'field is immutable when `immutable` is set'));
  if (object.immutable !== true) forbid('immutable');
  for (const field of ['data', 'binaryData']) {
    if (!sameJson(bag(object[field]), bag(old[field]))) forbid(field);
  }
  return causes;
}

function isBase64(value: string): boolean {
  const bare = value.replace(/[\r\n]/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}
