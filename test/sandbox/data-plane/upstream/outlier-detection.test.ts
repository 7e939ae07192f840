import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutlierDetection } from '../../../../src/envoy/config.ts';
import { Counters } from '../../../../src/sandbox/data-plane/counters.ts';
import { OutlierDetector } from '../../../../src/sandbox/data-plane/upstream/outlier-detection.ts';
import { UpstreamHost } from '../../../../src/sandbox/data-plane/upstream/upstream-host.ts';

let time: number;
let counters: Counters;
let detectors: OutlierDetector[];

beforeEach(() => {
  time = 1_000_000;
  counters = new Counters();
  detectors = [];
});

afterEach(() => {
  for (const detector of detectors) detector.close();
});

function detect(config: OutlierDetection, hosts: number) {
  const detector = new OutlierDetector(
    config,
    counters,
    () => time,
    () => 0.5,
    () => {},
  );
  detectors.push(detector);
  const all = Array.from({ length: hosts }, (_, i) => new UpstreamHost({ ip: `10.0.0.${i}`, port: 80 }, ''));
  detector.setHosts(all);
  const together = (host: number, ...codes: number[]) => {
    for (const code of codes) detector.putResponseCode(all[host] as UpstreamHost, code);
  };
  const answers = async (host: number, ...codes: number[]) => {
    for (const code of codes) {
      together(host, code);
      await setImmediate();
    }
  };
  const later = (seconds: number) => {
    time += seconds * 1000;
    detector.checkIntervals();
  };
  return { detector, hosts: all, answers, together, later, ejected: () => all.map(host => host.ejected) };
}

it('ejects after so many failures in a row, and takes the host back later', async () => {
  const { answers, ejected, later } = detect(
    { consecutive_5xx: 2, base_ejection_time: '3s', max_ejection_percent: 100 },
    1,
  );
  await answers(0, 500, 200, 503);
  expect(ejected()).toEqual([false]);
  await answers(0, 500);
  expect(ejected()).toEqual([true]);
  later(2.9);
  expect(ejected()).toEqual([true]);
  later(0.1);
  expect(ejected()).toEqual([false]);
  expect(counters.get('outlier_detection.ejections_active')).toBe(0);
});

it('ejects longer each time, and forgives with time', async () => {
  const { answers, ejected, later } = detect(
    { consecutive_5xx: 1, base_ejection_time: '10s', max_ejection_percent: 100 },
    1,
  );
  await answers(0, 500);
  later(10);
  await answers(0, 500);
  later(10);
  expect(ejected()).toEqual([true]);
  later(10);
  expect(ejected()).toEqual([false]);
  later(10);
  later(10);
  await answers(0, 500);
  later(10);
  expect(ejected()).toEqual([false]);
});

it('ejects nobody where one host is more than max_ejection_percent, which is 10 unless told', async () => {
  const few = detect({ consecutive_5xx: 1 }, 9);
  await few.answers(0, 500);
  expect(few.ejected()).not.toContain(true);
  expect(counters.get('outlier_detection.ejections_overflow')).toBe(1);
  const half = detect({ consecutive_5xx: 1, max_ejection_percent: 50 }, 2);
  await half.answers(0, 500);
  await half.answers(1, 500);
  expect(half.ejected()).toEqual([true, false]);
});

it('counts gateway errors apart, and acts on them only where that is enforced', async () => {
  const lenient = detect({ consecutive_gateway_failure: 2, max_ejection_percent: 100 }, 1);
  await lenient.answers(0, 503, 503);
  expect(lenient.ejected()).toEqual([false]);
  const strict = detect(
    {
      consecutive_5xx: 0,
      enforcing_consecutive_5xx: 0,
      consecutive_gateway_failure: 2,
      enforcing_consecutive_gateway_failure: 100,
      max_ejection_percent: 100,
    },
    1,
  );
  await strict.answers(0, 503, 500, 503);
  expect(strict.ejected()).toEqual([false]);
  await strict.answers(0, 504);
  expect(strict.ejected()).toEqual([true]);
});

it('takes failures on this side for 5xx unless they are split off', async () => {
  const joined = detect({ consecutive_5xx: 2, max_ejection_percent: 100 }, 1);
  const [host] = joined.hosts as [UpstreamHost];
  joined.detector.putLocalOrigin(host, 'connect failed');
  await setImmediate();
  joined.detector.putLocalOrigin(host, 'connect success');
  await setImmediate();
  joined.detector.putLocalOrigin(host, 'timeout');
  await setImmediate();
  expect(joined.ejected()).toEqual([true]);
  const split = detect(
    {
      consecutive_5xx: 1,
      split_external_local_origin_errors: true,
      consecutive_local_origin_failure: 2,
      max_ejection_percent: 100,
    },
    1,
  );
  const [other] = split.hosts as [UpstreamHost];
  split.detector.putLocalOrigin(other, 'connect failed');
  await setImmediate();
  expect(split.ejected()).toEqual([false]);
  split.detector.putLocalOrigin(other, 'connect failed');
  await setImmediate();
  expect(split.ejected()).toEqual([true]);
});

it('ejects a moment after a row is full, once, whatever else the host answers by then', async () => {
  const { together, ejected } = detect({ consecutive_5xx: 2, max_ejection_percent: 100 }, 1);
  together(0, 500, 500, 500, 200, 500, 500);
  expect(ejected()).toEqual([false]);
  await setImmediate();
  expect(ejected()).toEqual([true]);
  expect(counters.get('outlier_detection.ejections_detected_consecutive_5xx')).toBe(1);
});

it('counts anew from the moment in which it could not eject', async () => {
  const { together } = detect({ consecutive_5xx: 2, max_ejection_percent: 10 }, 2);
  for (let i = 0; i < 2; i++) {
    together(0, 500, 500, 500);
    await setImmediate();
  }
  expect(counters.get('outlier_detection.ejections_overflow')).toBe(2);
});

it('ejects nobody who has gone by then', async () => {
  const { detector, together, hosts } = detect({ consecutive_5xx: 1, max_ejection_percent: 100 }, 2);
  together(0, 500);
  detector.setHosts(hosts.slice(1));
  await setImmediate();
  expect(counters.get('outlier_detection.ejections_detected_consecutive_5xx')).toBe(0);
});
