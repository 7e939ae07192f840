/** What a request asks for, read from its path. Source: apiserver/pkg/endpoints/request/requestinfo.go */
import { kindOf, type ServedKind, type Subresource } from './kinds.ts';

/** A path that leads to objects of a kind. */
export interface RequestTarget {
  readonly kind: ServedKind;
  /** The API version of the answer. */
  readonly version: string;
  /** Null: all namespaces, or a kind that has none. */
  readonly namespace: string | null;
  /** Null: the collection. */
  readonly name: string | null;
  readonly subresource: Subresource['name'] | null;
}

/** Null for paths that lead nowhere, including unknown kinds and subresources. */
export function requestTargetOf(path: string): RequestTarget | null {
  const parts = decoded(path);
  if (parts === null) return null;
  const [root, ...rest] = parts;
  if (root === 'api') return inGroup('', rest);
  return root === 'apis' ? inGroup(rest[0] ?? '', rest.slice(1)) : null;
}

function inGroup(group: string, [version, ...rest]: readonly string[]): RequestTarget | null {
  if (version === undefined) return null;
  if (rest[0] === 'namespaces' && rest.length > 2) {
    const [, namespace = '', plural = '', ...more] = rest;
    const inside = kindOf(group, version, plural);
    if (inside?.namespaced) return named(inside, version, namespace, more);
  }
  const [plural = '', ...more] = rest;
  const kind = kindOf(group, version, plural);
  if (kind === undefined || (kind.namespaced && more.length > 0)) return null;
  return named(kind, version, null, more);
}

function named(
  kind: ServedKind,
  version: string,
  namespace: string | null,
  rest: readonly string[],
): RequestTarget | null {
  const [name = null, asked = null, ...tooMuch] = rest;
  if (tooMuch.length > 0) return null;
  const known = kind.subresources.find(each => each.name === asked);
  if (asked !== null && known === undefined) return null;
  return { kind, version, namespace, name, subresource: known?.name ?? null };
}

/** The path's segments, without the empty one after a final slash; null if one cannot be decoded. */
function decoded(path: string): string[] | null {
  try {
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    if (parts.at(-1) === '') parts.pop();
    return parts.some(each => each === '') ? null : parts;
  } catch {
    return null;
  }
}
