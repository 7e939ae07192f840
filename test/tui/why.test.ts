import { describe, expect, it } from 'vitest';
import type { Why } from '../../src/lesson/why.ts';
import { UserError } from '../../src/shared/errors.ts';
import { KEYS } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { NOW, type Options, startTui } from './harness.ts';
import { DONE, WHY } from './why-fixtures.ts';

async function withWhy(options: Options = {}, why: () => Promise<Why> = async () => WHY) {
  const tui = await startTui(at('count', { steps: { count: DONE } }), options);
  tui.engine.explains = why;
  await tui.until(/4\/6|Step 4 of 6/);
  tui.press('y');
  return tui;
}

describe('why a call went there', () => {
  it('is told in a pane, with the lines of YAML that decided it', async () => {
    const tui = await withWhy();
    expect(await tui.until('IST0109')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 4/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Why did it go there?                                          the call, traced

       $ curl http://api.safedata-zone.io/v2/data
       GET http://api.safedata-zone.io/v2/data  to 10.96.1.7 port 80

       1 listener      0.0.0.0_80
       2 route         path starts with /v2/data   1 of 2
                     ▸ 03-virtual-service.yaml:14   - uri: {prefix: "/v2/data"}
                       03-virtual-service.yaml:15   route: [{destination: {host:
                         api.safedata-zone.io}}]
       3 cluster       outbound|443||api.safedata-zone.io
                       DestinationRule pool in mesh-network,
                         spec.trafficPolicy.outlierDetection (by kubectl)
                       ! none is ever ejected: one of 1 is more than 10 %

       ✓  The call goes to outbound|443||api.safedata-zone.io.

       Istio's analysis
         IST0109 Error, VirtualService mesh-network/api: The VirtualServices
       ──────────────────────────────────────────────────────────── ↓ 2 more: space ─
       up down choose   o open the file there   g glossary   esc close   ? keys"
    `);
  });

  it('stands beside the text where there is room', async () => {
    const tui = await withWhy({ columns: 120, rows: 40 });
    expect(await tui.until('IST0109')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ················································· 4/6                      kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       Two hundred calls                               │ Why did it go there?                                the call, traced
                                                       │
       About one in ten.                               │ $ curl http://api.safedata-zone.io/v2/data
                                                       │ GET http://api.safedata-zone.io/v2/data  to 10.96.1.7 port 80
                                                       │
                                                       │ 1 listener      0.0.0.0_80
                                                       │ 2 route         path starts with /v2/data   1 of 2
                                                       │               ▸ 03-virtual-service.yaml:14   - uri: {prefix:
                                                       │                   "/v2/data"}
                                                       │                 03-virtual-service.yaml:15   route: [{destination:
                                                       │                   {host: api.safedata-zone.io}}]
                                                       │ 3 cluster       outbound|443||api.safedata-zone.io
                                                       │                 DestinationRule pool in mesh-network,
                                                       │                   spec.trafficPolicy.outlierDetection (by kubectl)
                                                       │                 ! none is ever ejected: one of 1 is more than 10 %
                                                       │
                                                       │ ✓  The call goes to outbound|443||api.safedata-zone.io.
                                                       │
                                                       │ Istio's analysis
                                                       │   IST0109 Error, VirtualService mesh-network/api: The
                                                       │     VirtualServices mesh-network/api,mesh-network/second associated
                                                       │     with mesh gateway define the same host api.safedata-zone.io
                                                       │     which can lead to undefined behavior.
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
       up down choose   o open the file there   g glossary   esc close   l sidecar log   ? keys"
    `);
  });

  it('has another pointer in ASCII, and no other character', async () => {
    const tui = await withWhy({ look: { ascii: true } });
    const frame = await tui.until('IST0109');
    expect(frame).toContain(' > 03-virtual-service.yaml:14');
    expect(frame).toMatch(/^[ -~\n]+$/);
  });

  it('is told a screen reader in the same order, and of a move of the pointer only where it goes', async () => {
    const tui = await withWhy({ look: { screenReader: true } });
    const told = await tui.until('Chosen: 03-virtual-service.yaml:14');
    const order = ['1 listener', '03-virtual-service.yaml:14', '3 cluster', '(by kubectl)', 'IST0109'];
    const places = order.map(text => told.indexOf(text));
    expect(places.every(place => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    tui.press(KEYS.down);
    const more = await tui.until('Chosen: 03-virtual-service.yaml:15');
    expect(more.split('1 listener')).toHaveLength(2);
  });

  it('shows nothing of a reading that is not waited for any more', async () => {
    let answer: (why: Why) => void = () => {};
    const tui = await withWhy({}, () => new Promise(resolve => (answer = resolve)));
    await tui.until('reading it');
    const old = answer;
    tui.press('y');
    await tui.until(frame => !frame.includes('reading it'));
    tui.press('y');
    await tui.until('reading it');
    answer(WHY);
    await tui.until('IST0109');
    old({ ...WHY, analysis: [] });
    tui.press(KEYS.down);
    expect(await tui.until('▸ 03-virtual-service.yaml:15')).toContain('IST0109');
  });

  it('is read anew at each press', async () => {
    const tui = await withWhy();
    await tui.until('IST0109');
    tui.press('y');
    await tui.until(frame => !frame.includes('IST0109'));
    tui.press('y');
    await tui.until('IST0109');
    expect(tui.engine.asked.filter(([what]) => what === 'why')).toHaveLength(2);
  });

  it('has a spinner once that takes more than a second', async () => {
    let now = NOW;
    const tui = await withWhy({ now: () => now }, () => new Promise(() => {}));
    await tui.until('reading it');
    now += 2300;
    await tui.until('reading it 2.3 s');
  });

  it('says why it cannot be told', async () => {
    const gone = new UserError({ what: 'No call was made on this step yet.', next: ['c   makes one'] });
    const tui = await withWhy({}, () => Promise.reject(gone));
    const frame = await tui.until('No call was made on this step yet.');
    expect(frame).toContain('Try   c   makes one');
    tui.press('o');
    await tui.until('No file of yours has a part in this.');
  });
});

describe('the glossary', () => {
  it('offers what occurs in the pane, tells it, and goes back there', async () => {
    const tui = await withWhy();
    await tui.until('IST0109');
    tui.press('g');
    const menu = await tui.until('What is it?');
    expect(menu).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 4/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       What is it?

        ▸  1     listener
           2     route
           3     cluster
           4     ejection
           5     DestinationRule
           6     VirtualService











       ──────────────────────────────────────────────────────────────────────────────
       enter read   esc close"
    `);
    tui.press(KEYS.enter);
    expect(await tui.until('Source:')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 4/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       listener

       The address and port on which Envoy takes connections. The sidecar has one for
       each port of the mesh (0.0.0.0_80) and one for each address of a TCP service;
       what none of them is for comes to the listener named virtualOutbound. It is
       the first thing that decides on a call: by the address that the app dialled,
       not by the host's name.

       Source:
       https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/listeners/list
       eners








       ──────────────────────────────────────────────────────────────────────────────
       esc close   g glossary   y why   l sidecar log   ? keys"
    `);
    tui.press(KEYS.escape);
    await tui.until('IST0109');
  });

  it('is whole in the list of keys', async () => {
    const tui = await startTui(at('count'));
    await tui.until('4/6');
    tui.press('?');
    await tui.until('Keys');
    tui.press('g', '\u001b[F');
    await tui.until('exit code 101');
    tui.press(KEYS.enter);
    await tui.until('The encrypted TLS hello');
  });
});

describe('the log', () => {
  it('can be seen as it is written, and decoded again', async () => {
    const tui = await withWhy();
    tui.press('l');
    await tui.until('your own calls');
    tui.press('r');
    const raw = await tui.until('as it is, newest last');
    expect(raw).toContain('"GET / HTTP/1.1" 200 - via_upstream');
    tui.press('r');
    await tui.until('2 lines of calls that were not yours');
  });
});
