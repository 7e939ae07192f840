import { beforeEach, describe, expect, it } from 'vitest';
import { account, person, rbacApi, rule } from '../../support/rbac-api.ts';

let api: ReturnType<typeof rbacApi>;
beforeEach(async () => {
  api = rbacApi();
  await api.role('reader', rule('get,list', 'configmaps'));
  await api.bind('Role', 'reader', 'x', person('bob'), account('robot'));
});

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
const configMaps = (verb: string, namespace = 'x') => ({
  resourceAttributes: { verb, namespace, resource: 'configmaps' },
});

describe('an access review', () => {
  it('asks the rules that requests are held against', async () => {
    const ask = async (spec: object, as = {}) =>
      (await api.send('POST', `${AUTHORIZATION}/selfsubjectaccessreviews`, { spec }, as)).body.status;
    expect(await ask(configMaps('list'), { user: 'bob' })).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b1/x" of Role "reader" to User "bob"',
    });
    expect(await ask(configMaps('list', 'y'), { user: 'bob' })).toEqual({ allowed: false });
    expect(await ask(configMaps('delete'))).toEqual({ allowed: true });
    const version = { nonResourceAttributes: { verb: 'get', path: '/version' } };
    expect((await ask(version, { user: 'nobody' })).allowed).toBe(true);
  });

  it('answers for others, in a namespace or in all', async () => {
    const spec = { ...configMaps('get'), user: 'system:serviceaccount:x:robot' };
    const local = `${AUTHORIZATION}/namespaces/x/localsubjectaccessreviews`;
    for (const path of [`${AUTHORIZATION}/subjectaccessreviews`, local]) {
      const { body } = await api.send('POST', path, { metadata: { namespace: 'x' }, spec });
      expect(body.status.reason).toBe(
        'RBAC: allowed by RoleBinding "b1/x" of Role "reader" to ServiceAccount "robot/x"',
      );
    }
    const { status, body } = await api.send('POST', local, {
      metadata: { namespace: 'x' },
      spec: { ...configMaps('get', 'y'), user: 'bob' },
    });
    expect([status, body.message]).toEqual([
      422,
      'LocalSubjectAccessReview.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "y": must match metadata.namespace',
    ]);
  });

  it('is refused when it asks for nothing, or for nobody', async () => {
    const { status, body } = await api.send('POST', `${AUTHORIZATION}/subjectaccessreviews`, { spec: {} });
    expect(status).toBe(422);
    expect(body.message).toContain(
      'exactly one of nonResourceAttributes or resourceAttributes must be specified',
    );
    expect(body.message).toContain(
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    );
  });
});

describe('a rules review', () => {
  it('lists what everybody may, and what one may besides', async () => {
    const ask = (spec: object) =>
      api.send('POST', `${AUTHORIZATION}/selfsubjectrulesreviews`, { spec }, { user: 'bob' });
    const { status } = (await ask({ namespace: 'x' })).body;
    expect(status.resourceRules).toContainEqual({
      ...{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] },
    });
    expect(status.resourceRules).toContainEqual({
      verbs: ['create'],
      apiGroups: ['authentication.k8s.io'],
      resources: ['selfsubjectreviews'],
    });
    expect(status.nonResourceRules[0].nonResourceURLs).toContain('/version');
    expect(status.incomplete).toBe(false);
    expect((await ask({})).body.message).toBe('no namespace on request');
  });
});
