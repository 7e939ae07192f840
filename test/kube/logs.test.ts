import { afterEach, expect, it } from 'vitest';
import { followLog, readLog } from '../../src/kube/logs.ts';
import { type Answer, type FakeApi, fakeApi } from './fake-api.ts';

const target = { namespace: 'n', pod: 'p', container: 'istio-proxy' };
let api: FakeApi;
afterEach(() => api.close());
const serve = async (answer: Answer) => {
  api = await fakeApi(() => answer);
  return api.kube;
};

it('reads a log as lines and asks for no more than it was told', async () => {
  const kube = await serve({ pieces: [Buffer.from('a\n\nb\n')] });
  expect(await readLog(kube, target, { tail: 3, sinceTime: new Date(0) })).toEqual(['a', '', 'b']);
  expect(api.asked[0]?.url).toBe(
    '/api/v1/namespaces/n/pods/p/log?container=istio-proxy&sinceTime=1970-01-01T00%3A00%3A00.000Z&tailLines=3',
  );
});

it('says why there is no log', async () => {
  const kube = await serve({ status: 404, body: { message: 'pods "p" not found' } });
  const problem = {
    what: 'The log of container istio-proxy in pod p could not be read.',
    why: 'pods "p" not found',
  };
  await expect(readLog(kube, target)).rejects.toMatchObject({ problem });
  await expect(followLog(kube, target, { onLine: () => {} })).rejects.toMatchObject({ problem });
});

it('follows a log to its end and tells it once', async () => {
  const kube = await serve({ pieces: [Buffer.from('a\nb'), Buffer.from('c\n')] });
  const lines: string[] = [];
  const error = await new Promise((onEnd, failed) => {
    followLog(kube, target, { onLine: line => lines.push(line), onEnd }).catch(failed);
  });
  expect(error).toBeUndefined();
  expect(lines).toEqual(['a', 'bc']);
});

it('tells a connection that breaks', async () => {
  const kube = await serve({ pieces: [Buffer.from('a\n')], open: true });
  const ended = new Promise<Error | undefined>((onEnd, failed) => {
    followLog(kube, target, { onLine: () => api.close(), onEnd }).catch(failed);
  });
  expect(await ended).toMatchObject({ problem: { what: 'The cluster does not answer.' } });
  api = await fakeApi(() => ({}));
});

it('is silent after stop', async () => {
  const kube = await serve({ pieces: [Buffer.from('a\n')], open: true });
  const told: string[] = [];
  await new Promise<void>((done, failed) => {
    const follower = followLog(kube, target, {
      onLine: line => {
        told.push(line);
        follower.then(({ stop }) => {
          stop();
          setImmediate(done);
        }, failed);
      },
      onEnd: () => told.push('end'),
    });
  });
  expect(told).toEqual(['a']);
});
