/**
 * Every call that a mesh could tell apart, by force: made of the words of its manifests and of a fixed dictionary, never
 * of the configurations, so that it shows what calls.ts leaves out.
 */
import type { ProposedCall } from '../../../src/difference/types.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { EXTERNAL } from '../meshes/names.ts';

type Request = Pick<ProposedCall, 'method' | 'path' | 'headers'>;

/** Of these words every literal and every regular expression of the generator has some that match. */
const WORDS = [
  'gold',
  'golden',
  'x',
  'yes',
  'yesterday',
  'a',
  'ab',
  '1',
  '12',
  '*',
  '',
  'other',
  'aa7',
  'https://x.io',
];
const PATHS = [
  '/',
  '/data',
  '/other',
  '/v2',
  '/v2/',
  '/v2/data',
  '/v2/data/x',
  '/v2x',
  '/v3/q',
  '/v22/',
  '/api',
];
const PORTS = [80, 443, 8080, 8443, 9000, 9080, 3306, 27017, 6379, 53, 81, 444, 9001];
const METHODS = ['GET', 'POST', 'PUT', 'get', 'OPTIONS'];

/** Where calls go to: names, short and long, and addresses. */
export function places(objects: readonly Resource[]): Pick<ProposedCall, 'host' | 'scheme' | 'port'>[] {
  const hosts = new Set([
    ...EXTERNAL,
    'any.safedata-zone.io',
    'any.example-pay.io',
    'some.where.io',
    'nowhere.example.com',
  ]);
  for (const {
    kind,
    metadata: { name, namespace },
    spec,
  } of objects) {
    if (kind === 'Service')
      for (const host of [name, `${name}.${namespace}`, `${name}.${namespace}.svc.cluster.local`])
        hosts.add(host);
    for (const text of textsOf(spec)) {
      if (/^[\d.]+(\/\d+)?$/.test(text) && text.includes('.')) hosts.add(inRange(text));
      else if (/^(\*\.)?[\w-]+(\.[\w-]+)+$/.test(text)) hosts.add(text.replace(/^\*/, 'any').toLowerCase());
    }
  }
  const ports = new Set([...PORTS, ...numbersOf(objects)]);
  return [...hosts].flatMap(host =>
    [...ports].flatMap(port => (['http', 'https'] as const).map(scheme => ({ host, scheme, port }))),
  );
}

/** What an HTTP call may ask, apart from where. */
export function requests(objects: readonly Resource[]): Request[] {
  const texts = new Set(objects.flatMap(({ spec }) => textsOf(spec)));
  const literals = [...texts].filter(each => /^\/[\w/.-]*$/.test(each) && each.length < 60);
  const near = (text: string) => [
    text,
    text.slice(0, -1),
    `${text}/`,
    `${text}/x`,
    `${text}x`,
    text.toUpperCase(),
  ];
  const paths = [...new Set([...PATHS, ...literals.flatMap(near)])].filter(each => each.startsWith('/'));
  const queries = [
    '',
    ...['1', '12', 'a', 'ab', '', '*'].map(each => `?q=${each}`),
    '?q',
    '?p=1&q=1',
    '?http=1',
  ];
  const values = [
    ...new Set([
      ...WORDS,
      ...[...texts].filter(each => /^[\w.*-]{1,30}$/.test(each)).flatMap(each => [each, `${each}z`]),
    ]),
  ];
  const names = headerNames(objects);
  const single = [...names].flatMap(name => values.map(value => ({ [name]: value })));
  const pairs = [...names].flatMap((a, at) =>
    [...names].slice(at + 1).flatMap(b => ['gold', 'yes', 'x'].map(value => ({ [a]: value, [b]: 'gold' }))),
  );
  const plain = paths.flatMap(path =>
    queries.flatMap(query => METHODS.map(method => ({ method, path: path + query, headers: {} }))),
  );
  const withHeaders = [...single, ...pairs].flatMap(headers =>
    paths.flatMap(path => ['GET', 'POST'].map(method => ({ method, path, headers }))),
  );
  return [...plain, ...withHeaders];
}

function headerNames(objects: readonly Resource[]): Set<string> {
  const names = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if ((key === 'headers' || key === 'withoutHeaders') && typeof inner === 'object') {
        for (const name of Object.keys(inner ?? {}))
          if (!/^[:@]|[^\w-]/.test(name)) names.add(name.toLowerCase());
      }
      look(inner);
    }
  };
  for (const { spec } of objects) look(spec);
  for (const each of ['request', 'response']) names.delete(each);
  return names;
}

function inRange(text: string): string {
  return text.includes('/') && !text.endsWith('/32')
    ? text.replace(/\d+\/\d+$/, '7')
    : text.replace(/\/32$/, '');
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([, each]) => textsOf(each));
}

function numbersOf(objects: readonly Resource[]): number[] {
  const found = new Set<number>();
  const look = (value: unknown, key: string): void => {
    if (typeof value === 'number' && /^(number|port)$/.test(key) && value > 0 && value < 65_536)
      found.add(value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) look(inner, name);
  };
  for (const { spec } of objects) look(spec, '');
  return [...found];
}
