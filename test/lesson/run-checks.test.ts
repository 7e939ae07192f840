import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/course/schema.ts';
import { runChecks } from '../../src/lesson/run-checks.ts';
import type { Evidence, RunningProbe } from '../../src/probe/evidence.ts';
import { apiLine, evidence, logLine, transfer } from '../support/evidence.ts';

// A call that is about a server which is left out for 5 s, on machines of all kinds.

const CHECK: Check = {
  ...{ id: 'left-out', title: 'the bad one is left out', guard: false },
  call: { curl: ['http://api.safedata-zone.io/data'] },
  expect: { code: 200, inTime: '4s' },
};

function took(seconds: number, code: number): Evidence {
  const call = transfer({ code, api: { status: code } });
  const whole = evidence([call], [logLine(call)], [apiLine('stable', { status: code })]);
  return { ...whole, curl: { ...whole.curl, seconds } };
}

/** The verdict, and how often the call was sent; what comes back is the next of `all`, and the last for ever. */
async function checked(...all: Evidence[]) {
  let sent = 0;
  const start = (): RunningProbe => {
    const found = all[Math.min(sent++, all.length - 1)] as Evidence;
    return { answer: Promise.resolve(found.curl), early: [], evidence: Promise.resolve(found) };
  };
  const clock = { now: () => 0, wait: async () => {} };
  const [result] = await runChecks({ mesh: { start }, clock }, [CHECK]);
  return { ...result?.verdict, sent };
}

describe('a call that must be over in time', () => {
  it('passes however long it took, and fails where it was in time', async () => {
    expect(await checked(took(9, 200))).toMatchObject({ state: 'passed', sent: 1 });
    expect(await checked(took(3, 503))).toMatchObject({ state: 'failed', sent: 1 });
  });

  it('is sent again where it failed too late to show anything', async () => {
    expect(await checked(took(6, 503), took(2, 200))).toMatchObject({ state: 'passed', sent: 2 });
    expect(await checked(took(6, 503), took(2, 503))).toMatchObject({ state: 'failed', sent: 2 });
  });

  it('is no verdict on a machine that stays too slow', async () => {
    expect(await checked(took(6.2, 503))).toEqual({
      state: 'could-not-check',
      why: 'the call took 6.2 s, and shows something only within 4s: the machine is too busy.',
      sent: 5,
    });
  });
});
