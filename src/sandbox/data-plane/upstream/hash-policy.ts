/**
 * The hash of a request by its route's hash policies, and of a connection by its TCP proxy's: what a ring or table
 * picks the host by. Source: source/common/http/hash_policy.cc, source/common/network/hash_policy.cc.
 */
import type { HashPolicy, TcpProxy } from '../../../envoy/config.ts';
import { addressText } from '../../../envoy/endpoint-address.ts';
import { headerValues, queryParameter, type RequestHead } from '../../../envoy/match-route.ts';
import type { Address } from '../../rooms.ts';
import { xxHash64, xxHash64OfBytes } from './xxhash64.ts';

export interface HashInput {
  /** Values as Node has them, one character per byte. */
  readonly request: RequestHead;
  /** Where the request claims to come from. */
  readonly remote: Address;
  /** The ends of its connection. */
  readonly from: Address;
  readonly to: Address;
}

export interface RequestHash {
  readonly hash: bigint | undefined;
  /** Set-Cookie values for callers that came without the cookie and are to get one. */
  readonly cookies: readonly string[];
}

export function requestHash(policies: readonly HashPolicy[] | undefined, input: HashInput): RequestHash {
  let hash: bigint | undefined;
  const cookies: string[] = [];
  for (const policy of policies ?? []) {
    const next = hashed(policy, input, cookies);
    // When there are several, the hash so far is rotated by one bit and mixed with the next.
    if (next !== undefined) hash = hash === undefined ? next : rotated(hash) ^ next;
    if (policy.terminal && hash !== undefined) break;
  }
  return { hash, cookies };
}

/** A connection can be hashed only by the peer's address. */
export function connectionHash(policies: TcpProxy['hash_policy'], from: Address): bigint | undefined {
  return policies?.[0]?.source_ip === undefined ? undefined : xxHash64(from.ip);
}

const rotated = (hash: bigint): bigint => BigInt.asUintN(64, (hash << 1n) | (hash >> 63n));

function hashed(policy: HashPolicy, input: HashInput, cookies: string[]): bigint | undefined {
  if (policy.header !== undefined) {
    const values = [...headerValues(input.request, policy.header.header_name)].sort();
    return values.length === 0 ? undefined : xxHash64OfBytes(...values);
  }
  if (policy.query_parameter !== undefined) {
    const value = queryParameter(input.request.path, policy.query_parameter.name);
    return value === undefined ? undefined : xxHash64OfBytes(value);
  }
  if (policy.connection_properties?.source_ip === true) return xxHash64(input.remote.ip);
  if (policy.cookie === undefined) return undefined;
  const { name, ttl } = policy.cookie;
  const there = cookieOf(input.request, name);
  if (there !== '') return xxHash64OfBytes(there);
  if (ttl === undefined) return undefined;
  const made = madeFor(input);
  cookies.push(setCookie(policy.cookie, made));
  return xxHash64(made);
}

/** The same for all calls of a connection: concurrent calls get the same value. */
function madeFor({ from, to }: HashInput): string {
  return xxHash64(addressText(from.ip, from.port) + addressText(to.ip, to.port))
    .toString(16)
    .padStart(16, '0');
}

function setCookie(cookie: NonNullable<HashPolicy['cookie']>, value: string): string {
  const { name, ttl = '', path, attributes = [] } = cookie;
  const age = Math.trunc(Number(ttl.replace(/s$/, '')));
  return [
    `${name}="${value}"`,
    ...(age > 0 ? [`Max-Age=${age}`] : []),
    ...(path ? [`Path=${path}`] : []),
    ...attributes.map(each => (each.value ? `${each.name}=${each.value}` : each.name)),
    'HttpOnly',
  ].join('; ');
}

/** Returns '' both for a missing and for an empty cookie, which count alike. */
function cookieOf(request: RequestHead, name: string): string {
  for (const part of headerValues(request, 'cookie').join('; ').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=').replace(/^"(.*)"$/, '$1');
  }
  return '';
}
