/**
 * The schemas of an OpenAPI v3 document: what `kubectl explain` prints. Istio's kinds have the fields of their CRDs;
 * Kubernetes' own have those of its types (openapi-types.ts). oneOf and CEL rules are left out, since they are not
 * printed. Source: kubectl/pkg/explain/v2/templates/plaintext.tmpl
 */
import { schemaOf } from '../../istio/schema/schemas.ts';
import type { Schema } from '../../istio/schema/structural.ts';
import { typeOfKind } from './built-in/api-types.ts';
import { groupVersion, type ServedKind } from './kinds.ts';
import { schemaOfKindType } from './openapi-types.ts';

/** By name: 'io.istio.networking.v1.ServiceEntry'. */
export function schemasOf(
  kinds: readonly ServedKind[],
  group: string,
  version: string,
): Readonly<Record<string, object>> {
  const own = new Map<string, object>();
  for (const each of kinds) {
    const name = `${packageOf(group)}.${version}.${each.kind}`;
    const type = each.builtIn ? typeOfKind(group, each.kind) : undefined;
    if (type === undefined) own.set(name, schemaOfKind(each, group, version));
    else {
      const schema = schemaOfKindType(type, own);
      own.set(name, { ...schema, [GVK]: [{ group, kind: each.kind, version }] });
    }
  }
  return Object.fromEntries(own);
}

const GVK = 'x-kubernetes-group-version-kind';

/** 'io.istio.networking', 'io.k8s.api.core'. */
function packageOf(group: string): string {
  const [first = '', ...rest] = group.split('.');
  if (rest.at(-1) === 'io' && rest[0] === 'istio') return `io.istio.${first}`;
  return `io.k8s.api.${first === '' ? 'core' : first}`;
}

function schemaOfKind(served: ServedKind, group: string, version: string): object {
  const { kind, builtIn, subresources } = served;
  const own = builtIn
    ? subresources.some(each => each.name === 'status')
      ? { spec: ANYTHING, status: ANYTHING }
      : {}
    : (described(schemaOf({ apiVersion: groupVersion(group, version), kind })).properties ?? {});
  return {
    type: 'object',
    description: builtIn ? NO_FIELDS : ISTIO_FIELDS,
    properties: { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: METADATA, ...own },
    [GVK]: [{ group, kind, version }],
    ...(builtIn ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
  };
}

const ISTIO_FIELDS = "The fields are those of Istio's CRD. `istio-tutor reference` says what they do.";

const NO_FIELDS = 'The sandbox does not have the fields of this kind; a real cluster has.';

const ANYTHING = { type: 'object', description: NO_FIELDS, 'x-kubernetes-preserve-unknown-fields': true };

const STRINGS = { type: 'object', additionalProperties: { type: 'string' } };

const METADATA = {
  type: 'object',
  properties: {
    ...{ annotations: STRINGS, labels: STRINGS },
    ...{ name: { type: 'string' }, namespace: { type: 'string' } },
  },
};

export interface Described {
  readonly properties?: Readonly<Record<string, Described>>;
  readonly [key: string]: unknown;
}

/** A structural schema as OpenAPI writes it. What is undefined is left out of the JSON. */
export function described(schema: Schema): Described {
  const { type, items, properties, values, preserveUnknown, ...limits } = schema;
  const { rules: _, oneOf: __, listKey, ...told } = limits;
  return {
    ...(type === 'int-or-string' ? { 'x-kubernetes-int-or-string': true } : { type }),
    ...told,
    ...(listKey !== undefined && {
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': [listKey],
    }),
    ...(items === undefined ? {} : { items: described(items) }),
    ...(values === undefined ? {} : { additionalProperties: described(values) }),
    ...(preserveUnknown === true ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, each]) => [name, described(each)]),
          ),
        }),
  };
}
