import { describe, expect, it } from 'vitest';
import { argvOf } from '../../src/counterexample/argv.ts';
import { ejectionExperiments } from '../../src/counterexample/ejection-experiments.ts';
import type { Experiment, Make } from '../../src/counterexample/experiment.ts';
import type { Ejection, ProposedCall } from '../../src/difference/types.ts';

const call: ProposedCall = {
  ...{ scheme: 'http', host: 'api', port: 80, at: null, method: 'GET', path: '/data', headers: {} },
};
const make: Make = (judging, { inCopy = null, ...sent } = {}) =>
  ({ argv: argvOf(sent.call ?? call, sent), judging, inCopy }) as unknown as Experiment;
const ejection = (more: Partial<Ejection>): Ejection[] => [
  {
    ...{ after5xx: 2, afterGatewayErrors: null, afterLocal: null },
    ...{ time: 3, interval: 1, most: 2, least: 0, ...more },
  },
];
const sent = (before: readonly Ejection[], after: readonly Ejection[], faulty = false) =>
  ejectionExperiments([before, after], call, make, { stillDiffers: () => true, faulty }).map(each =>
    each.argv.filter(one => !['-m', '12', '-g'].includes(one)).join(' '),
  );

const IN_A_ROW = '-H x-lab-fail-first: 99 http://api/data?n=[1-40]';

describe('calls about a server that is left out', () => {
  it('are errors in a row, where it is about their number', () => {
    expect(sent(ejection({}), ejection({ after5xx: 3 }))).toEqual([IN_A_ROW]);
    expect(sent(ejection({}), ejection({ after5xx: 3 }), true)).toEqual(['http://api/data?n=[1-40]']);
  });

  it.each([
    ['twice as long', { time: 6 }, '51'],
    ['half as long', { time: 1.5 }, '31'],
    ['looked at every 10 s', { interval: 10 }, '51'],
  ])('come when it is back with one rule and not yet with the other: %s', (_, more, count) => {
    expect(sent(ejection({}), ejection(more))).toEqual([
      IN_A_ROW,
      `--rate 10/s http://api/data/status/503?n=[1-2] http://api/data?n=[1-${count}]`,
    ]);
  });

  it.each([
    ['too long to wait for', { time: 30 }, { time: 60 }],
    ['beside rows that differ', { after5xx: 3 }, { time: 6 }],
    ['too alike', {}, { interval: 0.5 }],
  ])('are not waited for: %s', (_, before, after) => {
    expect(sent(ejection(before), ejection(after))).toEqual([IN_A_ROW]);
  });

  it('meet one server alone, though another rule counts two kinds of errors', () => {
    const both = ejection({ after5xx: 5, afterGatewayErrors: 2 });
    expect(sent(both, ejection({ time: 6 }))).toContain(
      '--rate 10/s http://api/data/status/503?n=[1-2] http://api/data?n=[1-51]',
    );
  });

  it('fail at every server, where it is about how many may be left out', () => {
    expect(sent(ejection({}), ejection({ most: 1 }))).toContain(
      '-H x-lab-fail-first: 99 --rate 20/s http://api/data?n=[1-80]',
    );
  });

  it('are counted by servers that are all there, whichever of them is left out', () => {
    const all = (faulty: boolean) =>
      ejectionExperiments([ejection({}), ejection({ most: 1 })], call, make, {
        stillDiffers: () => true,
        faulty,
      })
        .filter(({ argv }) => argv.some(each => each.endsWith('[1-80]')))
        .map(({ judging, inCopy }) => [judging, inCopy]);
    const judging = { by: 'requests', give: 30, whichever: true };
    expect(all(true)).toEqual([[judging, 'all']]);
    expect(all(false)).toEqual([[judging, 'as the task has them']]);
  });

  it('do not fail at every server where right answers differ in how many may be left out', () => {
    const values = [ejection({}), ejection({ most: 1 }), ejection({ after5xx: 3, most: 1 })];
    const sentOf = ejectionExperiments(values, call, make, { stillDiffers: () => true, faulty: true });
    expect(sentOf.filter(({ argv }) => argv.some(each => each.endsWith('[1-80]')))).toEqual([]);
  });

  it('fail with 500 as well, which is no error of a gateway', () => {
    expect(sent(ejection({}), ejection({ after5xx: null, afterGatewayErrors: 2 }))).toContain(
      'http://api/data/status/500?n=[1-40]',
    );
  });
});
