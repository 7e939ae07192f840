/**
 * The API as a function from Request to Response: who asks, for what, and which handler answers. What needs a socket of
 * its own (exec) is in upgrade.ts. Refusals are thrown as StatusError and sent as a Status.
 */
import { Hono } from 'hono';
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { OpenPort } from '../../world/health.ts';
import type { Authentication } from './authentication.ts';
import { actingAs, checkAllowed } from './authorization.ts';
import { parseObject, readBody } from './body.ts';
import { deleteCollection, deleteObject, deleteOptions, evict } from './delete-object.ts';
import { discovery } from './discovery.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { updateEphemeralContainers } from './ephemeral-containers.ts';
import { health, isPublic, metrics } from './health.ts';
import { RBAC, type Verb, whyReadOnly } from './kinds.ts';
import { listPage } from './list.ts';
import { podLog } from './logs.ts';
import { formOf } from './media.ts';
import { emptyOpenApiV2, openApi } from './openapi.ts';
import { count, flag, writeOptions } from './options.ts';
import { patchObject } from './patch-object.ts';
import { type RequestTarget, requestTargetOf } from './path.ts';
import { type Presentation, presentList, presentOne } from './present.ts';
import { indentForPeople } from './pretty.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import { hasProtobuf } from './protobuf/encode.ts';
import { PROTOBUF } from './protobuf/wire.ts';
import { requestAttributes } from './request-attributes.ts';
import { inForm, json, statusResponse } from './respond.ts';
import { isReview, review } from './reviews.ts';
import { patchScale, presentScale, readScale, writeScale } from './scale.ts';
import { fieldSelector, labelSelector, type Selects } from './selectors.ts';
import { badRequest, methodNotAllowed, noSuchPath, StatusError } from './status.ts';
import { mayDoEverything, type User } from './users.ts';
import { watchStream } from './watch.ts';
import {
  type Api,
  createObject,
  existing,
  refuseBody,
  type Source,
  updateObject,
  updateStatus,
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

const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.onError(error => answerError(error));
  app.notFound(() => statusResponse(noSuchPath()));
  app.use('*', indentForPeople);
  app.all('*', context => answer(options, context.req.raw));
  return app;
}

/**
 * Who sends a request, or whom they impersonate. Throws Unauthorized (401) and, if they may not do what it asks,
 * Forbidden (403).
 */
export async function allowedUser(
  { authentication, store }: Pick<AppOptions, 'authentication' | 'store'>,
  method: string,
  { pathname, searchParams }: URL,
  headers: Headers,
): Promise<User> {
  const sender = await authentication.userOf(headers.get('authorization'));
  const user = await actingAs(store, sender, headers);
  await checkAllowed(store, user, requestAttributes(method, pathname, searchParams));
  return user;
}

/** An error as a Status; an unexpected one becomes an internal error. */
export function asStatusError(error: unknown): StatusError {
  if (error instanceof StatusError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, {
    causes: [{ message }],
  });
}

function answerError(error: unknown): Response {
  return statusResponse(asStatusError(error));
}

async function answer(options: AppOptions, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { pathname: path, searchParams: query } = url;
  const { method, headers } = request;
  // Everybody may ask about health and version, without a token too.
  if (!headers.has('authorization') && isPublic(path)) return answerPath(options, method, path, query);
  const user = await allowedUser(options, method, url, headers);
  const target = requestTargetOf(path);
  if (target !== null) return answerTarget(options, { request, target, query, user });
  if (!isReview(path)) return answerPath(options, method, path, query);
  if (method !== 'POST') throw methodNotAllowed();
  const { contentType, bytes, text } = await readBody(request);
  const body = contentType === PROTOBUF ? decodeProtobuf(bytes) : (JSON.parse(text) as JsonObject);
  return json(await review({ ...options, user }, path, body), 201);
}

function answerPath(options: AppOptions, method: string, path: string, query: URLSearchParams): Response {
  if (path === '/listeners') return json(options.listeners?.() ?? []);
  if (path === '/metrics') {
    return new Response(metrics(options.store.counts()), { headers: { 'content-type': METRICS } });
  }
  if (path === '/openapi/v2') {
    const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    return new Response(new Uint8Array(emptyOpenApiV2()), { headers: { 'content-type': type } });
  }
  const well = health(path, query);
  if (well !== undefined) return new Response(well);
  const document = discovery(path) ?? openApi(path);
  if (document === undefined) throw noSuchPath();
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return json(document);
}

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

async function answerTarget(options: AppOptions, asked: Omit<RequestInfo, 'verb'>): Promise<Response> {
  const { request, target, query } = asked;
  const { kind, subresource, name, namespace } = target;
  const verb = verbOf(request.method, target, query);
  const allowed =
    subresource === null
      ? kind.verbs
      : (kind.subresources.find(each => each.name === subresource)?.verbs ?? []);
  if (verb === undefined || !allowed.includes(verb)) throw methodNotAllowed(whyReadOnly(kind));
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
  return new Response(stream, { headers: { 'content-type': 'application/json' } });
}

function presentation({ now }: Api, { request, verb, target, query }: RequestInfo): Presentation {
  const includeObject = query.get('includeObject');
  return {
    form: formOf(request.headers.get('accept') ?? undefined, verb !== 'watch' && hasProtobuf(target.kind)),
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
