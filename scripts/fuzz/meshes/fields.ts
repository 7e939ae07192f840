/** Every field of a schema, and values to set it to, so that what nobody thought of is generated too. */
import type { Schema } from '../../../src/istio/schema/structural.ts';
import type { Dice } from './dice.ts';

/** A step into an object's field, a list's first item ('[]') or a map's value ('{}'). */
export interface Field {
  readonly path: readonly string[];
  readonly schema: Schema;
}

/** The leaves and lists below `schema`, by path from there. */
export function fieldsOf(schema: Schema, path: readonly string[] = []): Field[] {
  if (schema.properties !== undefined && Object.keys(schema.properties).length > 0) {
    return Object.entries(schema.properties).flatMap(([name, inner]) => fieldsOf(inner, [...path, name]));
  }
  if (schema.items !== undefined) return fieldsOf(schema.items, [...path, '[]']);
  if (schema.values !== undefined) return fieldsOf(schema.values, [...path, '{}']);
  return [{ path, schema }];
}

/** By a field's name, words that mean something in a mesh; otherwise by its type. */
const WORDS: readonly (readonly [RegExp, readonly unknown[]])[] = [
  [
    /^(host|hosts|sniHosts|allowOrigin)$/,
    [
      'api.safedata-zone.io',
      'catalog',
      '*.io',
      'bad host',
      '',
      '*',
      'a_b.io',
      'reviews.team-b.svc.cluster.local',
    ],
  ],
  [/^exportTo$/, ['.', '*', '~', 'team-b', '../x', '']],
  [/^gateways$/, ['mesh', 'gw', 'team-b/gw', '', 'a/b/c', 'istio-system/gw.x']],
  [/^(addresses|destinationSubnets|sourceSubnet)$/, ['10.5.0.0/16', '240.1.1.1', 'x', '10.0.0.0/40', '']],
  [/^address$/, ['10.96.1.1', 'stable.safedata-zone.io', 'unix:///a.sock', 'unix:///a/', '', 'bad name']],
  [/^bind$/, ['127.0.0.1', '0.0.0.0', 'unix:///a.sock', 'x', '10.1.1.1']],
  [/^defaultEndpoint$/, ['127.0.0.1:8080', '0.0.0.0:80', 'unix:///a.sock', 'x', '127.0.0.1']],
  [/(locality|from|to)$/i, ['eu/a/1', 'eu/*', 'us', '*', 'eu//1', '']],
  [/^(number|port|targetPort)$/, [80, 443, 8080, 9080, 0, 65_535, 65_536]],
  [/^protocol$/, ['HTTP', 'TCP', 'TLS', 'GRPC', 'http', 'UDP', 'x', '', 'CONNECT', 'POST']],
  [/^name$/, ['http', 'stable', 'x_y', '', 'A', 'v1']],
  [/^(subset|version)$/, ['stable', 'v1', 'nope', 'not valid', '']],
  [/(weight|percent|value)$/i, [0, 1, 50, 100, 101]],
  [/^(status|httpStatus|redirectCode)$/, [200, 301, 404, 503, 199, 600, 100]],
  [/^grpcStatus$/, ['UNAVAILABLE', 'ABORTED', 'nope', '14']],
  [/^(regex|match)$/, ['a.*', '(', '[0-9]+', '*', '', '(?i)x', 'a\\d']],
  [/^(uri|prefixRewrite|path)$/, ['/x', '', 'x', '/a?b', '/a#b', '*']],
  [/^retryOn$/, ['5xx', 'nope', '503', 'reset,409', '', '5xx, reset', '999']],
  [/^(sni|authority|targetHost)$/, ['api.safedata-zone.io', 'x', 'a:80', '*.io', '']],
  [/^failoverPriority$/, ['version', 'version=v1', 'a=b=c', '']],
  [/(allowMethods|method)$/, ['GET', 'get', '*', '']],
  [
    /^(remove|allowHeaders|exposeHeaders|httpHeaderName)$/,
    ['x-a', 'host', ':path', 'bad header', '', 'X-Up'],
  ],
  [/^(namespace|sourceNamespace)$/, ['team-b', 'mesh-network', 'x', '']],
  [/(ttl|budgetInterval|idleTimeout)$/, ['1s', '0s', 'x', '1.5s', '-1s']],
];
const DURATIONS = ['1s', '0s', '1.5s', '0.5ms', '1ms', 'x', '-1s', '1h30m', '1s500ms', '99999h', '1.0001s'];
const TEXTS = ['x', '', 'api.safedata-zone.io', 'A b', '%REQ(x)%', '%BAD(', 'ü', '1'];
const NUMBERS = [0, 1, 5, 50, 100, 101, 599, 4_294_967_295, -1, 2_147_483_647, 2_147_483_648];
const KEYS = ['version', 'app', 'http', 'x-a', 'X-Upper', 'bad key', ':method', 'eu/*', 'host', 'q', ''];

/** All that a field may be set to, good and bad. */
export function valuesFor({ path, schema }: Field): readonly unknown[] {
  if (schema.enum !== undefined) return [...schema.enum, 'NO_SUCH'];
  if (schema.type === 'boolean') return [true, false];
  const name = path.findLast(step => step !== '[]' && step !== '{}') ?? '';
  const words = WORDS.find(([pattern]) => pattern.test(name))?.[1];
  if (words?.every(each => (typeof each === 'number') === isNumeric(schema))) return words;
  if (schema.type === 'integer') return NUMBERS;
  if (schema.type === 'number') return [...NUMBERS.slice(0, 5), 0.5, 33.3];
  if (schema.type === 'object') return [{}];
  if (isDuration(schema)) return DURATIONS;
  if (schema.type === 'string') return TEXTS;
  return [null];
}

const isNumeric = ({ type }: Schema) => type === 'integer' || type === 'number';
const isDuration = ({ rules = [] }: Schema) => rules.some(({ message }) => message.includes('duration'));

/** Sets a field of an object, creating what is above it; an existing list keeps its other items. */
export function setField(root: object, field: Field, value: unknown, dice: Dice): void {
  let at = root as Record<string, unknown>;
  for (const [i, step] of field.path.entries()) {
    const key = keyAt(at, step, dice);
    if (i === field.path.length - 1) {
      at[key] = value;
      return;
    }
    const next = field.path[i + 1];
    const inner = at[key];
    if (typeof inner === 'object' && inner !== null) at = inner as Record<string, unknown>;
    else {
      const made = next === '[]' ? [] : {};
      at[key] = made;
      at = made as Record<string, unknown>;
    }
  }
}

function keyAt(at: object, step: string, dice: Dice): string {
  if (step === '[]') return String(dice.below((at as unknown[]).length || 1));
  if (step !== '{}') return step;
  const keys = Object.keys(at);
  return keys.length > 0 && dice.chance(0.5) ? dice.pick(keys) : dice.pick(KEYS);
}
