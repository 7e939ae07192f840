/**
 * Lists in pieces, and as they were. Source: apiserver/pkg/storage/{continue,errors}.go, etcd3/store.go (GetList),
 * apimachinery/pkg/apis/meta/internalversion/validation.
 */
import type { ResourceName } from '../rooms.ts';
import { count } from './options.ts';
import type { Selects } from './selectors.ts';
import { badRequest, expired, invalid, StatusError } from './status.ts';
import type { Store, StoredObject } from './store.ts';

export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

export interface Asked {
  readonly resource: ResourceName;
  /** Null: all. */
  readonly namespace: string | null;
  readonly selects: Selects;
}

interface Token {
  readonly version: string;
  /** The key of the last object that the client has. */
  readonly after: string;
}

/** Throws BadRequest, Invalid, Expired (410) or Timeout (504). */
export function listPage(
  store: Store,
  asked: Asked,
  query: URLSearchParams,
): { readonly items: readonly StoredObject[]; readonly metadata: ListMetadata } {
  const limit = count(query, 'limit') ?? 0;
  const token = continueToken(query.get('continue') ?? '');
  const version = token?.version ?? exactVersion(store, query);
  const all = version === null ? listed(store, asked) : listedAt(store, asked, version, token !== null);
  const matching = all.filter(each => asked.selects(each));
  const left = token === null ? matching : matching.filter(each => keyOf(each) > token.after);
  const items = limit > 0 ? left.slice(0, limit) : left;
  const resourceVersion = version ?? store.resourceVersion;
  const last = items.at(-1);
  if (last === undefined || items.length === left.length) return { items, metadata: { resourceVersion } };
  const isWhole = !query.get('labelSelector') && !query.get('fieldSelector');
  return {
    items,
    metadata: {
      resourceVersion,
      continue: tokenText({ version: resourceVersion, after: keyOf(last) }),
      ...(isWhole && { remainingItemCount: left.length - items.length }),
    },
  };
}

function listed(store: Store, { resource, namespace }: Asked): StoredObject[] {
  return store.list(resource, namespace ?? undefined);
}

const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';
const LIST_TOO_OLD = 'The resourceVersion for the provided list is too old.';

/** The list as it was at a version: what has happened since is taken back. */
function listedAt(store: Store, asked: Asked, version: string, continues: boolean): StoredObject[] {
  const objects = new Map(listed(store, asked).map(each => [keyOf(each), each]));
  for (const { resource, object, old } of eventsSince(store, version, continues).reverse()) {
    const inside = asked.namespace === null || object.metadata.namespace === asked.namespace;
    if (resource !== asked.resource || !inside) continue;
    if (old === undefined) objects.delete(keyOf(object));
    else objects.set(keyOf(old), old);
  }
  return [...objects.keys()].sort().map(key => objects.get(key) as StoredObject);
}

function eventsSince(store: Store, version: string, continues: boolean) {
  try {
    return store.eventsSince(version);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 410) throw error;
    throw expired(continues ? TOO_OLD : LIST_TOO_OLD);
  }
}

/** The version that the list must have; null: any that is new enough. */
function exactVersion(store: Store, query: URLSearchParams): string | null {
  const version = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch') ?? '';
  if (version === '') {
    if (match === '') return null;
    const message = 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
    throw invalid('ListOptions', 'meta.k8s.io', '', [
      { reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' },
    ]);
  }
  if (!/^\d{1,15}$/.test(version)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(version)}: strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`,
    );
  }
  const current = store.resourceVersion;
  if (Number(version) > Number(current)) {
    const message = 'Too large resource version';
    throw new StatusError(504, 'Timeout', `Timeout: ${message}: ${version}, current: ${current}`, {
      causes: [{ reason: 'ResourceVersionTooLarge', message }],
      retryAfterSeconds: 1,
    });
  }
  return match === 'Exact' ? version : null;
}

function continueToken(text: string): Token | null {
  if (text === '') return null;
  try {
    const { v, rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    if (v === 'meta.k8s.io/v1' && Number.isSafeInteger(rv) && typeof start === 'string')
      return { version: String(rv), after: start.replace(/\0$/, '') };
  } catch {
    // It is told below.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function tokenText({ version, after }: Token): string {
  const token = { v: 'meta.k8s.io/v1', rv: Number(version), start: `${after}\0` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Sorts as the store does. */
function keyOf({ metadata: { namespace, name } }: StoredObject): string {
  return `${namespace ?? ''}/${name}`;
}
