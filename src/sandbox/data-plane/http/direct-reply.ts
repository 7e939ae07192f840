/**
 * Routes that answer themselves: redirects and direct responses.
 * Source: envoyproxy/envoy source/common/router/{router,config_impl}.cc (directResponseEntry).
 */
import { redirectLocation, redirectStatus } from '../../../envoy/match-action.ts';
import type { RequestHead } from '../../../envoy/match-route.ts';
import { bytesOf } from './header-mutations.ts';
import type { HeaderList } from './headers.ts';
import type { LocalReply } from './local-reply.ts';
import type { RouteChoice } from './router-choice.ts';

/** Null: the route sends its requests on. */
export function directReply(choice: RouteChoice, request: RequestHead): LocalReply | null {
  const { redirect, direct_response, match } = choice.route;
  if (redirect === undefined && direct_response === undefined) return null;
  const status = direct_response?.status ?? redirectStatus(redirect ?? {});
  const headers: HeaderList = [];
  // A direct response that sends its caller elsewhere says where as a redirect without fields does: to where it was.
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
