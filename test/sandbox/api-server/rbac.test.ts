import { beforeEach, describe, expect, it } from 'vitest';
import { account, person, RBAC, type RbacApi, rbacApi, rule, type Sender } from '../../support/rbac-api.ts';

let api: ReturnType<typeof rbacApi>;
beforeEach(() => {
  api = rbacApi();
});

const MAPS = '/api/v1/namespaces/x/configmaps';
const bob: Sender = { user: 'bob' };
const status = async (...asked: Parameters<RbacApi['send']>) => (await api.send(...asked)).status;
const message = async (...asked: Parameters<RbacApi['send']>) => {
  const { status: code, body } = await api.send(...asked);
  return `${code} ${body.message}`;
};

describe('a role that is bound', () => {
  it('allows its verbs on its resources, in its namespace, and nothing else', async () => {
    await api.send('POST', '/api/v1/namespaces', { metadata: { name: 'y' } });
    await api.role('reader', rule('get,list', 'configmaps,pods/log'));
    await api.bind('Role', 'reader', 'x', person('bob'));
    expect(await status('GET', MAPS, undefined, bob)).toBe(200);
    expect(await status('GET', MAPS, undefined, { user: 'eve' })).toBe(403);
    expect(await status('GET', '/api/v1/namespaces/y/configmaps', undefined, bob)).toBe(403);
    expect(await status('GET', '/api/v1/configmaps', undefined, bob)).toBe(403);
    expect(await status('GET', `${MAPS}?watch=1`, undefined, bob)).toBe(403);
    expect(await status('POST', MAPS, { metadata: { name: 'm' } }, bob)).toBe(403);
    // Allowed, and not there; a role for pods/log is none for pods.
    expect(await status('GET', '/api/v1/namespaces/x/pods/p/log', undefined, bob)).toBe(404);
    expect(await status('GET', '/api/v1/namespaces/x/pods/p', undefined, bob)).toBe(403);
  });

  it('is taken away with its binding', async () => {
    await api.bind('ClusterRole', 'view', 'x', person('bob'));
    expect(await status('GET', MAPS, undefined, bob)).toBe(200);
    await api.send('DELETE', `${RBAC}/namespaces/x/rolebindings/b1`);
    expect(await status('GET', MAPS, undefined, bob)).toBe(403);
  });

  it('allows only the names that it lists, which a list by field selector asks for too', async () => {
    await api.role('one', rule('get,list', 'configmaps', { resourceNames: ['a'] }));
    await api.bind('Role', 'one', 'x', person('bob'));
    expect(await status('GET', `${MAPS}/a`, undefined, bob)).toBe(404);
    expect(await status('GET', `${MAPS}/b`, undefined, bob)).toBe(403);
    expect(await status('GET', MAPS, undefined, bob)).toBe(403);
    expect(await status('GET', `${MAPS}?fieldSelector=metadata.name%3Da`, undefined, bob)).toBe(200);
  });

  it.each([
    ['a group', { groups: ['team'] }, { kind: 'Group', name: 'team' }],
    ['everybody with a name', {}, { kind: 'Group', name: 'system:authenticated' }],
    ['a ServiceAccount', { user: 'system:serviceaccount:x:robot' }, account('robot')],
    [
      'the ServiceAccounts of a namespace',
      { user: 'system:serviceaccount:x:robot' },
      { kind: 'Group', name: 'system:serviceaccounts:x' },
    ],
  ])('reaches %s', async (_, as, subject) => {
    const sender = { user: 'bob', ...as };
    await api.role('reader', rule('list', 'configmaps'));
    expect(await status('GET', MAPS, undefined, sender)).toBe(403);
    await api.bind('Role', 'reader', 'x', subject);
    expect(await status('GET', MAPS, undefined, sender)).toBe(200);
  });

  it('gives wildcards and paths their meaning', async () => {
    await api.clusterRole('wide', rule('get', '*/scale', { apiGroups: ['*'] }), {
      verbs: ['get'],
      nonResourceURLs: ['/metrics', '/some/*'],
    });
    await api.bind('ClusterRole', 'wide', 'cluster', person('bob'));
    expect(await status('GET', '/apis/apps/v1/namespaces/x/deployments/d/scale', undefined, bob)).toBe(404);
    expect(await status('GET', '/apis/apps/v1/namespaces/x/deployments/d', undefined, bob)).toBe(403);
    expect(await status('GET', '/metrics', undefined, bob)).toBe(200);
    expect(await status('GET', '/some/thing', undefined, bob)).toBe(404);
    expect(await status('GET', '/listeners', undefined, bob)).toBe(403);
  });

  it('must allow to create what an apply would make', async () => {
    await api.role('patcher', rule('patch', 'configmaps'));
    await api.bind('Role', 'patcher', 'x', person('bob'));
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } };
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    const apply = (as: Sender) => api.send('PATCH', `${MAPS}/a?fieldManager=m`, applied, { ...as, headers });
    expect((await apply(bob)).body.message).toBe(
      'configmaps "a" is forbidden: User "bob" cannot create resource "configmaps" in API group "" in the namespace "x"',
    );
    expect((await apply({})).status).toBe(201);
    expect((await apply(bob)).status).toBe(200);
  });

  it('lets somebody look at the namespace that they have a role in', async () => {
    await api.bind('ClusterRole', 'view', 'x', person('bob'));
    expect(await status('GET', '/api/v1/namespaces/x', undefined, bob)).toBe(200);
    expect(await status('GET', '/api/v1/namespaces', undefined, bob)).toBe(403);
  });
});

