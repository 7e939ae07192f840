/**
 * The API as a function from Request to Response: who asks, for what, and which handler answers. What needs a socket of
 * its own (exec) is in upgrade.ts. Refusals are thrown as StatusError and sent as a Status.
 */
import { Hono } from 'hono';
import type { JsonObject } from '../../shared/json.ts';
import { AGGREGATED, aggregatedDiscovery } from './aggregated-discovery.ts';
import { type AppOptions, answerTarget } from './answer-target.ts';
import { actingAs, checkAllowed } from './authorization.ts';
import { readBody } from './body.ts';
import { discovery } from './discovery.ts';
import { health, isPublic } from './health.ts';
import { RequestMetrics } from './metrics.ts';
import { emptyOpenApiV2, openApi, openApiV2 } from './openapi.ts';
import { requestTargetOf } from './path.ts';
import { indentForPeople } from './pretty.ts';
import { decodeProtobuf } from './protobuf/decode.ts';
import { PROTOBUF } from './protobuf/wire.ts';
import { isProxy } from './proxy-path.ts';
import { requestAttributes } from './request-attributes.ts';
import { json, statusResponse } from './respond.ts';
import { isReview, review } from './reviews.ts';
import { methodNotAllowed, noSuchPath, StatusError } from './status.ts';
import type { User } from './users.ts';

const METRICS = 'text/plain; version=0.0.4; charset=utf-8';

export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.onError(error => answerError(error));
  app.notFound(() => statusResponse(noSuchPath()));
  const requests = new RequestMetrics();
  app.use('*', async (context, next) => {
    await next();
    const { method, url } = context.req.raw;
    requests.count(method, new URL(url), context.res.status);
  });
  app.use('*', indentForPeople);
  app.all('*', context => answer({ ...options, requests }, context.req.raw));
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

interface Serving extends AppOptions {
  readonly requests: RequestMetrics;
}

async function answer(options: Serving, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { pathname: path, searchParams: query } = url;
  const { method, headers } = request;
  // Everybody may ask about health and version, without a token too.
  if (!headers.has('authorization') && isPublic(path)) return answerPath(options, request, url);
  const user = await allowedUser(options, method, url, headers);
  if (isProxy(path)) return (await import('./proxy.ts')).proxied(options, request, url);
  const target = requestTargetOf(path);
  if (target !== null) return answerTarget(options, { request, target, query, user });
  if (!isReview(path)) return answerPath(options, request, url);
  if (method !== 'POST') throw methodNotAllowed();
  const { contentType, bytes, text } = await readBody(request);
  const body = contentType === PROTOBUF ? decodeProtobuf(bytes) : (JSON.parse(text) as JsonObject);
  return json(await review({ ...options, user }, path, body), 201);
}

function answerPath(
  { listeners, requests, store }: Serving,
  { method, headers }: Request,
  { pathname: path, searchParams: query }: URL,
): Response {
  if (path === '/listeners') return json(listeners?.() ?? []);
  if (path === '/metrics') {
    return new Response(requests.text(store.counts()), { headers: { 'content-type': METRICS } });
  }
  if (path === '/openapi/v2') {
    if (!(headers.get('accept') ?? '').includes('proto-openapi')) return json(openApiV2());
    const type = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
    return new Response(new Uint8Array(emptyOpenApiV2()), { headers: { 'content-type': type } });
  }
  const well = health(path, query);
  if (well !== undefined) return new Response(well);
  const aggregated = aggregatedDiscovery(path, headers.get('accept') ?? '');
  if (aggregated !== undefined) {
    return new Response(JSON.stringify(aggregated), { headers: { 'content-type': AGGREGATED } });
  }
  const document = discovery(path) ?? openApi(path);
  if (document === undefined) throw noSuchPath();
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed();
  return json(document);
}
