/**
 * Who comes with a request: the owner of the sandbox's token, or a ServiceAccount with one of its own
 * (service-account-tokens.ts, loaded when somebody asks for one or comes with something that looks like one).
 * Source: apiserver/pkg/authentication/token/union, .../request/bearertoken
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Authenticated, ServiceAccountTokens } from './service-account-tokens.ts';
import { StatusError } from './status.ts';
import type { Store } from './store.ts';
import { OWNER, type User } from './users.ts';

export interface Authentication {
  /** The sender of a request with this Authorization header. Throws Unauthorized (401). */
  userOf(authorization: string | null | undefined): Promise<User>;
  /** Whose token it is; a text that says why it is nobody's. An empty list of audiences means the API itself. */
  reviewed(token: string, audiences: readonly string[]): Promise<Authenticated | string>;
  tokens(): Promise<ServiceAccountTokens>;
}

interface AuthenticationOptions {
  /** The owner's. */
  readonly token: string;
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createAuthentication({ token, store, now }: AuthenticationOptions): Authentication {
  const isOwners = sameAs(token);
  let made: Promise<ServiceAccountTokens> | undefined;
  const tokens = () => {
    made ??= import('./service-account-tokens.ts').then(late => new late.ServiceAccountTokens(store, now));
    return made;
  };
  const reviewed = async (given: string, audiences: readonly string[]) => {
    if (isOwners(given)) return { user: OWNER, audiences };
    if (!LIKE_JWT.test(given)) return 'token lookup failed';
    return (await tokens()).authenticate(given, audiences.length > 0 ? audiences : undefined);
  };
  return {
    async userOf(authorization) {
      const [, given = ''] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
      const found = await reviewed(given, []);
      if (typeof found === 'string') throw unauthorized();
      return found.user;
    },
    reviewed,
    tokens,
  };
}

const LIKE_JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Compares in constant time, whatever the lengths. */
function sameAs(token: string): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return given => timingSafeEqual(digest(given), wanted);
}

function unauthorized(): StatusError {
  return new StatusError(401, 'Unauthorized', 'Unauthorized');
}
