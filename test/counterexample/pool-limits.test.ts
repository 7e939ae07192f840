import { expect, it } from 'vitest';
import { answeredAtOnce } from '../../src/counterexample/pool-limits.ts';

it.each([
  ['one connection, one waiting', { connections: 1, pending: 1 }, 2, 2],
  ['two connections, one waiting', { connections: 2, pending: 1 }, 3, 3],
  ['one connection, nobody waits', { connections: 1, pending: 0 }, 1, 1],
  ['one connection, all wait, and few are answered in time', { connections: 1 }, 4, 4],
  ['five requests', { requests: 5 }, 5, 5],
  ['places to wait alone', { pending: 3 }, 3, 40],
  ['no limit', {}, 40, 40],
])('of forty calls at once so many are answered: %s', (_, limits, low, high) => {
  const none = { connections: null, pending: null, requests: null, retries: null, also: [] };
  expect(answeredAtOnce({ ...none, ...limits })).toEqual({ low, high });
});
