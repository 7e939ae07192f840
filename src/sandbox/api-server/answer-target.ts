/**
 * Requests for objects: what is asked of which kind, and the handler that answers.
 * Source: apiserver/pkg/endpoints/installer.go
 */
import { isObject } from '../../shared/json.ts';
import type { OpenPort } from '../../world/health.ts';
import type { Authentication } from './authentication.ts';
import { checkAllowed } from './authorization.ts';
import { bindPod } from './bindings.ts';
import { parseObject, readBody } from './body.ts';
import { deleteCollection, deleteObject, deleteOptions, evict } from './delete-object.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { updateEphemeralContainers } from './ephemeral-containers.ts';
import { RBAC, type Verb, whyReadOnly } from './kinds.ts';
import { listPage } from './list.ts';
import { podLog } from './logs.ts';
import { formOf } from './media.ts';
import { count, flag, writeOptions } from './options.ts';
import { APPLY, patchObject } from './patch-object.ts';
import type { RequestTarget } from './path.ts';
import { type Presentation, presentList, presentOne } from './present.ts';
import { hasProtobuf } from './protobuf/encode.ts';
import { PROTOBUF_STREAM } from './protobuf/wire.ts';
import { requestAttributes } from './request-attributes.ts';
import { inForm, json } from './respond.ts';
import { patchScale, presentScale, readScale, writeScale } from './scale.ts';
import { fieldSelector, labelSelector, type Selects } from './selectors.ts';
import { badRequest, methodNotAllowed } from './status.ts';
import { finalizeNamespace, updateStatus } from './update-status.ts';
import { mayDoEverything, type User } from './users.ts';
import { watchStream } from './watch.ts';
import {
  type Api,
  createObject,
  existing,
  refuseBody,
  type Source,
  updateObject,
  type Written,
} from './write.ts';

export interface AppOptions extends Api {
  readonly authentication: Authentication;
  /** What listens in this process; for `GET /listeners`, which Kubernetes does not have. */
  readonly listeners?: () => readonly OpenPort[];
  /** Aborts when the server shuts down: streams end with it. */
  readonly closing?: AbortSignal;
}

const NEVER = new AbortController().signal;

const VERBS: Readonly<Record<string, Verb>> = {
  DELETE: 'delete',
  PATCH: 'patch',
  POST: 'create',
  PUT: 'update',
};

function verbOf(method: string, { name }: RequestTarget, query: URLSearchParams): Verb | undefined {
  if (method === 'GET' || method === 'HEAD') {
    if (name !== null) return 'get';
    return flag(query, 'watch') ? 'watch' : 'list';
  }
  const verb = VERBS[method];
  return verb === 'delete' && name === null ? 'deletecollection' : verb;
}

/** What a request for objects asks. Source: k8s.io/apiserver/pkg/endpoints/request/requestinfo.go (RequestInfo). */
interface RequestInfo {
  readonly request: Request;
  readonly verb: Verb;
  readonly target: RequestTarget;
  readonly query: URLSearchParams;
  readonly user: User;
}

export async function answerTarget(options: AppOptions, asked: Omit<RequestInfo, 'verb'>): Promise<Response> {
  const { request, target, query } = asked;
  const { kind, subresource, name, namespace } = target;
  const verb = verbOf(request.method, target, query);
  const allowed =
    subresource === null
      ? kind.verbs
      : (kind.subresources.find(each => each.name === subresource)?.verbs ?? []);
  if (verb === undefined || !allowed.includes(verb)) return refused(options, target, query);
  const wantsName = verb === 'get' || verb === 'update' || verb === 'patch' || verb === 'delete';
  if (subresource === null && wantsName !== (name !== null)) throw methodNotAllowed();
  const writesMany = verb === 'create' || verb === 'deletecollection';
  if (writesMany && kind.namespaced && namespace === null) throw methodNotAllowed();
  if (subresource === 'exec' || subresource === 'portforward') {
    existing(options, target);
    throw badRequest('Upgrade request required');
  }
  if (kind.group === RBAC) (await import('./rbac/bootstrap-policy.ts')).installPolicy(options.store);
  const info = { ...asked, verb };
  return verb === 'get' || verb === 'list' || verb === 'watch' ? read(options, info) : write(options, info);
}

/** What is not there is not found, whatever was to be done to it: so `kubectl delete --ignore-not-found` is content. */
function refused(options: AppOptions, target: RequestTarget, query: URLSearchParams): Response {
  const { kind, subresource, name } = target;
  if (subresource === null && name !== null && kind.verbs.includes('get')) existing(options, target);
  const why = whyReadOnly(kind);
  const error = methodNotAllowed(why);
  // `kubectl autoscale` tells nobody why it was refused, and goes on to another error; but it does show Warnings.
  const isUnheard = query.get('fieldManager') === 'kubectl-autoscale' && why !== null;
  return json(error.toStatus(), error.code, isUnheard ? [why] : []);
}

