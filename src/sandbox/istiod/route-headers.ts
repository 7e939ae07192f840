/**
 * Header operations of routes and destinations. Setting Host or :authority is a rewrite of the host; other pseudo
 * headers cannot be changed. Source: pilot/pkg/networking/core/route/route.go (TranslateHeadersOperations).
 */
import type { HeaderMutations, HeaderValueOption } from '../../envoy/config.ts';
import { compareText } from '../../istio/age.ts';
import type { Headers } from '../../istio/types.ts';
import type { Mutable } from './envoy-json.ts';

export interface HeaderPlan {
  readonly mutations: HeaderMutations;
  /** '' for none; `set` takes precedence over `add`. */
  readonly authority: string;
}

export function planHeaders(headers: Headers | undefined): HeaderPlan {
  const { request = {}, response = {} } = headers ?? {};
  return {
    mutations: mutations(
      [...options(request.set, true), ...options(request.add, false)],
      touchable(request.remove),
      [...options(response.set, true), ...options(response.add, false)],
      touchable(response.remove),
    ),
    authority: authorityOf(request.set) || authorityOf(request.add),
  };
}

/** A route's operations, followed by those of its only destination. */
export function joinMutations(a: HeaderMutations, b: HeaderMutations): HeaderMutations {
  return mutations(
    [...(a.request_headers_to_add ?? []), ...(b.request_headers_to_add ?? [])],
    [...(a.request_headers_to_remove ?? []), ...(b.request_headers_to_remove ?? [])],
    [...(a.response_headers_to_add ?? []), ...(b.response_headers_to_add ?? [])],
    [...(a.response_headers_to_remove ?? []), ...(b.response_headers_to_remove ?? [])],
  );
}

function mutations(
  requestAdd: readonly HeaderValueOption[],
  requestRemove: readonly string[],
  responseAdd: readonly HeaderValueOption[],
  responseRemove: readonly string[],
): HeaderMutations {
  const out: Mutable<HeaderMutations> = {};
  if (requestAdd.length > 0) out.request_headers_to_add = requestAdd;
  if (requestRemove.length > 0) out.request_headers_to_remove = requestRemove;
  if (responseAdd.length > 0) out.response_headers_to_add = responseAdd;
  if (responseRemove.length > 0) out.response_headers_to_remove = responseRemove;
  return out;
}

function options(headers: Record<string, string> = {}, overwrite: boolean): HeaderValueOption[] {
  return Object.entries(headers)
    .filter(([key]) => !isInternal(key))
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => ({
      header: { key, ...(value && { value }) },
      ...(overwrite && { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' as const }),
    }));
}

const isInternal = (key: string): boolean => key.startsWith(':') || key.toLowerCase() === 'host';
const touchable = (keys: readonly string[] = []): string[] => keys.filter(k => !isInternal(k));

function authorityOf(headers: Record<string, string> = {}): string {
  return Object.entries(headers).find(([key]) => /^(:authority|host)$/i.test(key))?.[1] ?? '';
}
