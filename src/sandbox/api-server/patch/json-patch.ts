/**
 * JSON patch (RFC 6902). What cannot be done is refused as the API server does, with the words of the library that
 * it uses. Source: gopkg.in/evanphx/json-patch.v4 patch.go; apiserver/pkg/endpoints/handlers/patch.go.
 */
import { badRequest, StatusError } from '../status.ts';
import { isObject, type Json, objectOf, sameJson } from './json.ts';

const MAX_OPERATIONS = 10_000;

export function jsonPatch(target: Json, patch: Json): Json {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new StatusError(413, 'RequestEntityTooLarge', message);
  }
  return patch.reduce<Json>(step, target);
}

function step(document: Json, operation: Json): Json {
  if (!isObject(operation)) throw badRequest('error decoding patch: an operation is no object');
  const { op, value = null } = operation;
  const path = pointer(operation.path, 'path');
  if (op === 'add') return add(document, path, value);
  if (op === 'remove') return remove(document, path, 'remove');
  if (op === 'replace') {
    read(document, path, 'replace');
    return path.length === 0 ? value : add(remove(document, path, 'replace'), path, value);
  }
  if (op === 'test') {
    if (!sameJson(lookUp(document, path) ?? null, value)) {
      throw refused(`testing value /${path.join('/')} failed`);
    }
    return document;
  }
  const from = pointer(operation.from, 'from');
  if (op === 'copy') return add(document, path, read(document, from, 'copy'));
  if (op === 'move') return add(remove(document, from, 'move'), path, read(document, from, 'move'));
  throw refused(`Unexpected kind: ${String(op)}`);
}

/** '/metadata/labels/a~1b' -> ['metadata', 'labels', 'a/b'] */
function pointer(text: Json | undefined, field: string): string[] {
  if (typeof text !== 'string') throw badRequest(`error decoding patch: operation missing ${field} field`);
  if (text === '') return [];
  return text
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function refused(why: string): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {
    causes: [{ reason: 'UnexpectedServerResponse', message: why }],
  });
}

function lookUp(document: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = document;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function read(document: Json, path: readonly string[], op: string): Json {
  const value = lookUp(document, path);
  if (value !== undefined) return value;
  throw refused(`${op} operation does not apply: doc is missing key: /${path.join('/')}: missing value`);
}

function add(document: Json, path: readonly string[], value: Json): Json {
  return changed(
    document,
    path,
    'add',
    (holder, key) => {
      if (!Array.isArray(holder)) return objectOf([...Object.entries(holder), [key, value]]);
      const index = key === '-' ? holder.length : indexIn(key, holder.length, 'add');
      return [...holder.slice(0, index), value, ...holder.slice(index)];
    },
    value,
  );
}

function remove(document: Json, path: readonly string[], op: string): Json {
  read(document, path, op);
  return changed(
    document,
    path,
    op,
    (holder, key) => {
      if (!Array.isArray(holder)) return objectOf(Object.entries(holder).filter(([each]) => each !== key));
      const index = indexIn(key, holder.length - 1, op);
      return [...holder.slice(0, index), ...holder.slice(index + 1)];
    },
    null,
  );
}

type Holder = readonly Json[] | { readonly [key: string]: Json };

/** The document with the holder of the path's last key changed; `whole` when the path is the document itself. */
function changed(
  document: Json,
  path: readonly string[],
  op: string,
  change: (holder: Holder, key: string) => Json,
  whole: Json,
): Json {
  const [key, ...rest] = path;
  if (key === undefined) return whole;
  if (typeof document !== 'object' || document === null) {
    throw refused(`${op} operation does not apply: doc is missing path: "/${path.join('/')}": missing value`);
  }
  if (rest.length === 0) return change(document, key);
  const inner = changed(read(document, [key], op), rest, op, change, whole);
  if (Array.isArray(document)) return document.map((each, index) => (index === Number(key) ? inner : each));
  return objectOf(Object.entries(document).map(([name, each]) => [name, name === key ? inner : each]));
}

function indexIn(key: string, last: number, op: string): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (index <= last) return index;
  throw refused(`${op} operation does not apply: doc is missing path: "${key}": invalid index referenced`);
}
