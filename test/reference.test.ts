/** The reference pages against the schemas, validation and translation that they are about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { referenceFields } from '../src/course/reference-fields.ts';
import type { Resource } from '../src/istio/resource.ts';
import { checkSchema } from '../src/istio/schema/check.ts';
import { destinationRuleSchema } from '../src/istio/schema/destination-rule.ts';
import { serviceEntrySchema } from '../src/istio/schema/service-entry.ts';
import { sidecarSchema } from '../src/istio/schema/sidecar.ts';
import type { Schema } from '../src/istio/schema/structural.ts';
import { virtualServiceSchema } from '../src/istio/schema/virtual-service.ts';
import { admissionOf } from '../src/istio/validation/validate.ts';
import { Mesh } from './sandbox/istiod/mesh.ts';

interface Row {
  /** From the spec: 'http[].retries.attempts'. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As YAML; undefined: none is told. */
  readonly standard: string | undefined;
}

interface Page {
  readonly kind: string;
  readonly schema: Schema;
  readonly text: string;
  readonly rows: readonly Row[];
}

function page(file: string, kind: string, schema: Schema): Page {
  const text = readFileSync(join(import.meta.dirname, '../docs/reference', file), 'utf8');
  const fields = referenceFields(text);
  const told = text.match(/^- `.*$/gm)?.flatMap(item => item.split(' (')[0]?.split(', ') ?? []) ?? [];
  expect(fields.map(({ path }) => `\`${path.split('.').at(-1)}\``)).toEqual(
    told.map(name => name.replace('- ', '')),
  );
  expect(fields.filter(each => each.text === '')).toEqual([]);
  expect(text.match(/^- /gm)?.length).toBe(text.match(/^- `/gm)?.length);
  const rows = fields.map(({ path, type, required, ...field }) => ({
    ...{ path, type, required },
    standard:
      field.defaultOf === 'Istio' && field.default !== 'none' ? (field.default ?? undefined) : undefined,
  }));
  return { kind, text, rows, schema: schema.properties?.spec as Schema };
}

const PAGES = [
  page('service-entry.md', 'ServiceEntry', serviceEntrySchema),
  page('destination-rule.md', 'DestinationRule', destinationRuleSchema),
  page('virtual-service.md', 'VirtualService', virtualServiceSchema),
  page('sidecar.md', 'Sidecar', sidecarSchema),
];

/** The schema of what a list or a map holds, or the schema itself. */
const inner = (schema: Schema): Schema =>
  schema.items ? inner(schema.items) : schema.values ? inner(schema.values) : schema;

function schemaAt(schema: Schema, path: string): { schema: Schema; parent: Schema } | null {
  let parent = schema;
  let at: Schema | undefined = schema;
  for (const part of path.replaceAll('[]', '').split('.')) {
    parent = inner(at);
    at = parent.properties?.[part];
    if (at === undefined) return null;
  }
  return { schema: at, parent };
}

/** Two objects with the same fields all the way down are told of once. */
function shape(schema: Schema): string {
  const { properties } = inner(schema);
  if (properties === undefined) return '';
  return `{${Object.keys(properties).map(key => `${key}${shape(properties[key] as Schema)}`)}}`;
}

const told = new Set(
  PAGES.flatMap(({ schema, rows }) =>
    rows.flatMap(({ path }) => {
      const found = schemaAt(schema, path);
      const key = path.split('.').at(-1);
      return found === null ? [] : [`${shape(found.parent)} ${key}`];
    }),
  ),
);

/** Every field of a schema: the shape that it is in, and its name. */
function fieldsOf(schema: Schema, path = ''): { path: string; key: string }[] {
  const { properties = {} } = inner(schema);
  const own = shape(schema);
  return Object.entries(properties).flatMap(([name, each]) => [
    { path: `${path}${name}`, key: `${own} ${name}` },
    ...fieldsOf(each, `${path}${name}.`),
  ]);
}

function typeOf(schema: Schema): RegExp {
  if (schema.enum !== undefined) return new RegExp(`^${schema.enum.join(', ')}$`);
  if (schema.type === 'array') return /^list/;
  if (schema.values !== undefined) return /^map/;
  if (schema.type === 'string')
    return schema.rules === undefined ? /^(string|duration)$/ : /^(duration|string)$/;
  return new RegExp(`^${schema.type}$`);
}

describe.each(PAGES)('the reference of $kind', ({ kind, schema, text, rows }) => {
  it('names every field of the schema, and none that is not there', () => {
    expect(rows.filter(({ path }) => schemaAt(schema, path) === null).map(each => each.path)).toEqual([]);
    expect(
      fieldsOf(schema)
        .filter(({ key }) => !told.has(key))
        .map(each => each.path),
    ).toEqual([]);
  });

  it('says of each its type, and whether it must be there', () => {
    const wrong = rows.filter(({ path, type, required }) => {
      const { schema: own, parent } = schemaAt(schema, path) as { schema: Schema; parent: Schema };
      const must = parent.required?.includes(path.split('.').at(-1) ?? '') === true;
      return !typeOf(own).test(type) || (required && !must);
    });
    expect(wrong).toEqual([]);
  });

  it('has an example that the API accepts without a warning', () => {
    const example = /```yaml\n(.*?)```/s.exec(text)?.[1] ?? '';
    const { object, causes, unknownFields } = checkSchema(parse(example) as Resource);
    expect([causes, unknownFields]).toEqual([[], []]);
    expect(admissionOf(object)).toEqual({ warnings: [] });
  });

  const withDefault = rows.filter(each => each.standard !== undefined);
  it.skipIf(withDefault.length === 0).each(withDefault)(
    'tells the default of $path as istiod has it',
    ({ path, standard }) => {
      const without = configOf(kind, path, undefined);
      expect(configOf(kind, path, parse(standard ?? ''))).toEqual(without);
      // And the field is one that matters here: another value makes another configuration.
      expect(
        configOf(kind, path, OTHER[path] ?? another(schemaAt(schema, path)?.schema as Schema)),
      ).not.toEqual(without);
    },
  );
});

/** Other values where the first that comes to mind would be the same, or no value at all. */
const OTHER: Readonly<Record<string, unknown>> = {
  exportTo: ['elsewhere'],
  'trafficPolicy.loadBalancer.simple': 'RANDOM',
  'trafficPolicy.loadBalancer.localityLbSetting.enabled': false,
  'trafficPolicy.tunnel.protocol': 'POST',
  'http[].mirrorPercentage': { value: 7 },
  'http[].mirrors[].percentage': { value: 7 },
  'http[].fault.delay.percentage': { value: 7 },
  'http[].retries': { attempts: 7 },
  'http[].retries.retryOn': '5xx',
  'http[].retries.retryIgnorePreviousHosts': false,
};

function another({ type, enum: values, maximum }: Schema): unknown {
  if (values !== undefined) return values.at(-1);
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return maximum === 100 ? 55 : 7;
  if (type === 'array') return ['.'];
  return '7s';
}

const HOST = 'api.safedata-zone.io';
/** What a field needs beside itself to be valid and to matter. */
const BASES: Readonly<Record<string, object>> = {
  ServiceEntry: { hosts: [HOST], ports: [{ number: 80, name: 'http', protocol: 'HTTP' }] },
  DestinationRule: { host: HOST },
  VirtualService: { hosts: [HOST], http: [{ route: [{ destination: { host: HOST } }] }] },
  Sidecar: { egress: [{ hosts: ['./*'] }] },
};

/** What the other kinds are about: endpoints in two regions, and a port that is not HTTP. */
const ENTRY = {
  kind: 'ServiceEntry',
  metadata: { name: 'api' },
  spec: {
    ...{ hosts: [HOST], addresses: ['192.0.2.9'], resolution: 'DNS' },
    ports: [
      { number: 80, name: 'http', protocol: 'HTTP' },
      { number: 9000, name: 'tcp', protocol: 'TCP' },
    ],
    endpoints: [
      { address: 'a.example.com', locality: 'one/a' },
      { address: 'b.example.com', locality: 'two/b' },
    ],
  },
};

/** What must be there for a field to matter, by the beginning of its path. */
const NEEDS: readonly (readonly [beginning: string, path: string, value: unknown])[] = [
  ['trafficPolicy.tls.insecureSkipVerify', 'trafficPolicy.tls.mode', 'SIMPLE'],
  ['trafficPolicy.loadBalancer.localityLbSetting', 'trafficPolicy.outlierDetection', {}],
  [
    'trafficPolicy.loadBalancer.localityLbSetting',
    'trafficPolicy.loadBalancer.localityLbSetting.failover',
    [{ from: 'one', to: 'two' }],
  ],
  ['trafficPolicy.tunnel', 'trafficPolicy.tunnel.targetHost', 'other.example.com'],
  ['trafficPolicy.tunnel', 'trafficPolicy.tunnel.targetPort', 443],
  ['http[].mirrorPercentage', 'http[].mirror', { host: HOST }],
  ['http[].mirrors[]', 'http[].mirrors[].destination', { host: HOST }],
  ['http[].retries.retry', 'http[].retries.attempts', 3],
  ['http[].fault.delay', 'http[].fault.delay.fixedDelay', '1s'],
  ['http[].fault.abort', 'http[].fault.abort.httpStatus', 503],
];

/** Envoy's configuration with the field at this value; its parents are there in any case. */
function configOf(kind: string, path: string, value: unknown) {
  const spec = structuredClone(BASES[kind] ?? {});
  for (const [beginning, needed, given] of NEEDS)
    if (path.startsWith(beginning)) put(spec, needed.split('.'), given);
  put(spec, path.split('.'), value);
  const object = { kind, metadata: { name: 'own' }, spec };
  const objects = kind === 'ServiceEntry' ? [object] : [ENTRY, object];
  const { config } = new Mesh(objects.map(each => stringify(each)).join('---\n'));
  return JSON.parse(JSON.stringify(config), inPercent) as unknown;
}

/** A share is the same whether it is written in hundredths or in millionths. */
function inPercent(key: string, value: unknown): unknown {
  if (!['percentage', 'default_value'].includes(key) || typeof value !== 'object') return value;
  const { numerator = 0, denominator } = value as { numerator?: number; denominator?: string };
  return denominator === 'MILLION' ? numerator / 10_000 : numerator;
}

function put(
  target: Record<string, unknown> | object,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): void {
  const fields = target as Record<string, unknown>;
  const name = first.replace('[]', '');
  if (rest.length === 0) {
    if (value !== undefined) fields[name] = value;
    return;
  }
  fields[name] ??= first.endsWith('[]') ? [{}] : {};
  const next = fields[name];
  put((Array.isArray(next) ? next[0] : next) as object, rest, value);
}
