/**
 * Routes that answer by themselves: redirects and direct responses.
 * Source: envoyproxy/envoy source/common/router/{router,config_impl}.cc (directResponseEntry).
 */
import { redirectLocation, redirectStatus } from '../../../envoy/match-action.ts';
import type { RequestHead } from '../../../envoy/match-route.ts';
import { bytesOf } from './header-mutations.ts';
import type { HeaderList } from './headers.ts';
import type { LocalReply } from './local-reply.ts';
import type { RouteChoice } from './router-choice.ts';

/** Null: the route forwards its requests. */
export function directReply(choice: RouteChoice, request: RequestHead): LocalReply | null {
  const { redirect, direct_response, match } = choice.route;
  if (redirect === undefined && direct_response === undefined) return null;
  const status = direct_response?.status ?? redirectStatus(redirect ?? {});
  const headers: HeaderList = [];
  // A direct response with a status that needs a Location gets the one of a redirect without fields: where the request
  // came to.
  if (status === 201 || (status >= 300 && status < 400)) {
    headers.push(['location', bytesOf(redirectLocation(redirect ?? {}, request, match))]);
  }
  const { inline_string, inline_bytes } = direct_response?.body ?? {};
  return {
    status,
    body: inline_string ?? Buffer.from(inline_bytes ?? '', 'base64').toString('utf8'),
    details: 'direct_response',
    headers,
  };
}
