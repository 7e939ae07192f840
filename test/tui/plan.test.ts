/** What `d` shows: the diff, and what calls would notice, below it or beside it. */
import { describe, expect, it } from 'vitest';
import type { StepPlan } from '../../src/lesson/planning.ts';
import { at, RULE } from './fixtures.ts';
import { NOW, startTui } from './harness.ts';

const CALLER = 'deploy/client in mesh-network';

const PLAN: StepPlan = {
  state: 'known',
  partial: false,
  clients: [
    {
      caller: CALLER,
      refused: [],
      unexplained: [],
      calls: [
        {
          call: 'GET https://api.safedata-zone.io/v2/data',
          changes: [
            {
              today: 'the sidecar opens no TLS',
              after:
                'the sidecar opens TLS, SNI api.safedata-zone.io, the server’s certificate is not checked',
            },
          ],
          by: ['DestinationRule mesh-network/external-api-rule'],
        },
      ],
    },
  ],
};

const planned = (plan: StepPlan | Promise<StepPlan>, step = 'rule') => {
  const engine = at(step, { live: { 'rule.yaml': RULE.replace('SIMPLE', 'DISABLE') } });
  engine.planned = plan;
  return engine;
};

describe('the diff and its plan', () => {
  it('stand below each other at 80x24', async () => {
    const tui = await startTui(planned(PLAN));
    await tui.until('2/6');
    tui.press('d');
    expect(await tui.until('by DestinationRule')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       rule.yaml   + only in the file   - only in the cluster
          6 lines the same
            host: api.safedata-zone.io
            trafficPolicy:
              tls:
        -       mode: DISABLE
        +       mode: SIMPLE

       What calls would notice   nothing is applied for it
       One call of deploy/client in mesh-network would change:

        GET https://api.safedata-zone.io/v2/data
          today  the sidecar opens no TLS
          then   the sidecar opens TLS, SNI api.safedata-zone.io, the server’s
                 certificate is not checked
                 by DestinationRule mesh-network/external-api-rule

       rule.yaml, all of it
          apiVersion: networking.istio.io/v1beta1
       ──────────────────────────────────────────────────────────── ↓ 9 more: space ─
       esc close   l sidecar log   y why   t kubectl   i reference   ? keys"
    `);
    expect(tui.engine.asked).toEqual([['plan']]);
  });

  it('stand beside each other at 120x40', async () => {
    const tui = await startTui(planned(PLAN), { columns: 120, rows: 40 });
    await tui.until('2/6');
    tui.press('d');
    expect(await tui.until('by DestinationRule')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ················································· 2/6                      kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       rule.yaml   + only in the file   - only in the cluster    │ What calls would notice   nothing is applied for it
          6 lines the same                                       │ One call of deploy/client in mesh-network would change:
            host: api.safedata-zone.io                           │
            trafficPolicy:                                       │  GET https://api.safedata-zone.io/v2/data
              tls:                                               │    today  the sidecar opens no TLS
        -       mode: DISABLE                                    │    then   the sidecar opens TLS, SNI api.safedata-zone.io,
        +       mode: SIMPLE                                     │           the server’s certificate is not checked
                                                                 │           by DestinationRule
                                                                 │           mesh-network/external-api-rule
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
                                                                 │
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       esc close   l sidecar log   y why   t kubectl   i reference   ? keys"
    `);
  });

  it('scroll together, to the end of the longer one', async () => {
    const [client] = PLAN.state === 'known' ? PLAN.clients : [];
    const calls = Array.from({ length: 12 }, (_, i) => ({
      ...{ call: `GET http://host-${i + 1}/`, by: [] },
      changes: [{ today: 'no timeout', after: 'given up after 2 s' }],
    }));
    const long = { ...PLAN, clients: [{ caller: CALLER, refused: [], unexplained: [], ...client, calls }] };
    const tui = await startTui(planned(long as StepPlan), { columns: 120, rows: 24 });
    await tui.until('2/6');
    tui.press('d');
    expect(await tui.until('12 kinds of calls')).not.toContain('host-12');
    tui.press(' ', ' ', ' ');
    expect(await tui.until('host-12')).toContain('above');
  });

  it('are there in ASCII, with the sign of what may be wrong', async () => {
    const calls = [{ call: 'GET http://catalog/', changes: [{ today: '200', after: '503' }], by: [] }];
    const plan: StepPlan = {
      ...{ state: 'known', partial: true },
      clients: [
        {
          caller: CALLER,
          refused: ['ServiceEntry/door would be refused: no'],
          calls: [],
          unexplained: calls,
        },
      ],
    };
    const tui = await startTui(planned(plan), { look: { ascii: true }, rows: 30 });
    await tui.until('2/6');
    tui.press('d');
    const frame = await tui.until('replicas, environment');
    expect(frame).toMatch(/! {2}ServiceEntry\/door would be refused: no\n\n +No call of/);
    expect(frame).toMatch(
      /! {2}The sidecar does not have .*\n.*the plan may\n +be wrong:\n\n +GET http:\/\/catalog\/\n +today {2}200\n +then {3}503/,
    );
  });

  it('come one after the other: a spinner turns after a second, and an answer to a closed pane is dropped', async () => {
    let now = NOW;
    let answer: (plan: StepPlan) => void = () => {};
    const engine = planned(new Promise<StepPlan>(resolve => (answer = resolve)));
    const tui = await startTui(engine, { now: () => now });
    await tui.until('2/6');
    tui.press('d');
    const first = await tui.until('working it out');
    expect(first).toMatch(/^ ?working it out/m);
    now += 1500;
    await tui.until(frame => /⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/.test(frame));
    expect(tui.frame()).toContain('- ');
    tui.press('d');
    await tui.until(frame => !frame.includes('working it out'));
    engine.planned = { state: 'unknown', why: 'the second answer' };
    tui.press('d');
    await tui.until('the second answer');
    answer(PLAN);
    tui.press('t', 'd');
    expect(await tui.until('the second answer')).not.toContain('by DestinationRule');
  });

  it('tell in a line what could not be told, and the lesson goes on', async () => {
    const tui = await startTui(planned({ state: 'unknown', why: 'client-1 did not answer.' }));
    await tui.until('2/6');
    tui.press('d');
    expect(await tui.until('did not answer')).toMatch(/mode: DISABLE/);
    expect(tui.frame()).toMatch(/! {2}What calls would notice is not known: client-1 did not answer/);
    tui.press('d');
    await tui.until('enter apply');
  });

  it('are the diff alone where there is nothing to plan', async () => {
    const tui = await startTui(at('both', { connected: false }), { columns: 120, rows: 40 });
    await tui.until('5/6');
    tui.press('d');
    const frame = await tui.until('Not applied yet');
    expect(frame).not.toContain('What calls would notice');
    expect(frame).toContain('Make both callers work');
  });

  it('are told one after the other by a screen reader, each once', async () => {
    const tui = await startTui(planned(PLAN), { look: { screenReader: true }, columns: 120 });
    await tui.until('Step 2 of 6');
    tui.press('d');
    const told = await tui.until('by DestinationRule');
    expect(told.match(/only in the cluster/g)).toHaveLength(1);
    const [diff, call, today, after] = ['mode: DISABLE', 'GET https://api', 'today', 'then'].map(text =>
      told.indexOf(text),
    );
    expect([diff, call, today, after]).toEqual([diff, call, today, after].sort((a = 0, b = 0) => a - b));
    expect(diff).toBeGreaterThan(0);
  });
});
