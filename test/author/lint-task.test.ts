import { describe, expect, it } from 'vitest';
import { lintTask } from '../../src/author/lint-task.ts';
import type { Check } from '../../src/course/schema.ts';

const URL = '://api.safedata-zone.io/data';
const check = (id: string, expect: Check['expect'], call: Partial<Check['call']> = {}): Check => ({
  ...{ id, title: id, expect, call: { curl: [`http${URL}`], ...call } },
});
const said = (task: string, checks: readonly Check[], clients?: readonly string[]) =>
  lintTask({ task, checks: [...checks] }, clients).map(({ field, what }) => `${field.join('.')}: ${what}`);

describe('what a task says must stay', () => {
  const by = (scheme: string, from?: string) => check(scheme, { code: 200 }, { curl: [scheme + URL], from });

  it('is tried by both schemes, from every client', () => {
    const task = 'Open one door, and nothing else.';
    expect(said(task, [by('http'), by('https')])).toEqual([]);
    expect(said(task, [by('http')])).toEqual([
      'task: It says "nothing else", and no check sends a call by https://.',
    ]);
    expect(said(task, [by('http'), by('https'), by('http', 'b')], ['b'])).toEqual([
      'task: It says "nothing else", and no check sends a call by https:// from b.',
    ]);
  });

  it('is tried by the scheme that the sentence names', () => {
    const task = 'It gets 503. Callers by https:// must be left as they are.';
    expect(said(task, [by('https')])).toEqual([]);
    expect(said(task, [by('http')])).toEqual([
      'task: It says "left as they are", and no check sends a call by https://.',
    ]);
  });
});

describe('a number in a task', () => {
  it('of seconds is near a bound that a check has', () => {
    const task = 'It must give up after 2 s.';
    expect(said(task, [check('a', { seconds: { max: 2.7 } })])).toEqual([]);
    const far = 'task: It says "2 s", and no check measures that.';
    expect(said(task, [check('a', { seconds: { max: 4 } })])).toEqual([far]);
    expect(said(task, [check('a', { code: 504 })])).toEqual([far]);
  });

  it('of percent is a share', () => {
    const task = 'Send 20 % to the canary.';
    expect(said(task, [check('a', { share: { canary: '20%' } })])).toEqual([]);
    expect(said(task, [check('a', { share: { canary: '25%' } })])).toHaveLength(1);
  });

  it('of retries or connections is counted, itself or with the one beside it', () => {
    expect(said('It has three retries.', [check('a', { requests: { stable: 4 } })])).toEqual([]);
    expect(said('It has three retries.', [check('a', { code: 200 })])).toHaveLength(1);
    const task = 'Allow one connection and one waiting request.';
    expect(said(task, [check('a', { codes: { '200': { min: 1, max: 2 } } })])).toEqual([]);
  });

  it('that only describes asks for nothing: a status, a port, a path', () => {
    const task = 'Calls to port 443 get 503; two namespaces call /v2/data.';
    expect(said(task, [check('a', { code: 200 })])).toEqual([]);
  });
});

it('a check on a cluster is advised against, unless the task is about what the mesh knows', () => {
  const named = [check('a', { log: { cluster: 'PassthroughCluster' } })];
  expect(said('Let it call the API.', named)).toEqual([
    'checks.0.expect: The check a asks for the cluster PassthroughCluster; the task asks for what calls do.',
  ]);
  expect(said('The mesh knows the API. Keep it so.', named)).toEqual([]);
});
