/**
 * A CustomResourceDefinition for each of Istio's kinds, as the API server would have been given them: names, versions,
 * columns, and the schemas that objects are checked against here (istio/schema). Descriptions and CEL rules are left
 * out. Source: manifests/charts/base/files/crd-all.gen.yaml of istio/istio (1.31).
 */
import { istioKind } from '../../istio/kinds.ts';
import type { Resource } from '../../istio/resource.ts';
import { schemaOf } from '../../istio/schema/schemas.ts';
import { isoSeconds } from '../time.ts';
import { groupVersion, KINDS, type ServedKind } from './kinds.ts';
import { described } from './openapi-schemas.ts';

/** `since`: milliseconds since the epoch. */
export function customResourceDefinitions(since: number): Resource[] {
  return KINDS.filter(each => !each.builtIn).map(each => definitionOf(each, isoSeconds(since)));
}

function definitionOf(served: ServedKind, lastTransitionTime: string): Resource {
  const { group, kind, plural, versions } = served;
  const names = namesOf(served);
  const condition = (type: string, reason: string, message: string) => ({
    ...{ lastTransitionTime, message, reason, status: 'True', type },
  });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      annotations: { 'helm.sh/resource-policy': 'keep' },
      labels: {
        'app.kubernetes.io/instance': 'istio',
        'app.kubernetes.io/part-of': 'istio',
        'istio.io/rev': 'default',
        'operator.istio.io/component': 'Base',
      },
    },
    spec: {
      conversion: { strategy: 'None' },
      ...{ group, names, scope: 'Namespaced' },
      versions: versions.map((name, index) => ({
        ...{ name, served: true, storage: index === 0 },
        ...columnsOf(kind),
        schema: {
          openAPIV3Schema: described(schemaOf({ apiVersion: groupVersion(group, name), kind })),
        },
        subresources: { status: {} },
      })),
    },
    status: {
      acceptedNames: names,
      conditions: [
        condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
        condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
      ],
      storedVersions: versions.slice(0, 1),
    },
  } as Resource;
}

function namesOf({ categories, kind, plural, shortNames, singular }: ServedKind): object {
  return {
    ...{ categories, kind, listKind: `${kind}List`, plural, singular },
    ...(shortNames.length > 0 && { shortNames }),
  };
}

function columnsOf(kind: string): object {
  const { columns } = istioKind(kind);
  const additionalPrinterColumns = columns.map(([name, path]) => ({
    ...{ jsonPath: `.${path}`, name, type: path === 'metadata.creationTimestamp' ? 'date' : 'string' },
  }));
  return { ...(columns.length > 0 && { additionalPrinterColumns }) };
}
