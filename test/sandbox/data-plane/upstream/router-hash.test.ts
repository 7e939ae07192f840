import { afterEach, beforeEach, expect, test } from 'vitest';
import { xxHash64 } from '../../../../src/sandbox/data-plane/upstream/xxhash64.ts';
import { type Lab, startLab } from '../http/http-lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const hashes = () => lab.main.sent.map(({ options }) => options.hash);

test.each([
  ['x-user', ['fixed', 'fixed']],
  ['x-envoy-attempt-count', ['1', '2']],
])('%s is hashed as it is sent, again with each try', async (header, values) => {
  lab.routes([
    {
      match: { prefix: '/' },
      request_headers_to_add: [
        { header: { key: 'x-user', value: 'fixed' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
      ],
      route: {
        cluster: 'main',
        hash_policy: [{ header: { header_name: header } }],
        retry_policy: { retry_on: '5xx', num_retries: 1 },
      },
    },
  ]);
  lab.serve = (_, response) => response.writeHead(503).end();
  await lab.get('/', 'x-user: ana');
  expect(hashes()).toEqual(values.map(value => xxHash64(value)));
});

test('a caller without the cookie gets the same one on each try, and with each answer of its connection', async () => {
  lab.routes([
    {
      match: { prefix: '/' },
      route: {
        cluster: 'main',
        hash_policy: [
          {
            cookie: {
              name: 'who',
              ttl: '60s',
              path: '/p',
              attributes: [{ name: 'SameSite', value: 'Strict' }, { name: 'Secure' }],
            },
          },
        ],
        retry_policy: { retry_on: '5xx', num_retries: 1 },
      },
    },
  ]);
  lab.serve = (_, response) => response.writeHead(lab.main.sent.length === 1 ? 503 : 200).end('answer');
  const { headers } = await lab.get();
  const cookies = headers.filter(line => line.startsWith('set-cookie:'));
  expect(cookies).toEqual([cookies[0], cookies[0]]);
  expect(cookies[0]).toMatch(
    /^set-cookie: who="[0-9a-f]{16}"; Max-Age=60; Path=\/p; SameSite=Strict; Secure; HttpOnly$/,
  );
  expect(new Set(hashes()).size).toBe(1);
});

test('a mirror goes without a hash', async () => {
  lab.routes([
    {
      match: { prefix: '/' },
      route: {
        cluster: 'main',
        hash_policy: [{ header: { header_name: 'x-user' } }],
        request_mirror_policies: [{ cluster: 'other' }],
      },
    },
  ]);
  await lab.get('/', 'x-user: ana');
  await lab.until(() => lab.seen.length === 2);
  expect(hashes()).toEqual([xxHash64('ana')]);
  expect(lab.other.sent.map(({ options }) => options.hash)).toEqual([undefined]);
});
