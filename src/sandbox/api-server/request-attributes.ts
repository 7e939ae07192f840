/**
 * What a request asks to be allowed, read from its method, path and query alone, so that it can be refused before
 * anybody looks whether there is such a thing. Source: apiserver/pkg/endpoints/request/requestinfo.go
 */
import { flag } from './options.ts';

/** A request for objects of a resource, known here or not. */
export interface ResourceAttributes {
  readonly verb: string;
  /** '' is the core group. */
  readonly group: string;
  /** The plural: 'pods'. */
  readonly resource: string;
  /** '' for none, as in all fields below. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** A request for a path that does not lead to objects; its verb is the method in lower case. */
interface PathAttributes {
  readonly verb: string;
  readonly path: string;
}

export type Attributes = ResourceAttributes | PathAttributes;

const VERBS: Readonly<Record<string, string>> = {
  DELETE: 'delete',
  GET: 'get',
  HEAD: 'get',
  PATCH: 'patch',
  POST: 'create',
  PUT: 'update',
};

/** Of namespaces; any other third part of a path is a resource in the namespace. */
const NAMESPACE_SUBRESOURCES = ['finalize', 'status'];

export function requestAttributes(method: string, path: string, query: URLSearchParams): Attributes {
  const other = { verb: method.toLowerCase(), path };
  const [root, ...rest] = path.split('/').filter(each => each !== '');
  const parts = root === 'apis' ? rest : ['', ...rest];
  if ((root !== 'api' && root !== 'apis') || parts.length < 3) return other;
  const [group = '', _version, ...words] = parts.map(decoded);
  const inside =
    words[0] === 'namespaces' && words.length > 2 && !NAMESPACE_SUBRESOURCES.includes(words[2] ?? '');
  // A namespace lies in itself.
  const namespace = words[0] === 'namespaces' ? (words[1] ?? '') : '';
  const [resource = '', name = '', subresource = ''] = inside ? words.slice(2) : words;
  const verb = VERBS[method] ?? '';
  return { group, resource, subresource, namespace, ...named(verb, name, query) };
}

function named(verb: string, name: string, query: URLSearchParams): { verb: string; name: string } {
  if (name !== '') return { verb, name };
  if (verb === 'delete') return { verb: 'deletecollection', name };
  if (verb !== 'get') return { verb, name };
  const [, one = ''] = /(?:^|,)metadata\.name==?([^,/%]+)/.exec(query.get('fieldSelector') ?? '') ?? [];
  return { verb: flag(query, 'watch') ? 'watch' : 'list', name: one };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
