/**
 * The subresource scale of Deployments and ReplicaSets.
 * Source: kubernetes/pkg/registry/apps/{deployment,replicaset}/storage/storage.go
 */
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { BodyText } from './body.ts';
import type { MutationOptions } from './options.ts';
import { parsedPatch, patched } from './patch-object.ts';
import type { RequestTarget } from './path.ts';
import { type Presentation, spoken, tableOf } from './present.ts';
import { badRequest } from './status.ts';
import type { StoredObject } from './store.ts';
import { at, number } from './tables/fields.ts';
import { SCALE_COLUMNS } from './tables/others.ts';
import { type Api, existing, refuseBody, updateObject } from './write.ts';

function scaleOf(scaled: StoredObject): JsonObject {
  const { name, namespace = '', uid, resourceVersion, creationTimestamp } = scaled.metadata;
  const replicas = number(scaled, 'spec.replicas');
  const labels = at(scaled, 'spec.selector.matchLabels') ?? {};
  const selector = Object.entries(labels as Record<string, string>).map(([key, value]) => `${key}=${value}`);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: { replicas: number(scaled, 'status.replicas'), selector: selector.sort().join(',') },
  };
}

export function readScale(api: Api, target: RequestTarget): JsonObject {
  return scaleOf(existing(api, target));
}

/** A Scale, or a row of it. Source: pkg/printers/internalversion/printers.go (printScale) */
export function presentScale(scale: JsonObject, to: Presentation): object {
  if (to.form !== 'table') return scale;
  return tableOf(SCALE_COLUMNS, [scale as unknown as StoredObject], to);
}

export function patchScale(api: Api, target: RequestTarget, body: BodyText, options: MutationOptions) {
  const scale = patched(readScale(api, target), parsedPatch(body), body.contentType);
  return writeScale(api, target, isObject(scale) ? scale : {}, options);
}

/** Returns the Scale as it is after the write. */
export function writeScale(api: Api, target: RequestTarget, scale: JsonObject, options: MutationOptions) {
  const old = existing(api, target);
  const replicas = at(scale, 'spec.replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw badRequest(
      'Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32',
    );
  }
  const resourceVersion = at(scale, 'metadata.resourceVersion');
  const before = spoken(old, target) as unknown as JsonObject;
  const object = {
    ...before,
    metadata: {
      ...(before.metadata as JsonObject),
      ...(typeof resourceVersion === 'string' && resourceVersion !== '' ? { resourceVersion } : {}),
    },
    spec: { ...(isObject(before.spec) ? before.spec : {}), replicas },
  };
  const source = { object, strictErrors: [], refuse: refuseBody(target) };
  const { object: stored, warnings } = updateObject(api, target, source, options);
  return { body: scaleOf(stored), warnings };
}
