import { beforeEach, describe, expect, it } from 'vitest';
import { rbacApi } from '../../support/rbac-api.ts';

let api: ReturnType<typeof rbacApi>;
beforeEach(() => {
  api = rbacApi();
});

const CORE = '/api/v1/namespaces/x';
const SERVICE = { metadata: { name: 's', labels: { old: 'l' } }, spec: { ports: [{ port: 80 }] } };
const noted = { metadata: { labels: { new: 'l' }, annotations: { seen: 'now' } } };

describe('a write of the status', () => {
  it('takes labels and annotations of a built-in kind, and nothing of its spec', async () => {
    await api.send('POST', `${CORE}/services`, SERVICE);
    const { status, body } = await api.send('PATCH', `${CORE}/services/s/status`, {
      ...noted,
      spec: { ports: [{ port: 81 }] },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
    });
    expect([status, body.metadata.labels, body.metadata.annotations, body.spec.ports[0].port]).toEqual([
      ...[200, { old: 'l', new: 'l' }, { seen: 'now' }, 80],
    ]);
    expect(body.status.loadBalancer.ingress).toEqual([{ ip: '192.0.2.1' }]);
  });

  it('that leaves them out takes them away', async () => {
    const { body: made } = await api.send('POST', `${CORE}/services`, SERVICE);
    const { labels: _, ...metadata } = made.metadata;
    const { body } = await api.send('PUT', `${CORE}/services/s/status`, { ...made, metadata });
    expect(body.metadata).not.toHaveProperty('labels');
  });

  it('is held to the rules of labels', async () => {
    await api.send('POST', `${CORE}/services`, SERVICE);
    const wrong = { metadata: { labels: { 'a b': 'c' } } };
    const { status, body } = await api.send('PATCH', `${CORE}/services/s/status`, wrong);
    expect([status, body.message]).toEqual([
      422,
      expect.stringContaining('metadata.labels: Invalid value: "a b"'),
    ]);
  });

  it('leaves a Deployment its labels, and an object of Istio all it has', async () => {
    const labels = { app: 'd' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const deployments = '/apis/apps/v1/namespaces/x/deployments';
    const entries = '/apis/networking.istio.io/v1/namespaces/x/serviceentries';
    await api.send('POST', deployments, {
      metadata: { name: 'd', labels },
      spec: { selector: { matchLabels: labels }, template },
    });
    await api.send('POST', entries, {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry' },
      metadata: { name: 'e', labels },
      spec: { hosts: ['a.example'] },
    });
    const deployment = await api.send('PATCH', `${deployments}/d/status`, noted);
    const entry = await api.send('PATCH', `${entries}/e/status`, {
      ...noted,
      status: { conditions: [{ type: 'a' }] },
    });
    expect(deployment.body.metadata).toMatchObject({ labels, annotations: { seen: 'now' } });
    expect(entry.body.metadata.labels).toEqual(labels);
    expect(entry.body.metadata).not.toHaveProperty('annotations');
    expect(entry.body.status).toEqual({ conditions: [{ type: 'a' }] });
  });
});

describe('a deletion', () => {
  it.each([
    ['services', SERVICE, 'Service'],
    ['serviceaccounts', { metadata: { name: 's' } }, 'ServiceAccount'],
    ['configmaps', { metadata: { name: 's' } }, 'Status'],
  ])('of %s answers as a cluster does', async (plural, object, kind) => {
    await api.send('POST', `${CORE}/${plural}`, object);
    const { body } = await api.send('DELETE', `${CORE}/${plural}/s`);
    expect([body.kind, body.apiVersion]).toEqual([kind, 'v1']);
    expect(kind === 'Status' ? body.details.name : body.metadata.name).toBe('s');
    expect((await api.send('GET', `${CORE}/${plural}/s`)).status).toBe(404);
  });
});
