/** Mirrors of requests with a body, as Envoy 1.39.3 streamed them. */
import { afterEach, expect, it } from 'vitest';
import type { RouteAction } from '../../../../src/envoy/config.ts';
import { type HttpProxy, OK, received, type Serve, startProxy } from './http-proxy.ts';

let proxy: HttpProxy | undefined;
afterEach(() => proxy?.close());

async function start(serve: Record<string, Serve>, more: RouteAction = {}): Promise<HttpProxy> {
  const route = { cluster: 'a', timeout: '0s', request_mirror_policies: [{ cluster: 'b' }], ...more };
  proxy = await startProxy({ routes: [{ match: { prefix: '/' }, route }], serve });
  return proxy;
}

const post = (length: number) => `POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: ${length}\r\n\r\n`;
const silent: Serve = () => {};

/** How much of a body an upstream has. */
function got({ seen }: HttpProxy, name: string): number {
  return seen.reduce((sum, line) => sum + (line.startsWith(`${name}: `) ? line.length - 3 : 0), 0);
}

it.each([
  ['without retries', {}],
  ['beside retries, whose buffer overflows', { retry_policy: { retry_on: '5xx', num_retries: 1 } }],
])('a body of any size is mirrored: %s', async (_, more) => {
  const size = 3 * 1024 * 1024;
  const there = await start({ a: silent, b: silent }, more);
  const app = await there.open();
  app.write(post(size) + 'x'.repeat(size));
  await there.until(() => got(there, 'a') === size && got(there, 'b') === size);
});

it('the mirror gets what has come before the rest is there, and outlives its request once it has all', async () => {
  const answers: (() => void)[] = [];
  const there = await start({ a: (head, socket) => answers.push(() => OK(head, socket)), b: silent });
  const app = await there.open();
  app.write(`${post(10)}12345`);
  await there.until(() => got(there, 'a') === 5 && got(there, 'b') === 5);
  app.write('67890');
  await there.until(() => got(there, 'a') === 10 && got(there, 'b') === 10);
  answers[0]?.();
  await received(app, /ok$/);
  app.destroy();
  await there.until(() => there.lines.length === 1);
  expect(there.seen).not.toContain('b closed');
});

it.each(['the answer does not wait for the body', 'the app goes'])(
  'a mirror without its whole body ends with its request: %s',
  async why => {
    const answers: (() => void)[] = [];
    const there = await start({ a: (head, socket) => answers.push(() => OK(head, socket)), b: silent });
    const app = await there.open();
    app.write(`${post(10)}12345`);
    await there.until(() => got(there, 'a') === 5 && got(there, 'b') === 5);
    if (why === 'the app goes') app.destroy();
    else answers[0]?.();
    await there.until(() => there.seen.includes('b closed'));
    expect(got(there, 'b')).toBe(5);
  },
);

it('a mirror that does not exist or cannot be reached changes nothing', async () => {
  const there = await start(
    { a: (head, socket) => socket.once('data', () => OK(head, socket)) },
    { request_mirror_policies: [{ cluster: 'none' }, { cluster: 'b' }] },
  );
  there.network.ports.delete('10.0.0.2:80');
  const app = await there.open();
  app.write(`${post(10)}12345`);
  await there.until(() => there.seen.length > 0);
  app.write('67890');
  expect(await received(app, /ok$/)).toContain('200 OK');
});
