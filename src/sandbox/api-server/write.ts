/**
 * Create and update: what a client sent is decoded, defaulted, validated, admitted and stored, in Kubernetes' order.
 * Source: apiserver/pkg/endpoints/handlers/{create,update}.go, apiserver/pkg/registry/rest.
 */
import type { Resource } from '../../istio/resource.ts';
import { applyKeys } from '../../kube/list-keys.ts';
import { isObject, type Json, type JsonObject } from '../../shared/json.ts';
import type { Admission, AdmissionRequest, PodRuntime } from '../rooms.ts';
import { isoSeconds } from '../time.ts';
import { firstStatus } from './built-in/defaults.ts';
import { decodeObject } from './decode.ts';
import { coreEvent, isEventV1 } from './events-v1.ts';
import { checkNoNewFinalizers } from './finalizers.ts';
import { inNamespace } from './in-namespace.ts';
import { groupVersion, type ServedKind } from './kinds.ts';
import { withType } from './object-type.ts';
import type { FieldValidation, MutationOptions } from './options.ts';
import { afterUpdate } from './patch/managers.ts';
import type { RequestTarget } from './path.ts';
import { spoken } from './present.ts';
import { badRequest, invalid, notFound, StatusError } from './status.ts';
import type { Store, StoredObject } from './store.ts';

