import { beforeEach, describe, expect, it } from 'vitest';
import { person, RBAC, rbacApi, rule, type Sender } from '../../support/rbac-api.ts';

let api: ReturnType<typeof rbacApi>;
beforeEach(() => {
  api = rbacApi();
});

const bob: Sender = { user: 'bob' };
const ROLES = `${RBAC}/namespaces/x/roles`;
const BINDINGS = `${RBAC}/namespaces/x/rolebindings`;
const message = async (...asked: Parameters<typeof api.send>) => {
  const { status, body } = await api.send(...asked);
  return `${status} ${body.message}`;
};

describe('nobody gives more than they have', () => {
  beforeEach(async () => {
    await api.role('manager', rule('*', 'roles,rolebindings', { apiGroups: ['rbac.authorization.k8s.io'] }));
    await api.role('reader', rule('get,list', 'configmaps'));
    await api.bind('Role', 'manager', 'x', person('bob'));
    await api.bind('Role', 'reader', 'x', person('bob'));
  });
  const role = (...rules: object[]) => ({ metadata: { name: 'r' }, rules });
  const binding = (kind: string, name: string) => ({
    metadata: { name: 'b' },
    roleRef: { kind, name },
    subjects: [person('eve')],
  });

  it('by a role', async () => {
    // The rule of manager has every verb, `escalate` and `bind` among them.
    await api.send('PUT', `${ROLES}/manager`, {
      metadata: { name: 'manager' },
      rules: [
        rule('create,update,patch,get', 'roles,rolebindings', { apiGroups: ['rbac.authorization.k8s.io'] }),
      ],
    });
    expect((await api.send('POST', ROLES, role(rule('list', 'configmaps')), bob)).status).toBe(201);
    const more = role(rule('list,delete,get', 'configmaps,secrets'));
    const refused = (what: string) =>
      `403 ${what} is forbidden: user "bob" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n`;
    expect(await message('PUT', `${ROLES}/r`, more, bob)).toBe(
      `${refused('roles.rbac.authorization.k8s.io "r"')}{APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}\n{APIGroups:[""], Resources:["secrets"], Verbs:["list" "delete" "get"]}`,
    );
    expect((await api.send('POST', BINDINGS, binding('Role', 'reader'), bob)).status).toBe(201);
    await api.send('DELETE', `${BINDINGS}/b`);
    const names = { apiGroups: ['apps'], resourceNames: ['one'] };
    await api.role('other', rule('get', 'deployments', names));
    expect(await message('POST', BINDINGS, binding('Role', 'other'), bob)).toBe(
      `${refused('rolebindings.rbac.authorization.k8s.io "b"')}{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["one"], Verbs:["get"]}`,
    );
    expect(await message('POST', BINDINGS, binding('Role', 'nosuch'), bob)).toBe(
      '404 roles.rbac.authorization.k8s.io "nosuch" not found',
    );
  });

  it('of what they may do to one object, for that object alone', async () => {
    await api.send('DELETE', `${BINDINGS}/b1`);
    await api.role('single', rule('get', 'secrets', { resourceNames: ['one'] }));
    const writer = rule('create,update', 'roles', { apiGroups: ['rbac.authorization.k8s.io'] });
    await api.role('writer', writer);
    for (const name of ['single', 'writer']) await api.bind('Role', name, 'x', person('bob'));
    const give = (more: object) => api.send('POST', ROLES, role(rule('get', 'secrets', more)), bob);
    expect((await give({})).body.message).toContain('{APIGroups:[""], Resources:["secrets"], Verbs:["get"]}');
    expect((await give({ resourceNames: ['two'] })).body.message).toContain('ResourceNames:["two"]');
    expect((await give({ resourceNames: ['one'] })).status).toBe(201);
  });

  it('unless they may escalate and bind', async () => {
    expect((await api.send('POST', ROLES, role(rule('delete', 'secrets')), bob)).status).toBe(201);
    expect((await api.send('POST', BINDINGS, binding('Role', 'r'), bob)).status).toBe(201);
    // Which holds for roles: that of a ClusterRole is another right.
    expect(
      await message('POST', BINDINGS, { ...binding('ClusterRole', 'edit'), metadata: { name: 'c' } }, bob),
    ).toMatch(/^403 rolebindings\.rbac\.authorization\.k8s\.io "c" is forbidden/);
  });
});

describe('a role or a binding', () => {
  it('gets the groups that it leaves out', async () => {
    const { body } = await api.bind('Role', 'r', 'x', person('bob'), { kind: 'ServiceAccount', name: 's' });
    expect(body).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [
        { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    });
    expect(body.metadata.generation).toBeUndefined();
  });

  it('keeps its role', async () => {
    await api.bind('Role', 'r', 'x', person('bob'));
    expect(await message('PATCH', `${BINDINGS}/b1`, { roleRef: { name: 'other' } })).toBe(
      '422 RoleBinding.rbac.authorization.k8s.io "b1" is invalid: roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"other"}: cannot change roleRef',
    );
  });

  it.each([
    [
      { resources: ['pods'], apiGroups: [''] },
      'rules[0].verbs: Required value: verbs must contain at least one value',
    ],
    [
      { verbs: ['get'], resources: ['pods'] },
      'rules[0].apiGroups: Required value: resource rules must supply at least one api group',
    ],
    [
      { verbs: ['get'], nonResourceURLs: ['/x'] },
      'rules[0].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
    ],
  ])('is refused with a rule like %j', async (wrong, why) => {
    expect(await message('POST', ROLES, { metadata: { name: 'r' }, rules: [wrong] })).toBe(
      `422 Role.rbac.authorization.k8s.io "r" is invalid: ${why}`,
    );
  });

  it('may be called what a path can hold', async () => {
    expect((await api.role('team:A_b')).status).toBe(201);
    expect(await message('POST', ROLES, { metadata: { name: 'a%b' }, rules: [] })).toContain(
      'metadata.name: Invalid value: "a%b": may not contain \'%\'',
    );
  });
});
