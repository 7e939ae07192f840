/**
 * The hash of a request by its route's hash policies: what a ring picks its host by.
 * Source: envoyproxy/envoy source/common/http/hash_policy.cc. Envoy uses xxHash; here FNV-1a, so that which host a
 * value gets may differ from a real sidecar's, but the same value always gets the same host.
 */

import type { HashPolicy } from '../../envoy/config.ts';
import { queryParameter } from '../../envoy/match-route.ts';
import { fnv1a } from '../fnv.ts';
import { type HeaderList, headerOf } from './headers.ts';

export interface HashInput {
  readonly headers: HeaderList;
  readonly path: string;
  readonly sourceIp: string;
  readonly random: () => number;
}

export interface RequestHash {
  readonly hash: number | undefined;
  /** Set-Cookie values for callers that came without the cookie and shall get one. */
  readonly cookies: readonly string[];
}

export function requestHash(policies: readonly HashPolicy[] | undefined, input: HashInput): RequestHash {
  let hash: number | undefined;
  const cookies: string[] = [];
  for (const policy of policies ?? []) {
    const value = hashed(policy, input, cookies);
    if (value === undefined) continue;
    const next = fnv1a(value);
    // Several policies are combined as Envoy does: rotate what is there by one bit, then mix.
    hash = hash === undefined ? next : (((hash << 1) | (hash >>> 31)) ^ next) >>> 0;
  }
  return { hash, cookies };
}

function hashed(policy: HashPolicy, input: HashInput, cookies: string[]): string | undefined {
  if (policy.header !== undefined) return headerOf(input.headers, policy.header.header_name.toLowerCase());
  if (policy.query_parameter !== undefined) return queryParameter(input.path, policy.query_parameter.name);
  if (policy.connection_properties?.source_ip === true) return input.sourceIp;
  if (policy.cookie === undefined) return undefined;
  const { name, ttl, path } = policy.cookie;
  const there = cookieOf(input.headers, name);
  if (there !== undefined || ttl === undefined) return there;
  const made = Math.floor(input.random() * 2 ** 48)
    .toString(16)
    .padStart(16, '0');
  const age = Number(ttl.replace(/s$/, ''));
  cookies.push(
    `${name}="${made}"${age > 0 ? `; Max-Age=${age}` : ''}${path ? `; Path=${path}` : ''}; HttpOnly`,
  );
  return made;
}

function cookieOf(headers: HeaderList, name: string): string | undefined {
  for (const part of (headerOf(headers, 'cookie') ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=').replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}
