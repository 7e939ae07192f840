/**
 * Rules of pods and of templates of them, and what may not change in a pod.
 * Source: kubernetes 1.34, pkg/apis/core/validation (ValidatePodSpec, ValidatePodUpdate).
 */
import type { Cause } from '../../../istio/schema/cause.ts';
import { isObject, type JsonObject, sameJson } from '../../../shared/json.ts';
import { list, text } from '../tables/fields.ts';
import { duplicate, forbidden, required } from './causes.ts';
import {
  choiceCauses,
  containerCauses,
  labelCauses,
  noProbesCauses,
  probesCauses,
} from './container-rules.ts';

const RESTART = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];

export function podSpecCauses(spec: unknown, path: string): Cause[] {
  const volumes = new Set<string>();
  const causes = list(spec, 'volumes').flatMap((each, index) =>
    volumeCauses(text(each, 'name'), `${path}.volumes[${index}].name`, volumes),
  );
  const containers = list(spec, 'containers');
  if (containers.length === 0) causes.push(required(`${path}.containers`));
  const seen = new Set<string>();
  for (const [index, each] of containers.entries()) {
    const here = `${path}.containers[${index}]`;
    causes.push(...containerCauses(each, here, volumes), ...repeated(each, here, seen));
    causes.push(...probesCauses(each, here));
  }
  for (const [index, each] of list(spec, 'initContainers').entries()) {
    const here = `${path}.initContainers[${index}]`;
    causes.push(...containerCauses(each, here, volumes), ...repeated(each, here, seen));
    const goesOn = text(each, 'restartPolicy') === 'Always';
    causes.push(...(goesOn ? probesCauses(each, here) : noProbesCauses(each, here)));
  }
  return [
    ...causes,
    ...choiceCauses(`${path}.restartPolicy`, text(spec, 'restartPolicy'), RESTART),
    ...choiceCauses(`${path}.dnsPolicy`, text(spec, 'dnsPolicy'), DNS),
  ];
}

/** Adds the name to `names` if it is one. */
function volumeCauses(name: string, path: string, names: Set<string>): Cause[] {
  const causes = name === '' ? [required(path)] : labelCauses(path, name);
  if (names.has(name)) causes.push(duplicate(path, name));
  if (causes.length === 0) names.add(name);
  return causes;
}

/** Init containers share their names with the others. */
function repeated(container: unknown, path: string, seen: Set<string>): Cause[] {
  const name = text(container, 'name');
  if (name === '') return [];
  const causes = seen.has(name) ? [duplicate(`${path}.name`, name)] : [];
  seen.add(name);
  return causes;
}

const POD_UPDATE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** A pod cannot be changed, only replaced. The real text continues with a diff of the two. */
export function podChanges(object: JsonObject, old: JsonObject | null): Cause[] {
  if (old === null) {
    const has = list(object, 'spec.ephemeralContainers').length > 0;
    return has ? [forbidden('spec.ephemeralContainers', 'cannot be set on create')] : [];
  }
  return sameJson(fixedPart(object), fixedPart(old)) ? [] : [forbidden('spec', POD_UPDATE)];
}

function fixedPart({ spec }: JsonObject): JsonObject {
  const { activeDeadlineSeconds: _, tolerations: __, ...rest } = isObject(spec) ? spec : {};
  const withoutImage = (field: 'containers' | 'initContainers') => ({
    [field]: list(rest, field).map(each => ({ ...(each as JsonObject), image: '' })),
  });
  return { ...rest, ...withoutImage('containers'), ...withoutImage('initContainers') };
}

/** A controller that keeps pods alive has no use for others. Source: pkg/apis/apps/validation. */
export function lastingPodCauses(spec: unknown, path: string): Cause[] {
  return choiceCauses(`${path}.restartPolicy`, text(spec, 'restartPolicy'), ['Always']);
}
