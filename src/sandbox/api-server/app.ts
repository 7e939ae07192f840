/**
 * The API as a function from Request to Response: who asks, for what, and which handler answers. What needs a socket of
 * its own (exec) is in upgrade.ts. Refusals are thrown as StatusError and sent as a Status.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { OpenPort } from '../../world/health.ts';
import { parseObject, readBody } from './body.ts';
import { deleteCollection, deleteObject, deleteOptions, evict } from './delete-object.ts';
import { discovery } from './discovery.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { updateEphemeralContainers } from './ephemeral-containers.ts';
import { health, isPublic, metrics } from './health.ts';
import { type Verb, whyReadOnly } from './kinds.ts';
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
import { inForm, json, statusResponse } from './respond.ts';
import { isReview, review, tokenRequest } from './reviews.ts';
import { patchScale, presentScale, readScale, writeScale } from './scale.ts';
import { fieldSelector, labelSelector, type Selects } from './selectors.ts';
import { badRequest, methodNotAllowed, noSuchPath, StatusError } from './status.ts';
import { checkPath, checkTarget, type User, userOf } from './users.ts';
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
  readonly token: string;
  /** What listens in this process; for `GET /listeners`, which Kubernetes does not have. */
  readonly listeners?: () => readonly OpenPort[];
  /** Aborts when the server shuts down: streams end with it. */
  readonly closing?: AbortSignal;
}

const NEVER = new AbortController().signal;

const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  const isAllowed = tokenCheck(options.token);
  app.onError(error => answerError(error));
  app.notFound(() => statusResponse(noSuchPath()));
  app.use('*', async (context, next) => {
    const authorization = context.req.header('authorization');
    const isAnonymous = authorization === undefined && isPublic(context.req.path);
    if (!isAnonymous && !isAllowed(authorization)) return statusResponse(unauthorized());
    return next();
  });
  app.use('*', indentForPeople);
  app.get('/listeners', context => {
    checkPath(askedBy(context.req.raw), 'get', context.req.path);
    return json(options.listeners?.() ?? []);
  });
  app.get('/metrics', context => {
    checkPath(askedBy(context.req.raw), 'get', context.req.path);
    return new Response(metrics(options.store.counts()), { headers: { 'content-type': METRICS } });
  });
  app.all('*', context => answer(options, context.req.raw));
  return app;
}

/** Compares in constant time, whatever the lengths. */
export function tokenCheck(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return authorization => {
    const [, given = ''] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
    return timingSafeEqual(digest(given), wanted);
  };
}

export function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
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
  const user = askedBy(request);
  const target = requestTargetOf(path);
  if (target !== null) {
    checkTarget(user, verbOf(request.method, target, query) ?? request.method.toLowerCase(), target);
    return answerTarget(options, request, target, query);
  }
  if (isReview(path)) {
    if (request.method !== 'POST') throw methodNotAllowed();
    const { contentType, bytes, text } = await readBody(request);
    const body = contentType === PROTOBUF ? decodeProtobuf(bytes) : (JSON.parse(text) as JsonObject);
    const knows = (each: string) => tokenCheck(options.token)(`Bearer ${each}`);
    return json(review(user, path, body, knows), 201);
  }
  checkPath(user, request.method.toLowerCase(), path);
  if (path === '/openapi/v2') {
    const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    return new Response(new Uint8Array(emptyOpenApiV2()), { headers: { 'content-type': type } });
  }
  const well = health(path, query);
  if (well !== undefined) return new Response(well);
  const document = discovery(path) ?? openApi(path);
  if (document === undefined) throw noSuchPath();
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  return json(document);
}

function askedBy(request: Request): User {
  return userOf(name => request.headers.get(name));
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
}

async function answerTarget(
  options: AppOptions,
  request: Request,
  target: RequestTarget,
  query: URLSearchParams,
): Promise<Response> {
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
  const info = { request, verb, target, query };
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

async function write(options: AppOptions, info: RequestInfo): Promise<Response> {
  const { request, verb, target, query } = info;
  if (target.subresource === 'token')
    return json(tokenRequest(existing(options, target), options.now()), 201);
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
