/**
 * JSON patch (RFC 6902). A patch that cannot be applied is refused as by the API server, in the words of its library.
 * Source: gopkg.in/evanphx/json-patch.v4 patch.go; apiserver/pkg/endpoints/handlers/patch.go.
 */
import { isObject, type Json, sameJson } from '../../../shared/json.ts';
import { badRequest, StatusError } from '../status.ts';

const MAX_OPERATIONS = 10_000;
/** Bytes that all copy operations of a patch may add; the same as in kube-apiserver. */
const MAX_COPIED = 3 * 1024 * 1024;

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
  const document = new Document(target);
  for (const operation of patch) document.apply(operation);
  return document.root;
}

/** JSON that may be changed. */
type Draft = null | boolean | number | string | Draft[] | { [key: string]: Draft };
type Holder = Draft[] | { [key: string]: Draft };

/** One copy for all operations of a patch, which change it in place. */
class Document {
  root: Draft;
  #copied = 0;

  constructor(target: Json) {
    this.root = draftOf(target);
  }

  apply(operation: Json): void {
    if (!isObject(operation)) throw badRequest('error decoding patch: an operation is no object');
    const { op, value = null } = operation;
    const path = pointer(operation.path, 'path');
    if (op === 'add') this.#add(path, draftOf(value));
    else if (op === 'remove') this.#remove(path, 'remove');
    else if (op === 'replace') {
      this.#read(path, 'replace');
      if (path.length === 0) this.root = draftOf(value);
      else this.#replace(path, draftOf(value));
    } else if (op === 'test') {
      if (!sameJson(this.#lookUp(path) ?? null, value))
        throw refused(`testing value /${path.join('/')} failed`);
    } else if (op === 'copy') this.#add(path, this.#copy(pointer(operation.from, 'from')));
    else if (op === 'move') {
      const from = pointer(operation.from, 'from');
      const moved = this.#read(from, 'move');
      this.#remove(from, 'move');
      this.#add(path, moved);
    } else throw refused(`Unexpected kind: ${String(op)}`);
  }

  #lookUp(path: readonly string[]): Draft | undefined {
    let value: Draft | undefined = this.root;
    for (const key of path) {
      if (Array.isArray(value)) value = value[Number(key)];
      else if (isHolder(value) && Object.hasOwn(value, key)) value = value[key];
      else return undefined;
    }
    return value;
  }

  #read(path: readonly string[], op: string): Draft {
    const value = this.#lookUp(path);
    if (value !== undefined) return value;
    throw refused(`${op} operation does not apply: doc is missing key: /${path.join('/')}: missing value`);
  }

  #copy(from: readonly string[]): Draft {
    const value = this.#read(from, 'copy');
    this.#copied += Buffer.byteLength(JSON.stringify(value));
    if (this.#copied > MAX_COPIED) {
      throw refused(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copied}, exceeding the limit ${MAX_COPIED}`,
      );
    }
    return draftOf(value);
  }

  #add(path: readonly string[], value: Draft): void {
    const [holder, key] = this.#holderOf(path, 'add');
    if (holder === null) this.root = value;
    else if (Array.isArray(holder)) {
      holder.splice(key === '-' ? holder.length : indexIn(key, holder.length, 'add'), 0, value);
    } else setField(holder, key, value);
  }

  #replace(path: readonly string[], value: Draft): void {
    const [holder, key] = this.#holderOf(path, 'replace');
    if (Array.isArray(holder)) holder[indexIn(key, holder.length - 1, 'replace')] = value;
    else if (holder !== null) setField(holder, key, value);
  }

  #remove(path: readonly string[], op: string): void {
    this.#read(path, op);
    const [holder, key] = this.#holderOf(path, op);
    if (holder === null) this.root = null;
    else if (Array.isArray(holder)) holder.splice(indexIn(key, holder.length - 1, op), 1);
    else delete holder[key];
  }

  /** The parent of the path's last key, and the key; null: the path is the whole document. */
  #holderOf(path: readonly string[], op: string): [Holder | null, string] {
    const key = path.at(-1);
    if (key === undefined) return [null, ''];
    const holder = this.#lookUp(path.slice(0, -1));
    if (isHolder(holder)) return [holder, key];
    throw refused(`${op} operation does not apply: doc is missing path: "/${path.join('/')}": missing value`);
  }
}

function isHolder(value: Draft | undefined): value is Holder {
  return typeof value === 'object' && value !== null;
}

function draftOf(value: Json | Draft): Draft {
  if (Array.isArray(value)) return value.map(draftOf);
  if (typeof value !== 'object' || value === null) return value as Draft;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, draftOf(each)]));
}

/** __proto__ is a key like any other. */
function setField(holder: { [key: string]: Draft }, key: string, value: Draft): void {
  Object.defineProperty(holder, key, { value, configurable: true, enumerable: true, writable: true });
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

function indexIn(key: string, last: number, op: string): number {
  const index = /^(0|[1-9]\d*)$/.test(key) ? Number(key) : Number.NaN;
  if (index <= last) return index;
  throw refused(`${op} operation does not apply: doc is missing path: "${key}": invalid index referenced`);
}
