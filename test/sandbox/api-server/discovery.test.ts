import { describe, expect, it } from 'vitest';
import { bareApi } from '../../support/bare-api.ts';

const { app, store } = bareApi();
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

async function get(path: string, accept = 'application/json') {
  const response = await app.request(path, { headers: { authorization: 'Bearer t', accept } });
  // biome-ignore lint/suspicious/noExplicitAny: the body of whatever was asked for
  return { type: response.headers.get('content-type'), body: (await response.json()) as any };
}

describe('aggregated discovery', () => {
  it('says in two documents what the plain one says in many', async () => {
    const { body: list } = await get('/apis');
    const { type, body } = await get('/apis', `${AGGREGATED},application/json`);
    expect(type).toBe(AGGREGATED);
    const named = (all: { metadata?: { name: string }; name?: string }[]) =>
      all.map(each => each.metadata?.name ?? each.name);
    expect(named(body.items)).toEqual(named(list.groups));
    for (const group of [...body.items, ...(await get('/api', AGGREGATED)).body.items]) {
      for (const { version, resources } of group.versions) {
        const path = group.metadata.name ? `/apis/${group.metadata.name}/${version}` : '/api/v1';
        const plain = (await get(path)).body.resources as { name: string; kind: string; verbs: string[] }[];
        const flat = resources.flatMap(
          (each: {
            resource: string;
            responseKind: { kind: string };
            verbs: string[];
            subresources?: object[];
          }) => [
            { name: each.resource, kind: each.responseKind.kind, verbs: each.verbs },
            ...(
              (each.subresources ?? []) as {
                subresource: string;
                responseKind: { kind: string };
                verbs: string[];
              }[]
            ).map(below => ({
              name: `${each.resource}/${below.subresource}`,
              kind: below.responseKind.kind,
              verbs: below.verbs,
            })),
          ],
        );
        expect(flat).toEqual(plain.map(({ name, kind, verbs }) => ({ name, kind, verbs })));
      }
    }
  });

  it('is for who asks for it', async () => {
    expect((await get('/apis')).body.kind).toBe('APIGroupList');
    expect((await get('/api')).body.kind).toBe('APIVersions');
  });
});

describe('an Event', () => {
  it('is shown by events.k8s.io in its own words', async () => {
    store.create('events', {
      ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'x' } },
      ...{ message: 'hello', involvedObject: { kind: 'Pod', name: 'p' }, count: 2 },
    });
    const { body } = await get('/apis/events.k8s.io/v1/namespaces/x/events');
    expect(body.kind).toBe('EventList');
    expect(body.items[0]).toMatchObject({
      ...{ note: 'hello', regarding: { kind: 'Pod', name: 'p' }, deprecatedCount: 2, eventTime: null },
    });
    expect(body.items[0].message).toBeUndefined();
    const { body: one } = await get('/apis/events.k8s.io/v1/namespaces/x/events/e');
    expect([one.apiVersion, one.note]).toEqual(['events.k8s.io/v1', 'hello']);
  });
});

describe('the metrics', () => {
  it('count requests by what they ask and how they end', async () => {
    await app.request('/api/v1/namespaces/x/secrets/none', { headers: { authorization: 'Bearer t' } });
    const text = await (await app.request('/metrics', { headers: { authorization: 'Bearer t' } })).text();
    expect(text).toContain('# TYPE apiserver_request_total counter\n');
    expect(text).toContain(
      'apiserver_request_total{code="404",component="apiserver",group="",resource="secrets",subresource="",verb="GET"} 1\n',
    );
  });
});

describe('a pod of another scheduler', () => {
  it('gets its node by a binding, once', async () => {
    const spec = { schedulerName: 'mine', containers: [{ name: 'c', image: 'i' }] };
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' }, spec });
    const bind = (path: string, name?: string) =>
      app.request(`/api/v1/namespaces/x/${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
        body: JSON.stringify({ metadata: { name }, target: { kind: 'Node', name: 'sandbox' } }),
      });
    expect((await bind('bindings', 'nosuch')).status).toBe(404);
    expect((await bind('pods/p/binding')).status).toBe(201);
    expect(store.get('pods', 'x', 'p')?.spec).toMatchObject({ nodeName: 'sandbox' });
    const again = await bind('bindings', 'p');
    expect(((await again.json()) as { message: string }).message).toBe(
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "sandbox"',
    );
  });
});
