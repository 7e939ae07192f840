/** What an inspect step shows: the sidecar's configuration or log, or an object of the API. */
import { stringify } from 'yaml';
import type { StepOf } from '../course/schema.ts';
import type { KubeObject } from '../kube/client.ts';
import { kindNamed } from '../kube/kinds.ts';
import type { Mesh } from './mesh.ts';

/** How many access-log lines are shown at most. */
const LOG_LINES = 20;

/** The lines of an inspect step; none when there is nothing of that kind. */
export async function inspectStep(
  on: { readonly mesh: Mesh; readonly namespace: string; readonly signal?: AbortSignal | undefined },
  step: StepOf<'inspect'>,
): Promise<readonly string[]> {
  if (step.look === 'access-log') {
    const match = step.match ?? '';
    return on.mesh
      .sidecarLog(200)
      .map(({ text }) => text)
      .filter(line => line.includes(match))
      .slice(-LOG_LINES);
  }
  if (step.look === 'object') {
    const kind = kindNamed(step.object?.kind ?? '');
    if (kind === null || step.object === undefined) return [];
    const object = await on.mesh.read({ ...kind, name: step.object.name, namespace: on.namespace });
    return object === null ? [] : liveYaml(object).trimEnd().split('\n');
  }
  return on.mesh.inspect(step.look, step.match, on.signal);
}

/** An object as YAML, as a person would write it: without status, managed fields and what the server adds. */
export function liveYaml(object: KubeObject): string {
  return stringify(withoutServerFields(object), { lineWidth: 0 });
}

export function withoutServerFields(object: KubeObject): KubeObject {
  const { apiVersion, kind, status: _status, metadata, ...body } = object;
  const { name, namespace, labels, annotations = {} } = metadata;
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...own } = annotations;
  const kept = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(Object.keys(own).length === 0 ? {} : { annotations: own }),
  };
  return { apiVersion, kind, metadata: kept, ...body };
}
