import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/kube/client.ts';
import { warningTexts } from '../../src/kube/request.ts';
import { until } from '../../src/kube/wait.ts';
import { pipe } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';
import { type FakeApi, fakeApi } from './fake-api.ts';

describe('Warning headers', () => {
  it('are read whole, one or several', () => {
    expect(warningTexts(undefined)).toEqual([]);
    expect(warningTexts('299 - "unknown field \\"spec.x\\", ignored"')).toEqual([
      'unknown field "spec.x", ignored',
    ]);
    expect(warningTexts('299 - "one, with a comma", 299 - "two"')).toEqual(['one, with a comma', 'two']);
  });
});

describe('a request', () => {
  let api: FakeApi;
  afterEach(() => api.close());

  it('hands back status, body and warnings, and throws on no status', async () => {
    api = await fakeApi(() => ({
      ...{ status: 409, body: { message: 'taken' } },
      headers: { warning: '299 - "v1beta1 is old"' },
    }));
    expect(await api.kube.request('POST', '/x', { body: { a: 1 } })).toEqual({
      ...{ status: 409, body: { message: 'taken' }, warnings: ['v1beta1 is old'] },
    });
    expect(api.asked).toEqual([{ method: 'POST', url: '/x', type: 'application/json', body: '{"a":1}' }]);
  });

  it('says where nobody answered, and what to do', async () => {
    api = await fakeApi(() => ({}));
    const { kube } = api;
    await api.close();
    await expect(kube.request('GET', '/')).rejects.toMatchObject({
      name: 'ToolError',
      problem: {
        what: 'The cluster does not answer.',
        why: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:\d+: refused the connection; it is not running there\.$/,
        ),
        next: [expect.stringContaining('istio-tutor up'), expect.stringContaining('istio-tutor doctor')],
      },
    });
    api = await fakeApi(() => ({}));
  });

  it('is sent on a new connection where all that were kept are closed, as after a sleep of the machine', async () => {
    api = await fakeApi(({ url }, served) => (url === '/after' && served > 0 ? { drop: true } : {}));
    await Promise.all(['/1', '/2', '/3'].map(path => api.kube.request('GET', path)));
    expect(await api.kube.request('PUT', '/after', { body: {} })).toMatchObject({ status: 200 });
    expect(api.asked.filter(each => each.url === '/after')).toHaveLength(4);
  });

  it('that reads is sent once more where a new connection breaks; one that writes is not', async () => {
    api = await fakeApi(({ url }) =>
      api.asked.filter(each => each.url === url).length === 1 ? { drop: true } : {},
    );
    expect(await api.kube.request('GET', '/read')).toMatchObject({ status: 200 });
    const gone = { problem: { what: 'The cluster does not answer.' } };
    await api.close();
    api = await fakeApi(() => ({ drop: true }));
    await expect(api.kube.request('GET', '/read')).rejects.toMatchObject(gone);
    await expect(api.kube.request('POST', '/write', { body: {} })).rejects.toMatchObject(gone);
    expect(api.asked.map(each => each.method)).toEqual(['GET', 'GET', 'POST']);
  });

  it('ends when it is interrupted, and says so when time was up', async () => {
    api = await fakeApi(() => ({ pieces: [Buffer.from('half')], open: true }));
    const abort = new AbortController();
    const running = api.kube.request('GET', '/', { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toMatchObject({ name: 'Interrupted' });
    const patient = api.kube.request('GET', '/', { signal: AbortSignal.timeout(30) });
    await expect(patient).rejects.toMatchObject({
      name: 'ToolError',
      problem: { what: 'The cluster did not answer in time.' },
    });
  });
});

describe('connect', () => {
  it('says that there is no cluster yet', async () => {
    await expect(connect({ path: '/nowhere/kubeconfig', context: 'kind-x' })).rejects.toMatchObject({
      problem: { what: 'There is no cluster yet.', next: ['istio-tutor up'] },
    });
  });

  it('waits for no pipe that lies where a kubeconfig would', async () => {
    const path = join(folderWith({}), 'kubeconfig');
    pipe(path);
    await expect(connect({ path, context: 'kind-x' })).rejects.toMatchObject({
      problem: { what: `The kubeconfig ${path} cannot be read.`, why: `${path} is a pipe, not a file.` },
    });
  });

  it('keeps its connections for as long as the kubeconfig says the same', async () => {
    const [api, other] = [await fakeApi(() => ({})), await fakeApi(() => ({}))];
    const config = { path: api.kubeconfig, context: 'fake' };
    const first = await connect(config);
    expect(await connect(config)).toBe(first);
    copyFileSync(other.kubeconfig, api.kubeconfig);
    await (await connect(config)).request('GET', '/moved');
    expect([api.asked.length, other.asked.map(each => each.url)]).toEqual([0, ['/moved']]);
    await api.close();
    await other.close();
  });

  it('names the contexts that there are', async () => {
    const api = await fakeApi(() => ({}));
    await expect(connect({ path: api.kubeconfig, context: 'other' })).rejects.toMatchObject({
      name: 'UserError',
      problem: { why: 'It has fake.', next: ['--on context=fake'] },
    });
    await api.close();
  });
});

describe('until', () => {
  it('polls until something is there', async () => {
    let polls = 0;
    const found = until('three', async () => (++polls === 3 ? 'there' : null), {
      timeoutMs: 5000,
      everyMs: 1,
    });
    expect(await found).toBe('there');
  });

  it('names what it waited for in vain', async () => {
    const waiting = until('a miracle', async () => false, { timeoutMs: 20, everyMs: 5 });
    await expect(waiting).rejects.toMatchObject({ problem: { what: 'Waited 0 s for a miracle, in vain.' } });
  });

  it('stops waiting when interrupted', async () => {
    const abort = new AbortController();
    const waiting = until('a miracle', async () => false, {
      timeoutMs: 60_000,
      everyMs: 60_000,
      signal: abort.signal,
    });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'Interrupted' });
  });
});