/** What the handlers of the API work with. */
export interface Api {
  readonly store: Store;
  readonly admission: readonly Admission[];
  readonly pods: PodRuntime;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface Written {
  readonly object: StoredObject;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/** How unknown fields are reported: bodies and the three kinds of patch each have their own words. */
export type RefuseStrictly = (errors: readonly string[]) => StatusError;

export interface Source {
  readonly object: JsonObject;
  /** Found in the text itself: 'duplicate field "spec.hosts"'. */
  readonly strictErrors: readonly string[];
  readonly refuse: RefuseStrictly;
}

export function createObject(
  api: Api,
  target: RequestTarget,
  source: Source,
  options: MutationOptions,
): Written {
  const { kind, version } = target;
  const metadata = isObject(source.object.metadata) ? source.object.metadata : {};
  const { uid: _, deletionTimestamp: __, deletionGracePeriodSeconds: ___, ...own } = metadata;
  const named = inNamespace(api, target, {
    ...source.object,
    metadata: { ...own, ...(metadata.name ? {} : generatedName(api.store, metadata.generateName)) },
  });
  if (isObject(named.metadata) && named.metadata.resourceVersion) {
    throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  }
  const status = firstStatus(kind);
  const { object, warnings } = checked(target, { ...source, object: named }, null, options);
  const whole = status === undefined ? object : { ...object, status };
  const answer = admitted(api, 'CREATE', target, whole, null);
  const stored = asStored(kind, answer.object);
  const created = options.dryRun
    ? withoutVersion(api.store.prepareCreate(kind.resource, stored))
    : api.store.create(kind.resource, stored);
  const unheeded = finalizerWarning(kind, object);
  return {
    object: asSpoken(created, kind, version),
    created: true,
    warnings: [...warnings, ...unheeded, ...answer.warnings],
  };
}

/** Replaces an existing object; `target` names it. */
export function updateObject(
  api: Api,
  target: RequestTarget,
  source: Source,
  options: MutationOptions & { readonly applies?: boolean },
): Written {
  const { kind, version } = target;
  const old = existing(api, target);
  const given = inNamespace(api, target, source.object);
  const metadata = isObject(given.metadata) ? given.metadata : {};
  if (!kind.builtIn && !metadata.resourceVersion) throw mustBeSpecified(kind, old);
  const kept = { ...given, metadata: { ...metadata, uid: metadata.uid || old.metadata.uid } };
  const before = spoken(old, target);
  const { object, warnings } = checked(target, { ...source, object: kept }, before, options);
  const whole = old.status === undefined ? object : { ...object, status: old.status as Json };
  const answer = admitted(api, 'UPDATE', target, whole, before);
  const next = options.applies ? answer.object : managedBy(api, target, before, answer.object, options);
  return written(api, target, version, asStored(kind, next), old, options, [...warnings, ...answer.warnings]);
}

function managedBy(
  { now }: Api,
  { kind }: RequestTarget,
  before: Resource,
  next: JsonObject,
  { fieldManager }: MutationOptions,
): JsonObject {
  return afterUpdate(before as unknown as JsonObject, next, {
    manager: fieldManager || 'unknown',
    time: isoSeconds(now()),
    keysOf: path => applyKeys(path, kind.builtIn, kind.kind),
  });
}

/** Stores what was asked for, unless it is only tried. */
export function written(
  api: Api,
  { kind }: RequestTarget,
  version: string,
  next: Resource,
  old: StoredObject,
  { dryRun }: MutationOptions,
  warnings: readonly string[],
): Written {
  checkNoNewFinalizers(kind.kind, kind.group, next as StoredObject, old);
  if (!dryRun) {
    const object = asSpoken(api.store.update(kind.resource, next), kind, version);
    return { object, created: false, warnings };
  }
  const prepared = api.store.prepareUpdate(kind.resource, next);
  const { resourceVersion } = old.metadata;
  const object = { ...prepared, metadata: { ...prepared.metadata, resourceVersion } };
  return { object: asSpoken(object, kind, version), created: false, warnings };
}

/** The object that a target names. Throws NotFound. */
export function existing(
  { store }: Pick<Api, 'store'>,
  { kind, namespace, name }: RequestTarget,
): StoredObject {
  const found = store.get(kind.resource, namespace, name ?? '');
  if (found === undefined) throw notFound(kind.resource, name ?? '');
  return found;
}

/** Asks the admissions in turn. Throws the first refusal. */
export function admitted(
  api: Pick<Api, 'admission'>,
  operation: AdmissionRequest['operation'],
  { kind }: RequestTarget,
  object: JsonObject,
  old: Resource | null,
): { object: JsonObject; warnings: string[] } {
  let current = object as unknown as Resource;
  const warnings: string[] = [];
  for (const ask of api.admission) {
    const answer = ask({ operation, resource: kind.resource, object: current, old });
    if (answer.denied) {
      const { code = 400, reason = '', message } = answer.denied;
      throw new StatusError(code, reason, message);
    }
    warnings.push(...(answer.warnings ?? []));
    current = answer.object ?? current;
  }
  return { object: current as unknown as JsonObject, warnings };
}

/** Source: sigs.k8s.io/json, internal/golang/encoding/json/decode.go (saveStrictError) */
const MOST_STRICT_ERRORS = 100;

interface Checked {
  readonly object: JsonObject;
  readonly warnings: readonly string[];
}

/** Without its status, which has its own subresource; but an unreadable status is refused like anything else. */
function checked(
  target: RequestTarget,
  source: Source,
  old: Resource | null,
  options: MutationOptions,
): Checked {
  const { object, warnings } = checkedStatus(target, source, old, options);
  const { status: _, ...rest } = object;
  return { object: rest, warnings };
}

export function checkedStatus(
  { kind, version, subresource }: RequestTarget,
  { object: given, strictErrors, refuse }: Source,
  old: Resource | null,
  { fieldValidation }: { fieldValidation: FieldValidation },
): Checked {
  const typed = withType(given, kind, version);
  const { object, unknown, causes } = decodeObject(
    kind,
    version,
    typed,
    old as unknown as JsonObject | null,
    subresource,
  );
  const all = [...strictErrors, ...unknown.map(field => `unknown field "${field}"`)];
  const strict = all.slice(0, MOST_STRICT_ERRORS);
  if (strict.length > 0 && fieldValidation === 'Strict') throw refuse(strict);
  if (causes.length > 0) {
    const metadata = isObject(object.metadata) ? object.metadata : {};
    throw invalid(kind.kind, kind.group, String(metadata.name ?? ''), causes);
  }
  return { object, warnings: fieldValidation === 'Warn' ? strict : [] };
}

/** `ServiceEntry in version "v1beta1" cannot be handled as a ServiceEntry: strict decoding error: ...` */
export function refuseBody({ kind, version }: RequestTarget): RefuseStrictly {
  return errors =>
    badRequest(
      `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: strict decoding error: ${errors.join(', ')}`,
    );
}

function generatedName(store: Store, base: Json | undefined): { name?: string } {
  return typeof base === 'string' && base !== '' ? { name: store.generatedName(base) } : {};
}

function mustBeSpecified({ resource }: ServedKind, { metadata }: StoredObject): StatusError {
  const [plural = '', ...group] = resource.split('.');
  const message = 'Invalid value: 0: must be specified for an update';
  const field = 'metadata.resourceVersion';
  return invalid(plural, group.join('.'), metadata.name, [{ reason: 'FieldValueInvalid', message, field }]);
}

/** Bytes that etcd takes in one request. Source: etcd, server/embed/config.go (DefaultMaxRequestBytes). */
const MOST_BYTES = 1.5 * 1024 * 1024;

/** All versions have the same content, and are stored as the preferred one. */
function asStored(kind: ServedKind, object: JsonObject): Resource {
  if (Buffer.byteLength(JSON.stringify(object)) > MOST_BYTES) {
    throw new StatusError(500, '', 'etcdserver: request is too large');
  }
  if (isEventV1(kind)) return coreEvent(object) as unknown as Resource;
  const { group, versions } = kind;
  return { ...object, apiVersion: groupVersion(group, versions[0] ?? 'v1') } as unknown as Resource;
}

function asSpoken(object: StoredObject, kind: ServedKind, version: string): StoredObject {
  return spoken(object, { kind, version }) as StoredObject;
}

/** The result of a dry run has no version, since it is stored nowhere. */
function withoutVersion(object: StoredObject): StoredObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as StoredObject['metadata'] };
}

function finalizerWarning({ resource }: ServedKind, { metadata }: JsonObject): string[] {
  const finalizers = isObject(metadata) ? metadata.finalizers : undefined;
  if (!Array.isArray(finalizers) || finalizers.length === 0 || resource !== 'pods') return [];
  return ['metadata.finalizers: the sandbox deletes a pod at once and waits for no finalizer'];
}
