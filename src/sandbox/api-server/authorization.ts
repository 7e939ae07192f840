/**
 * Refuses what a user may not do, in the words of apiserver/pkg/endpoints/handlers/responsewriters/errors.go. Whoever may
 * do everything is let through at once: the rules of roles (rbac/) are loaded for the first who may not.
 */
import { goQuote } from '../../istio/go-text.ts';
import { impersonationOf } from './impersonation.ts';
import { resourceName } from './kinds.ts';
import type { Attributes } from './request-attributes.ts';
import { forbidden, StatusError } from './status.ts';
import type { Store } from './store.ts';
import { mayDoEverything, type User } from './users.ts';

/** Throws Forbidden. */
export async function checkAllowed(store: Store, user: User, asked: Attributes): Promise<void> {
  if (mayDoEverything(user)) return;
  const { authorize } = await import('./rbac/authorizer.ts');
  const { allowed, reason } = authorize(store, user, asked);
  if (!allowed) throw refusal(user, asked, reason);
}

/** The one who is impersonated, or `user`. Throws Forbidden if `user` may not impersonate them. */
export async function actingAs(store: Store, user: User, headers: Headers): Promise<User> {
  const impersonation = impersonationOf(headers);
  if (impersonation === null) return user;
  for (const asked of impersonation.asks) await checkAllowed(store, user, asked);
  return impersonation.user;
}

function refusal({ username }: User, asked: Attributes, reason: string): StatusError {
  const because = reason === '' ? '' : `: ${reason}`;
  const who = `User ${goQuote(username)} cannot ${asked.verb}`;
  if ('path' in asked) {
    const message = `forbidden: ${sanitized(`${who} path ${goQuote(asked.path)}`)}${because}`;
    return new StatusError(403, 'Forbidden', message, {});
  }
  const { group, resource, subresource, namespace, name } = asked;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${goQuote(namespace)}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const why = `${who} resource ${goQuote(what)} in API group ${goQuote(group)} ${where}`;
  return forbidden(resourceName(group, resource), name, `${sanitized(why)}${because}`);
}

/** An error must not look like HTML. */
function sanitized(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