describe('the default roles', () => {
  it.each([
    ['view', 'list', 'configmaps', 'secrets'],
    ['edit', 'list', 'secrets', 'roles'],
    ['admin', 'list', 'roles', 'nodes'],
  ])('%s may %s %s and not %s', async (role, _, may, mayNot) => {
    const path = (plural: string) =>
      plural === 'roles' ? `${RBAC}/namespaces/x/roles` : `/api/v1/namespaces/x/${plural}`;
    await api.bind('ClusterRole', role, 'x', person('bob'));
    expect(await status('GET', path(may), undefined, bob)).toBe(200);
    expect(await status('GET', path(mayNot), undefined, bob)).toBe(403);
  });

  it('are aggregated, with what others add to them', async () => {
    const waypoints = '/apis/networking.istio.io/v1/namespaces/x/sidecars';
    await api.bind('ClusterRole', 'view', 'x', person('bob'));
    expect(await status('GET', waypoints, undefined, bob)).toBe(403);
    await api.send('POST', `${RBAC}/clusterroles`, {
      metadata: { name: 'istio-view', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      rules: [rule('get,list', 'sidecars', { apiGroups: ['networking.istio.io'] })],
    });
    expect(await status('GET', waypoints, undefined, bob)).toBe(200);
    await api.send('DELETE', `${RBAC}/clusterroles/istio-view`);
    expect(await status('GET', waypoints, undefined, bob)).toBe(403);
  });

  it('are there from the start, with their bindings', async () => {
    const names = async (plural: string) =>
      (await api.send('GET', `${RBAC}/${plural}`)).body.items.map(
        (each: { metadata: { name: string } }) => each.metadata.name,
      );
    const all = await names('clusterroles');
    expect(all).toEqual(
      expect.arrayContaining(['admin', 'cluster-admin', 'edit', 'system:discovery', 'view']),
    );
    expect(await names('clusterrolebindings')).toEqual(
      expect.arrayContaining(['cluster-admin', 'system:basic-user', 'system:public-info-viewer']),
    );
  });
});

describe('a refusal', () => {
  it('says which role a binding could not find', async () => {
    await api.bind('ClusterRole', 'nosuch', 'x', person('bob'));
    expect(await message('GET', MAPS, undefined, bob)).toBe(
      '403 configmaps is forbidden: User "bob" cannot list resource "configmaps" in API group "" in the namespace "x": RBAC: clusterrole.rbac.authorization.k8s.io "nosuch" not found',
    );
  });

  it('names what was asked for, even where there is nothing of the kind', async () => {
    expect(await message('GET', '/apis/nosuch.io/v1/namespaces/x/things/t', undefined, bob)).toBe(
      '403 things.nosuch.io "t" is forbidden: User "bob" cannot get resource "things" in API group "nosuch.io" in the namespace "x"',
    );
    expect(await message('GET', '/nosuch', undefined, bob)).toBe(
      '403 forbidden: User "bob" cannot get path "/nosuch"',
    );
  });
});

describe('impersonating', () => {
  it('needs a rule for each part of who one pretends to be', async () => {
    await api.clusterRole('actor', rule('impersonate', 'users', { resourceNames: ['eve'] }));
    await api.send('POST', '/api/v1/namespaces/x/serviceaccounts', { metadata: { name: 'robot' } });
    await api.bind('ClusterRole', 'actor', 'cluster', account('robot'));
    const { body } = await api.send('POST', '/api/v1/namespaces/x/serviceaccounts/robot/token', {});
    const { token } = body.status;
    expect(await message('GET', MAPS, undefined, { token, user: 'mallory' })).toBe(
      '403 users "mallory" is forbidden: User "system:serviceaccount:x:robot" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
    expect(await message('GET', MAPS, undefined, { token, user: 'eve', groups: ['system:masters'] })).toMatch(
      /^403 groups "system:masters" is forbidden/,
    );
    expect(await message('GET', MAPS, undefined, { token, user: 'eve' })).toMatch(/User "eve" cannot list/);
  });
});
