/**
 * The parts of OpenAPI v3 that kubectl reads: that PATCH takes fieldValidation and dryRun, so that it leaves validation
 * to the server, and the schemas that `kubectl explain` prints (openapi-schemas.ts). No PATCH says which bodies it takes:
 * for built-in kinds kubectl then merges by its compiled-in types, and not by schemas that have no fields.
 * Source: cli-runtime/pkg/resource/query_param_verifier_v3.go, kubectl/pkg/cmd/apply/patcher.go
 */
import { groups, groupVersion, KINDS } from './kinds.ts';
import { schemasOf } from './openapi-schemas.ts';

/** '/api/v1', '/apis/networking.istio.io/v1', ... */
function roots(): { path: string; group: string; version: string }[] {
  return [...groups()].flatMap(([group, versions]) =>
    versions.map(version => ({
      path: group === '' ? `api/${version}` : `apis/${group}/${version}`,
      group,
      version,
    })),
  );
}

/**
 * OpenAPI v2 in protobuf (gnostic's openapi.v2.Document), without a schema: kubectl asks for it when version 3 does not
 * have a kind, finds nothing to check against, and goes on to report that there is no such kind.
 */
export function emptyOpenApiV2(): Buffer {
  const text = (field: number, value: string) =>
    Buffer.concat([Buffer.from([(field << 3) | 2, Buffer.byteLength(value)]), Buffer.from(value)]);
  const info = Buffer.concat([text(1, 'istio-tutor sandbox'), text(2, 'v1.34.4')]);
  const paths = Buffer.from([(8 << 3) | 2, 0]);
  return Buffer.concat([text(1, '2.0'), Buffer.from([(2 << 3) | 2, info.length]), info, paths]);
}

/** OpenAPI v2 as JSON, for who reads the schemas of a cluster from there: those of version 3 under their old address. */
export function openApiV2(): object {
  const schemas = roots().flatMap(({ group, version }) =>
    Object.entries(schemasOf(kindsOf(group, version), group, version)),
  );
  const whole = {
    swagger: '2.0',
    info: { title: 'istio-tutor sandbox', version: 'v1.34.4' },
    paths: {},
    definitions: Object.fromEntries(schemas),
  };
  return JSON.parse(JSON.stringify(whole).replaceAll('"#/components/schemas/', '"#/definitions/')) as object;
}

/** The document at /openapi/v3 or below it; undefined if there is none at the path. */
export function openApi(path: string): object | undefined {
  if (path === '/openapi/v3') {
    const paths = roots().map(({ path: root }) => [root, { serverRelativeURL: `/openapi/v3/${root}` }]);
    return { paths: Object.fromEntries(paths) };
  }
  const found = roots().find(each => path === `/openapi/v3/${each.path}`);
  return found && document(found.path, found.group, found.version);
}

function kindsOf(group: string, version: string) {
  return KINDS.filter(each => each.group === group && each.versions.includes(version));
}

function document(root: string, group: string, version: string): object {
  const kinds = kindsOf(group, version);
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }));
  const paths = kinds.map(({ plural, kind, namespaced, verbs }) => {
    const operation = (action: string) => ({
      responses: {},
      'x-kubernetes-action': action,
      'x-kubernetes-group-version-kind': { group, kind, version },
    });
    const patch = verbs.includes('patch') ? { patch: { parameters, ...operation('patch') } } : {};
    const path = `/${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`;
    return [path, { get: operation('get'), ...patch }];
  });
  return {
    openapi: '3.0.0',
    info: { title: `istio-tutor sandbox, ${groupVersion(group, version)}`, version: 'v1.34.4' },
    paths: Object.fromEntries(paths),
    components: { schemas: schemasOf(kinds, group, version) },
  };
}
