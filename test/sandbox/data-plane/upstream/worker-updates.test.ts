import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UpstreamHost } from '../../../../src/sandbox/data-plane/upstream/upstream-host.ts';
import { WorkerUpdates } from '../../../../src/sandbox/data-plane/upstream/worker-updates.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function hosts(...priorities: number[]): UpstreamHost[] {
  return priorities.map((priority, i) =>
    Object.assign(new UpstreamHost({ ip: `10.0.0.${i}`, port: 80 }, ''), { priority }),
  );
}

function watch(all: readonly UpstreamHost[]) {
  const updates = new WorkerUpdates(() => performance.now());
  updates.setHosts(all);
  const set = (ejected: boolean, ...which: number[]) => {
    for (const at of which) {
      (all[at] as UpstreamHost).ejected = ejected;
      updates.healthChanged();
    }
  };
  const later = (milliseconds: number) => vi.advanceTimersByTime(milliseconds);
  return { updates, set, later, leftOut: () => all.map(host => host.leftOut) };
}

it('tells of a second ejection within a second a second after it', () => {
  const { set, later, leftOut } = watch(hosts(0, 0, 0));
  set(true, 0);
  expect(leftOut()).toEqual([true, false, false]);
  later(300);
  set(true, 1);
  later(500);
  set(true, 2);
  later(499);
  expect(leftOut()).toEqual([true, false, false]);
  later(1);
  expect(leftOut()).toEqual([true, true, true]);
});

it('tells at once of what comes more than a second later', () => {
  const { set, later, leftOut } = watch(hosts(0, 0));
  set(true, 0);
  later(1001);
  set(true, 1);
  expect(leftOut()).toEqual([true, true]);
});

it('takes two hosts back a second apart that may come back together', () => {
  const { set, later, leftOut } = watch(hosts(0, 0));
  set(true, 0, 1);
  later(5000);
  set(false, 0, 1);
  expect(leftOut()).toEqual([false, true]);
  later(1000);
  expect(leftOut()).toEqual([false, false]);
});

it('waits for an ejection in another priority, too', () => {
  const { set, later, leftOut } = watch(hosts(0, 1));
  set(true, 0, 1);
  expect(leftOut()).toEqual([true, false]);
  later(1000);
  expect(leftOut()).toEqual([true, true]);
});

it('tells of hosts that come or go at once, with all ejections of their priority', () => {
  const all = hosts(0, 0, 1, 1);
  const { updates, set, later, leftOut } = watch(all);
  set(true, 0, 1, 2);
  expect(leftOut()).toEqual([true, false, false, false]);
  updates.setHosts(all.slice(0, 3));
  expect(leftOut()).toEqual([true, false, true, false]);
  later(1000);
  expect(leftOut()).toEqual([true, true, true, false]);
  later(500);
  updates.setHosts(all);
  set(false, 2);
  expect(leftOut()).toEqual([true, true, true, false]);
});

it('tells nothing any more when the cluster has gone', () => {
  const { updates, set, later, leftOut } = watch(hosts(0, 0));
  set(true, 0, 1);
  updates.close();
  later(1000);
  expect(leftOut()).toEqual([true, false]);
});
