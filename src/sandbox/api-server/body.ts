/** A request's body as JSON, within bounds. Source: apiserver/pkg/endpoints/handlers/rest.go (limitedReadBody). */
import { isObject, type Json, type JsonObject } from '../../shared/json.ts';
import { checkBounds } from './body-bounds.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { groupVersion, type ServedKind } from './kinds.ts';
import type { RequestTarget } from './path.ts';
import { decodeProtobuf, PROTOBUF } from './protobuf.ts';
import { badRequest, StatusError } from './status.ts';

/** Bytes; the same as in kube-apiserver. */
const BODY_LIMIT = 3 * 1024 * 1024;

export interface BodyText {
  /** Without parameters, in lower case; '' if there is no header. */
  readonly contentType: string;
  readonly text: string;
  /** As it came. */
  readonly bytes: Buffer;
}

/**
 * Throws RequestEntityTooLarge (413) before it has kept more than the limit, BadRequest for a body that is nested too
 * deeply.
 */
export async function readBody(request: Request): Promise<BodyText> {
  const contentType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const length = request.headers.get('content-length');
  if (length !== null && Number(length) > BODY_LIMIT) throw tooLarge();
  if (length !== null) return bodyOf(contentType, Buffer.from(await request.arrayBuffer()));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw tooLarge();
    chunks.push(chunk);
  }
  return bodyOf(contentType, Buffer.concat(chunks));
}

function bodyOf(contentType: string, bytes: Buffer): BodyText {
  const text = bytes.toString('utf8');
  if (contentType !== PROTOBUF) checkBounds(text, contentType.endsWith('yaml') && !/^\s*\{/.test(text));
  return { contentType, bytes, text };
}

function tooLarge(): StatusError {
  const message = `Request entity too large: limit is ${BODY_LIMIT}`;
  return new StatusError(413, 'RequestEntityTooLarge', message);
}

export function unsupported(accepted: readonly string[]): StatusError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new StatusError(415, 'UnsupportedMediaType', message);
}

/** JSON or YAML, by content type; must be an object. `kind` is the expected kind, for the error text. */
export async function parseObject(
  { contentType, text, bytes }: BodyText,
  kind: ServedKind,
): Promise<JsonObject> {
  if (contentType === PROTOBUF) return decodeProtobuf(bytes);
  const value = await parse(contentType, text, kind);
  if (isObject(value)) return value;
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

/**
 * Generated clients leave kind and apiVersion out, which the path says too; of custom resources both are demanded.
 * Source: apimachinery/pkg/runtime/serializer/json/json.go (gvkWithDefaults)
 */
export function asOnPath(object: JsonObject, { kind, version }: RequestTarget): JsonObject {
  if (!kind.builtIn) return object;
  const apiVersion = object.apiVersion || groupVersion(kind.group, version);
  return { ...object, apiVersion, kind: object.kind || kind.kind };
}

async function parse(contentType: string, text: string, kind: ServedKind): Promise<Json> {
  if (contentType === 'application/yaml') return parseYaml(text);
  if (contentType !== '' && contentType !== 'application/json') {
    throw unsupported(['application/json', 'application/yaml']);
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): couldn't get version/kind; json parse error: ${goSyntaxError(text, error as Error)}`,
    );
  }
}

/** YAML, which includes JSON: kubectl sends that. The parser is loaded when it is needed. */
export async function parseYaml(text: string): Promise<Json> {
  if (/^\s*\{/.test(text)) {
    const parsed = jsonOrNull(text);
    const [twice] = parsed === null ? [] : duplicateFields(text);
    if (twice !== undefined)
      throw badRequest(`error decoding YAML: key ${JSON.stringify(twice)} already set in map`);
    if (parsed !== null) return parsed;
  }
  const { parse: parseDocument } = await import('yaml');
  try {
    return parseDocument(text, { maxAliasCount: 100 }) as Json;
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}

function jsonOrNull(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

/** Go's words for the two ways in which a document can end too early; this parser's own for anything else. */
function goSyntaxError(text: string, error: Error): string {
  const truncated = text.trim() === '' || /end of (JSON )?(input|data)|Unterminated/i.test(error.message);
  return truncated ? 'unexpected end of JSON input' : error.message;
}

/** Merge patches and JSON patches. Throws BadRequest. */
export function parsePatch(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${goSyntaxError(text, error as Error)}`);
  }
}
