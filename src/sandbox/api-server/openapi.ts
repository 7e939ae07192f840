/**
 * Of OpenAPI v3 what kubectl looks for before it sends: that PATCH takes fieldValidation and dryRun, so that it leaves
 * validation to the server. Schemas are left out: `kubectl explain` is refused (app.ts), and built-in kinds are merged
 * by what kubectl knows by heart. Source: cli-runtime/pkg/resource/query_param_verifier_v3.go
 */
import { groups, groupVersion, KINDS } from './kinds.ts';

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

/** The document at /openapi/v3 or below it; undefined when the path is none. */
export function openApi(path: string): object | undefined {
  if (path === '/openapi/v3') {
    const paths = roots().map(({ path: root }) => [root, { serverRelativeURL: `/openapi/v3/${root}` }]);
    return { paths: Object.fromEntries(paths) };
  }
  const found = roots().find(each => path === `/openapi/v3/${each.path}`);
  return found && document(found.path, found.group, found.version);
}

function document(root: string, group: string, version: string): object {
  const kinds = KINDS.filter(kind => kind.group === group && kind.verbs.includes('patch'));
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map(name => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
  }));
  const paths = kinds.map(({ plural, kind, namespaced }) => [
    `/${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
    {
      patch: {
        parameters,
        responses: {},
        'x-kubernetes-action': 'patch',
        'x-kubernetes-group-version-kind': { group, kind, version },
      },
    },
  ]);
  return {
    openapi: '3.0.0',
    info: { title: `istio-tutor sandbox, ${groupVersion(group, version)}`, version: 'v1.34.4' },
    paths: Object.fromEntries(paths),
  };
}
