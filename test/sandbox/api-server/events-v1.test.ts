import { beforeEach, describe, expect, it } from 'vitest';
import { type BareApi, bareApi } from '../../support/bare-api.ts';

// Events as new recorders write them: the same objects as those of the core group, in other words.

const NEW = '/apis/events.k8s.io/v1/namespaces/x/events';
const CORE = '/api/v1/namespaces/x/events';
let app: BareApi['app'];
beforeEach(() => {
  ({ app } = bareApi());
});

async function send(method: string, path: string, body?: object, type = 'application/json') {
  const headers = { authorization: 'Bearer t', 'content-type': type };
  const response = await app.request(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const regarding = { kind: 'Pod', name: 'p', namespace: 'x' };
const event = {
  metadata: { name: 'e' },
  eventTime: '2026-11-29T20:17:30.123456Z',
  ...{ reportingController: 'a.example/c', reportingInstance: 'c-1', action: 'Testing', reason: 'Tested' },
  ...{ regarding, note: 'hello', type: 'Normal' },
};

describe('an Event of events.k8s.io', () => {
  it('is one of the core group too', async () => {
    const made = await send('POST', NEW, event);
    expect(made).toMatchObject({
      status: 201,
      body: { apiVersion: 'events.k8s.io/v1', note: 'hello', regarding },
    });
    const { body } = await send('GET', `${CORE}/e`);
    expect(body).toMatchObject({ apiVersion: 'v1', message: 'hello', involvedObject: regarding });
    expect(body).toMatchObject({ reportingComponent: 'a.example/c', eventTime: event.eventTime });
    expect(body).not.toHaveProperty('note');
    expect(body).not.toHaveProperty('regarding');
  });

  it('becomes a series by a patch, and nothing else of it changes', async () => {
    await send('POST', NEW, event);
    const series = { count: 2, lastObservedTime: '2026-11-29T20:18:30.000000Z' };
    const patch = (body: object) => send('PATCH', `${NEW}/e`, body, 'application/strategic-merge-patch+json');
    expect(await patch({ series })).toMatchObject({ status: 200, body: { series, note: 'hello' } });
    expect((await send('GET', `${CORE}/e`)).body).toMatchObject({ series, message: 'hello' });
    expect((await patch({ note: 'other' })).body.message).toBe(
      'Event.events.k8s.io "e" is invalid: message: Invalid value: "other": field is immutable',
    );
    expect((await patch({ series: { ...series, count: 1 } })).body.message).toContain(
      'series.count: Invalid value: "": should be at least 2',
    );
  });

  it.each([
    [{ eventTime: undefined }, 'eventTime: Required value'],
    [{ type: 'Odd' }, 'type: Invalid value: "": has invalid value: Odd'],
    [{ deprecatedCount: 2 }, 'count: Invalid value: "": needs to be unset'],
    [{ deprecatedSource: { component: 'c' } }, 'source: Invalid value: "": needs to be unset'],
    [{ action: '' }, 'action: Required value'],
    [{ note: 'a'.repeat(1025) }, 'message: Invalid value: "": can have at most 1024 characters'],
    [
      { regarding: { kind: 'Pod', name: 'p' } },
      'involvedObject.namespace: Invalid value: "": does not match event.namespace',
    ],
  ])('is refused with %j', async (wrong, why) => {
    const { status, body } = await send('POST', NEW, { ...event, ...wrong });
    expect([status, body.message]).toEqual([422, `Event.events.k8s.io "e" is invalid: ${why}`]);
  });

  it('is found by its own words, and deleted with others that are', async () => {
    for (const name of ['a', 'b'])
      await send('POST', NEW, { ...event, metadata: { name }, regarding: { ...regarding, name } });
    const names = async () =>
      ((await send('GET', NEW)).body.items as { metadata: { name: string } }[]).map(
        each => each.metadata.name,
      );
    expect((await send('GET', `${NEW}?fieldSelector=involvedObject.name=a`)).body.message).toBe(
      'field label not supported: involvedObject.name',
    );
    const gone = await send('DELETE', `${NEW}?fieldSelector=regarding.name=a`);
    expect(gone.body).toMatchObject({ kind: 'EventList', items: [{ note: 'hello' }] });
    expect(await names()).toEqual(['b']);
    expect((await send('DELETE', `${NEW}/b`)).status).toBe(200);
    expect(await names()).toEqual([]);
  });
});

it('an Event of the core group is about an object of its own namespace', async () => {
  const old = { metadata: { name: 'e' }, involvedObject: { ...regarding, namespace: 'y' }, count: 1 };
  expect((await send('POST', CORE, old)).body.message).toBe(
    'Event "e" is invalid: involvedObject.namespace: Invalid value: "y": does not match event.namespace',
  );
  expect((await send('POST', CORE, { ...old, involvedObject: regarding })).status).toBe(201);
});
