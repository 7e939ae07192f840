/** Hearing of changes from an API server whose watches end. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { watchObjects } from '../../src/kube/watch.ts';
import { type Answer, fakeApi } from './fake-api.ts';

const service = (name: string, namespace: string) => ({ metadata: { name, namespace } });
const event = (type: string, object: object) => Buffer.from(`${JSON.stringify({ type, object })}\n`);

it('knows what there is, hears of each change, and lists again when the watch broke', async () => {
  const lists = [[service('a', 'one')], [service('c', 'three'), service('d', 'three')], []];
  const watches: Answer[] = [
    // In pieces that end in the middle of a line, and then the server goes.
    { pieces: [event('ADDED', service('b', 'two')), ...halves(event('DELETED', service('a', 'one')))] },
    // What the server does not remember any more is told as an error.
    { pieces: [event('ERROR', { kind: 'Status', code: 410 })], open: true },
    { pieces: [event('BOOKMARK', { metadata: {} })], open: true },
  ];
  const api = await fakeApi(({ url }) => {
    if (!url.startsWith('/api/v1/services')) return undefined;
    if (url.includes('watch=true')) return watches.shift();
    const items = lists.shift() ?? [];
    return { body: { metadata: { resourceVersion: String(items.length) }, items } };
  });
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await api.close();
  });
  const heard: string[] = [];
  const kinds = [
    { apiVersion: 'v1', kind: 'Service', plural: 'services' },
    { apiVersion: 'x.io/v1', kind: 'Unknown' },
  ];
  const names = () =>
    watched.objects()?.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  const onChange = (namespace: string | null) => {
    heard.push(`${namespace}: ${names()}`);
    // Nothing of the caller's table of kinds gets into the objects.
    expect(watched.objects()?.flatMap(Object.keys)).not.toContain('plural');
  };
  const watched = watchObjects(api.kube, kinds, onChange, stop.signal);
  expect(watched.objects()).toBeNull();
  await vi.waitFor(() => expect(api.asked.filter(each => each.url.includes('watch')).length).toBe(3), {
    timeout: 10_000,
  });
  expect(heard).toEqual([
    'null: Service one/a',
    'two: Service one/a,Service two/b',
    'one: Service two/b',
    'null: Service three/c,Service three/d',
    'null: ',
  ]);
  const urls = api.asked.map(each => each.url).filter(each => each.includes('watch'));
  expect(urls.map(each => each.replace(/.*=/, ''))).toEqual(['1', '2', '0']);
});

function halves(line: Buffer): Buffer[] {
  return [line.subarray(0, 20), line.subarray(20)];
}
