/**
 * Writes the schemas of those of Istio's kinds that the sandbox only stores, as their CustomResourceDefinitions have
 * them: `npx tsx scripts/stored-schemas.ts CRD-ALL.GEN.YAML` (manifests/charts/base/files of istio/istio). A line a kind:
 * its spec as a Schema (src/istio/schema/structural.ts), in JSON with single quotes, so that it stays readable in a
 * string. Descriptions, CEL rules and the status, which all of Istio's kinds have in common, are left out.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { MODELLED } from '../src/istio/schema/schemas.ts';
import type { Schema } from '../src/istio/schema/structural.ts';

const TARGET = resolve(import.meta.dirname, '../src/istio/schema/stored-schemas.json');

interface Crd {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Props } }[];
  };
}

/** JSONSchemaProps, as far as Istio's CRDs use them. */
interface Props {
  readonly type?: Schema['type'];
  readonly properties?: Readonly<Record<string, Props>>;
  readonly items?: Props;
  readonly additionalProperties?: Props;
  readonly oneOf?: readonly OneOf[];
  readonly format?: string;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-list-map-keys'?: readonly [string];
  readonly [limit: string]: unknown;
}
interface OneOf {
  readonly not?: { readonly anyOf: readonly { readonly required: readonly [string] }[] };
}

const LIMITS = [
  ...['nullable', 'enum', 'required', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
];
const FORMATS = new Set(['byte', 'date-time']);

function schemaOf(props: Props): object {
  const { type, properties, items, additionalProperties, oneOf, format } = props;
  const keys = props['x-kubernetes-list-map-keys'];
  return {
    type: props['x-kubernetes-int-or-string'] ? 'int-or-string' : type,
    ...Object.fromEntries(LIMITS.filter(each => each in props).map(each => [each, props[each]])),
    ...(format !== undefined && FORMATS.has(format) && { format }),
    ...(props['x-kubernetes-preserve-unknown-fields'] && { preserveUnknown: true }),
    ...(keys && { listKey: keys[0] }),
    ...(oneOf && { oneOf: [fieldsOf(oneOf)] }),
    ...(items && { items: schemaOf(items) }),
    ...(additionalProperties && { values: schemaOf(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, schemaOf(each)]),
      ),
    }),
  };
}

/** A protobuf oneof is 'none of these, or exactly one'. */
function fieldsOf(oneOf: readonly OneOf[]): readonly string[] {
  const none = oneOf.find(each => each.not)?.not?.anyOf;
  if (none === undefined) throw new Error(`not a oneof of protobuf: ${JSON.stringify(oneOf)}`);
  return none.map(({ required: [field] }) => field);
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: stored-schemas.ts CRD-ALL.GEN.YAML');
const lines: string[] = [];
for (const document of parseAllDocuments(await readFile(file, 'utf8'))) {
  const crd = document.toJS() as Crd | null;
  if (crd === null || Object.hasOwn(MODELLED, crd.spec.names.kind)) continue;
  const [whole, ...others] = crd.spec.versions.map(({ schema }) => schema.openAPIV3Schema);
  const { kind } = crd.spec.names;
  if (whole?.properties?.spec === undefined) throw new Error(`${kind} has no spec`);
  if (others.some(each => JSON.stringify(each) !== JSON.stringify(whole)))
    throw new Error(`the versions of ${kind} differ`);
  const text = JSON.stringify({
    required: whole.required,
    spec: schemaOf(whole.properties.spec),
  });
  if (/'|\\"/.test(text)) throw new Error(`the schema of ${kind} has a quote of its own`);
  lines.push(
    `  ${JSON.stringify(`${crd.spec.group}/${kind}`)}: ${JSON.stringify(text.replaceAll('"', "'"))}`,
  );
}
await writeFile(TARGET, `{\n${lines.sort().join(',\n')}\n}\n`);
