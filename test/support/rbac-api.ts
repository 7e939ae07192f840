/** A bare API with words for roles: who may what is asked as a client asks it. */
import { bareApi } from './bare-api.ts';

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body of whatever was asked for
  readonly body: any;
}

export interface RbacApi {
  /** As the owner, or as `user` with `groups`, or with a bearer token. */
  send(method: string, path: string, body?: object, as?: Sender): Promise<Answer>;
  /** Creates a Role with these rules in the namespace x. */
  role(name: string, ...rules: object[]): Promise<Answer>;
  clusterRole(name: string, ...rules: object[]): Promise<Answer>;
  /** Binds a role to subjects, in x for a kind without Cluster. */
  bind(
    kind: 'Role' | 'ClusterRole',
    role: string,
    where: 'x' | 'cluster',
    ...subjects: object[]
  ): Promise<Answer>;
}

export interface Sender {
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const person = (name: string) => ({ kind: 'User', name });
export const account = (name: string, namespace = 'x') => ({ kind: 'ServiceAccount', name, namespace });
export const rule = (verbs: string, resources: string, more: object = {}) => ({
  ...{ verbs: verbs.split(','), apiGroups: [''], resources: resources.split(',') },
  ...more,
});

export function rbacApi(): RbacApi & Pick<ReturnType<typeof bareApi>, 'store'> {
  const { app, store } = bareApi();
  const send: RbacApi['send'] = async (method, path, body, as = {}) => {
    const headers = new Headers({ authorization: `Bearer ${as.token ?? 't'}`, ...as.headers });
    if (as.user !== undefined) headers.set('impersonate-user', as.user);
    for (const each of as.groups ?? []) headers.append('impersonate-group', each);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', type);
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await app.request(path, init);
    return { status: response.status, body: await response.json().catch(() => null) };
  };
  let bindings = 0;
  return {
    send,
    store,
    role: (name, ...rules) =>
      send('POST', `${RBAC}/namespaces/x/roles`, { kind: 'Role', metadata: { name }, rules }),
    clusterRole: (name, ...rules) =>
      send('POST', `${RBAC}/clusterroles`, { kind: 'ClusterRole', metadata: { name }, rules }),
    bind(kind, name, where, ...subjects) {
      bindings += 1;
      const path = where === 'x' ? 'namespaces/x/rolebindings' : 'clusterrolebindings';
      const metadata = { name: `b${bindings}` };
      return send('POST', `${RBAC}/${path}`, { metadata, roleRef: { kind, name }, subjects });
    },
  };
}
