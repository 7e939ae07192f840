/**
 * Containers that are added to a pod while it runs, as `kubectl debug` does.
 * Source: kubernetes 1.34, pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy), pkg/apis/core/validation
 * (ValidatePodEphemeralContainersUpdate).
 */
import type { Cause } from '../../istio/schema/cause.ts';
import { isObject, type JsonObject, sameJson } from '../../shared/json.ts';
import { duplicate, forbidden, required } from './built-in/causes.ts';
import type { MutationOptions } from './options.ts';
import type { RequestTarget } from './path.ts';
import { spoken } from './present.ts';
import { invalid } from './status.ts';
import { list, text } from './tables/fields.ts';
import { type Api, existing, type Source, updateObject, type Written } from './write.ts';

/** Of the pod that a client sends only these containers are taken. Throws Invalid. */
export function updateEphemeralContainers(
  api: Api,
  target: RequestTarget,
  source: Source,
  options: MutationOptions,
): Written {
  const old = existing(api, target);
  const pod = spoken(old, target) as unknown as JsonObject;
  const given = list(source.object, 'spec.ephemeralContainers') as JsonObject[];
  const causes = causesOf(given, list(pod, 'spec.ephemeralContainers') as JsonObject[], pod);
  if (causes.length > 0) throw invalid('Pod', '', old.metadata.name, causes);
  const spec = { ...(isObject(pod.spec) ? pod.spec : {}), ephemeralContainers: given.map(withDefaults) };
  return updateObject(
    api,
    { ...target, subresource: 'ephemeralcontainers' },
    { ...source, object: { ...pod, spec } },
    options,
  );
}

function causesOf(given: readonly JsonObject[], old: readonly JsonObject[], pod: JsonObject): Cause[] {
  const others = ['initContainers', 'containers'].flatMap(field => list(pod, `spec.${field}`));
  const taken = new Set(others.map(each => text(each, 'name')));
  const causes: Cause[] = [];
  given.forEach((each, index) => {
    const path = `spec.ephemeralContainers[${index}]`;
    const name = text(each, 'name');
    if (name === '') causes.push(required(`${path}.name`));
    else if (taken.has(name)) causes.push(duplicate(`${path}.name`, name));
    taken.add(name);
    if (text(each, 'image') === '') causes.push(required(`${path}.image`));
  });
  for (const before of old) {
    const name = text(before, 'name');
    const now = given.find(each => text(each, 'name') === name);
    const forbid = (why: string) => causes.push(forbidden('spec.ephemeralContainers', why));
    if (now === undefined) forbid(`existing ephemeral containers "${name}" may not be removed`);
    else if (!sameJson(withDefaults(now), before))
      forbid(`existing ephemeral containers "${name}" may not be changed`);
  }
  return causes;
}

function withDefaults(container: JsonObject): JsonObject {
  return {
    imagePullPolicy: 'IfNotPresent',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    ...container,
  };
}