async function read(options: AppOptions, info: RequestInfo): Promise<Response> {
  const { store, now, closing = NEVER } = options;
  const { request, verb, target, query } = info;
  const { kind, version, namespace, subresource } = target;
  if (subresource === 'log') {
    const signal = AbortSignal.any([closing, request.signal]);
    const body = await podLog(options.pods, existing(options, target), query, now(), signal);
    return new Response(body, { headers: { 'content-type': 'text/plain' } });
  }
  const to = presentation(options, info);
  if (subresource === 'scale') return json(presentScale(readScale(options, target), to));
  const send = (object: object) => inForm(object, to);
  if (verb === 'get') return send(presentOne(existing(options, target), to));
  const selects = selectorOf(target, query);
  if (verb === 'list') {
    const { items, metadata } = listPage(store, { resource: kind.resource, namespace, selects }, query);
    return send(presentList(items, to, metadata));
  }
  const seconds = count(query, 'timeoutSeconds');
  const stream = watchStream(
    store,
    { ...to, kind, version, clock: now },
    {
      namespace,
      selects,
      resourceVersion: query.get('resourceVersion') || undefined,
      sendInitialEvents: flag(query, 'sendInitialEvents'),
      bookmarks: flag(query, 'allowWatchBookmarks'),
      timeout: seconds === undefined ? undefined : seconds * 1000,
    },
    closing,
  );
  const type = to.form === 'protobuf' ? PROTOBUF_STREAM : 'application/json';
  return new Response(stream, { headers: { 'content-type': type } });
}

function presentation({ now }: Api, { request, target, query }: RequestInfo): Presentation {
  const includeObject = query.get('includeObject');
  return {
    form: formOf(request.headers.get('accept') ?? undefined, hasProtobuf(target.kind)),
    kind: target.kind,
    version: target.version,
    now: now(),
    ...(includeObject === null ? {} : { includeObject }),
  };
}

function selectorOf({ kind }: RequestTarget, query: URLSearchParams): Selects {
  const byLabels = labelSelector(query.get('labelSelector') ?? '');
  const byFields = fieldSelector(query.get('fieldSelector') ?? '', kind);
  return object => byLabels(object) && byFields(object);
}

async function write(given: AppOptions, info: RequestInfo): Promise<Response> {
  const { request, verb, target, query, user } = info;
  const options = await withoutEscalation(given, target, user);
  const body = await readBody(request);
  const { kind, subresource, namespace } = target;
  const to = presentation(options, info);
  const respond = ({ object, created, warnings }: Written) =>
    inForm(presentOne(object, to), to, created ? 201 : 200, warnings);
  if (verb === 'delete' || verb === 'deletecollection') {
    const given = body.text.trim() === '' ? null : await parseObject(body, kind);
    const asked = deleteOptions(given, query);
    const { body: answered, warnings } =
      verb === 'delete'
        ? deleteObject(options, target, asked)
        : deleteCollection(
            options,
            target,
            options.store.list(kind.resource, namespace ?? undefined).filter(selectorOf(target, query)),
            asked,
          );
    return json(answered, 200, warnings);
  }
  if (verb === 'patch') {
    const asked = writeOptions(query, 'PatchOptions');
    if (body.contentType === APPLY) await checkMayCreate(options, info);
    if (subresource !== 'scale') return respond(await patchObject(options, target, body, asked));
    const scaled = patchScale(options, target, body, asked);
    return json(scaled.body, 200, scaled.warnings);
  }
  const object = await parseObject(body, kind);
  if (!isObject(object)) throw badRequest('the body is no object');
  if (subresource === 'token') {
    const tokens = await options.authentication.tokens();
    return json(tokens.request(existing(options, target), object), 201);
  }
  if (subresource === 'binding' || kind.plural === 'bindings')
    return json(bindPod(options, target, object), 201);
  if (subresource === 'eviction') return json(evict(options, target, object, query), 201);
  const asked = writeOptions(query, verb === 'create' ? 'CreateOptions' : 'UpdateOptions');
  if (subresource === 'scale') {
    const scaled = writeScale(options, target, object, asked);
    return json(scaled.body, 200, scaled.warnings);
  }
  const asJson = body.contentType === '' || body.contentType === 'application/json';
  const isStrict = asked.fieldValidation !== 'Ignore' && asJson;
  const source: Source = {
    object,
    strictErrors: isStrict ? duplicateFields(body.text).map(each => `duplicate field "${each}"`) : [],
    refuse: refuseBody(target),
  };
  if (verb === 'create') return respond(createObject(options, target, source, asked));
  if (subresource === 'status') return respond(updateStatus(options, target, source, asked));
  if (subresource === 'ephemeralcontainers')
    return respond(updateEphemeralContainers(options, target, source, asked));
  if (subresource === 'finalize') return respond(finalizeNamespace(options, target, source, asked));
  return respond(updateObject(options, target, source, asked));
}

/** For who may not do everything: with an admission that lets them give nobody more than they have. */
async function withoutEscalation(
  options: AppOptions,
  { kind }: RequestTarget,
  user: User,
): Promise<AppOptions> {
  if (kind.group !== RBAC || mayDoEverything(user)) return options;
  const { noEscalation } = await import('./rbac/escalation.ts');
  return { ...options, admission: [...options.admission, noEscalation(options.store, user)] };
}

/** An apply that would make the object needs the right to create it too. Throws Forbidden. */
async function checkMayCreate(
  { store }: AppOptions,
  { request, target, query, user }: RequestInfo,
): Promise<void> {
  const { kind, namespace, name } = target;
  if (mayDoEverything(user) || store.get(kind.resource, namespace, name ?? '') !== undefined) return;
  const asked = requestAttributes('PATCH', new URL(request.url).pathname, query);
  await checkAllowed(store, user, { ...asked, verb: 'create' });
}
