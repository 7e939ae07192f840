/** PATCH: the four kinds of patch, on an object or its status. Source: apiserver/pkg/endpoints/handlers/patch.go */
import { goJson, goQuote } from '../../istio/go-text.ts';
import { applyKeys } from '../../kube/list-keys.ts';
import { mergePatch } from '../../kube/merge-patch.ts';
import { PatchError, strategicMerge } from '../../kube/strategic-merge.ts';
import { isObject, type Json, type JsonObject } from '../../shared/json.ts';
import { isoSeconds } from '../time.ts';
import { type BodyText, parsePatch, parseYaml, unsupported } from './body.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { updateEphemeralContainers } from './ephemeral-containers.ts';
import { fieldManagerRequired, type MutationOptions } from './options.ts';
import { serverSideApply } from './patch/apply.ts';
import { jsonPatch } from './patch/json-patch.ts';
import type { RequestTarget } from './path.ts';
import { spoken } from './present.ts';
import { badRequest, invalid, notFound } from './status.ts';
import { updateStatus } from './update-status.ts';
import { type Api, createObject, refuseBody, type Source, updateObject, type Written } from './write.ts';

const JSON_PATCH = 'application/json-patch+json';
const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';

const UNKNOWN_OWNERS =
  'the sandbox does not know who wrote this object before; a cluster may refuse this as a conflict';

export async function patchObject(
  api: Api,
  target: RequestTarget,
  body: BodyText,
  options: MutationOptions,
): Promise<Written> {
  const { kind, namespace, name, subresource } = target;
  if (body.contentType === APPLY) return applyObject(api, target, await parseYaml(body.text), options);
  const patch = patchOf(body, kind.builtIn);
  const old = api.store.get(kind.resource, namespace, name ?? '');
  if (old === undefined) throw notFound(kind.resource, name ?? '');
  const object = patched(spoken(old, target) as unknown as JsonObject, patch, body.contentType);
  if (!isObject(object)) throw badRequest('the patch leaves no object');
  const source = sourceOf(object, patch, body);
  if (subresource === 'ephemeralcontainers') return updateEphemeralContainers(api, target, source, options);
  return subresource === 'status'
    ? updateStatus(api, target, source, options)
    : updateObject(api, target, source, options);
}

function patchOf({ contentType, text }: BodyText, builtIn: boolean): Json {
  const accepted = [JSON_PATCH, MERGE, ...(builtIn ? [STRATEGIC] : []), APPLY];
  if (!accepted.includes(contentType)) throw unsupported(accepted);
  return parsePatch(text);
}

/** Applies one patch to any JSON, such as a Scale. */
export function patched(target: JsonObject, patch: Json, contentType: string): Json {
  if (contentType === JSON_PATCH) return jsonPatch(target, patch);
  if (!isObject(patch)) {
    const got = Array.isArray(patch) ? 'array' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${got} into Go value of type map[string]interface {}`,
    );
  }
  if (contentType !== STRATEGIC) return mergePatch(target, patch);
  try {
    return strategicMerge(target, patch);
  } catch (error) {
    throw error instanceof PatchError ? badRequest(error.message) : error;
  }
}

export function parsedPatch(body: BodyText): Json {
  return patchOf(body, true);
}

function sourceOf(object: JsonObject, patch: Json, { contentType, text }: BodyText): Source {
  const shown = contentType === STRATEGIC ? goMap(patch) : goJson(object);
  return {
    object,
    strictErrors:
      contentType === JSON_PATCH ? [] : duplicateFields(text).map(each => `duplicate field "${each}"`),
    refuse: errors => {
      const message = `Invalid value: ${goQuote(shown)}: strict decoding error: ${errors.join(', ')}`;
      return invalid('', '', '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
    },
  };
}

/** %+v of a decoded object: map[spec:map[hosts:[a b]]] */
function goMap(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`;
  if (!isObject(value)) return String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map(key => `${key}:${goMap(value[key] ?? null)}`).join(' ')}]`;
}

function applyObject(api: Api, target: RequestTarget, config: Json, options: MutationOptions): Written {
  const { kind, namespace, name, subresource } = target;
  if (options.fieldManager === '') throw fieldManagerRequired();
  if (!isObject(config)) throw badRequest('error decoding YAML: the document is no object');
  const old = api.store.get(kind.resource, namespace, name ?? '');
  const live = old === undefined ? {} : (spoken(old, target) as unknown as JsonObject);
  const given = isObject(config.metadata) ? config.metadata : {};
  const { object, ownersUnknown } = serverSideApply(
    live,
    { ...config, metadata: { ...given, name: given.name ?? name ?? '' } },
    {
      manager: options.fieldManager,
      time: isoSeconds(api.now()),
      keysOf: path => applyKeys(path, kind.builtIn, kind.kind),
      force: options.force,
    },
  );
  const source: Source = { object, strictErrors: [], refuse: refuseBody(target) };
  if (subresource === 'status') return updateStatus(api, target, source, options);
  const applied = { ...options, applies: true };
  const written =
    old === undefined
      ? createObject(api, target, source, options)
      : updateObject(api, target, source, applied);
  const unsure = ownersUnknown && options.fieldManager !== 'kubectl' ? [UNKNOWN_OWNERS] : [];
  return { ...written, warnings: [...written.warnings, ...unsure] };
}
