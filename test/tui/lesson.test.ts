import { describe, expect, it } from 'vitest';
import { FRESH, progressOf } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { at, BROKEN, BROKEN_PROBE, BROKEN_WALK, GOOD_WALK, LESSON, STEPS } from './fixtures.ts';
import { NOW, startTui } from './harness.ts';

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
] as const;
const KUBECTL = 'kubectl apply -f ~/istio-tutor/03-destination-rule/rule.yaml';

describe('at 80x24', () => {
  it('a text to read', async () => {
    const tui = await startTui(at('promise'));
    expect(await tui.until('1/6')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 1/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       A rule for the destination

       A DestinationRule does not choose where a call goes. It says how the sidecar
       behaves towards a destination once that is chosen: TLS, connections, and when
       an endpoint counts as sick.

       1. tls.mode: what the sidecar speaks
       2. connectionPool: how much at a time
          • and how long one waits

       │ Nothing here is for the app to know.








       ──────────────────────────────────────────────────────────────────────────────
       enter next   backspace back   g go to   esc lessons   ? keys"
    `);
  });

  it('a manifest to apply', async () => {
    const tui = await startTui(at('rule', { kubectl: KUBECTL }));
    expect(await tui.until('2/6')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       The article's second manifest

       Word for word. It names the host and no port: it holds for all of them.

       rule.yaml
          apiVersion: networking.istio.io/v1beta1
          kind: DestinationRule
          metadata:
            name: external-api-rule
            namespace: mesh-network
          spec:
            host: api.safedata-zone.io # for every port
            trafficPolicy:
              tls:
                mode: SIMPLE



       t  kubectl apply -f ~/istio-tutor/03-destination-rule/rule.yaml
       ──────────────────────────────────────────────────────────────────────────────
       enter apply   d diff   backspace back   ? keys"
    `);
  });

  it('applied, and followed to the sidecar', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    const objects = [
      { what: 'DestinationRule/external-api-rule', outcome: 'created', warnings: ['mode is old'] },
    ] as const;
    tui.engine.step({ apply: { objects } });
    await tui.until('following it to the sidecar');
    tui.engine.step({ phase: 'done', apply: { objects, effect: { kind: 'in-effect', seconds: 0.42 } } });
    expect(await tui.until('in effect after')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Word for word. It names the host and no port: it holds for all of them.

       rule.yaml
          apiVersion: networking.istio.io/v1beta1
          kind: DestinationRule
          metadata:
            name: external-api-rule
            namespace: mesh-network
          spec:
            host: api.safedata-zone.io # for every port
            trafficPolicy:
              tls:
                mode: SIMPLE

       ✓  DestinationRule/external-api-rule created
       !  Warning: mode is old
       ✓  accepted, and in effect after 0.4 s

       The cluster has TLS of its own now. Your app has not been told.
       ────────────────────────────────────────────────────────────────── ↑ 2 above ─
       enter next   a apply again   d diff   l sidecar log   backspace back   ? keys"
    `);
  });

  it('with what was put into a Sidecar, below what holds here and is not the step’s to clear', async () => {
    const line =
      'DestinationRule/pool in istio-system holds for every namespace of the cluster, this one too. To take it away: kubectl delete destinationrule pool -n istio-system';
    const tui = await startTui(at('rule', { strangers: [line] }));
    await tui.until('2/6');
    const note = 'Others use this cluster, and * would be their namespaces too. Taken out: */*; put in: ./*.';
    const objects = [{ what: 'Sidecar/default', outcome: 'configured', warnings: [], note }] as const;
    tui.engine.step({ apply: { objects } });
    const frame = await tui.until('following it to the sidecar');
    expect(frame).toContain('*/*; put in: ./*.');
    tui.press(KEYS.pageUp);
    expect(await tui.until('To take it')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       The article's second manifest

       !  DestinationRule/pool in istio-system holds for every namespace of the
          cluster, this one too. To take it away: kubectl delete destinationrule pool
          -n istio-system

       Word for word. It names the host and no port: it holds for all of them.

       rule.yaml
          apiVersion: networking.istio.io/v1beta1
          kind: DestinationRule
          metadata:
            name: external-api-rule
            namespace: mesh-network
          spec:
            host: api.safedata-zone.io # for every port
            trafficPolicy:
              tls:
                mode: SIMPLE
       ──────────────────────────────────────────────────────────── ↓ 5 more: space ─
       enter more   d diff   backspace back   ? keys"
    `);
  });

  it('refused by the API: its words whole, and the line marked', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    tui.engine.step({
      apply: {
        objects: [
          {
            what: 'DestinationRule/external-api-rule',
            outcome: 'refused',
            warnings: [],
            refusal: {
              message:
                'admission webhook "validation.istio.io" denied the request: configuration is invalid: unknown field "mod" in tls',
              field: 'spec.trafficPolicy.tls.mode',
              file: 'rule.yaml',
              line: 10,
            },
          },
        ],
      },
    });
    expect(await tui.until('Nothing was changed')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Word for word. It names the host and no port: it holds for all of them.

       rule.yaml
          apiVersion: networking.istio.io/v1beta1
          kind: DestinationRule
          metadata:
            name: external-api-rule
            namespace: mesh-network
          spec:
            host: api.safedata-zone.io # for every port
            trafficPolicy:
              tls:
       ✗        mode: SIMPLE

       ✗  DestinationRule/external-api-rule refused
          admission webhook "validation.istio.io" denied the request: configuration
            is invalid: unknown field "mod" in tls
          field spec.trafficPolicy.tls.mode, line 10 of rule.yaml
       Nothing was changed.
       ────────────────────────────────────────────────────────────────── ↑ 2 above ─
       enter apply   d diff   backspace back   ? keys"
    `);
  });

  it('a question, asked before the call', async () => {
    const tui = await startTui(at('outage'));
    expect(await tui.until('3/6')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 3/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       The same call, a minute later

       The app is the one that has always called https://.

       $ curl https://api.safedata-zone.io/v2/data

       Same app, same URL, same API. What does it get now?
          1  200, as before
          2  a TLS error in curl
          3  503 from the sidecar
          4  nothing, until it times out
          5  I don't know yet







       ──────────────────────────────────────────────────────────────────────────────
       1-5 choose   c change the call   backspace back   g go to   ? keys"
    `);
  });

  it('the answer, and why', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.engine.step({ phase: 'asked', said: 1 });
    await tui.until('you said: a TLS error in curl');
    tui.engine.step({ probe: { argv: BROKEN.argv, answer: BROKEN, own: false } });
    await tui.until('exit 35');
    tui.engine.step({ phase: 'done', proven: 1, probe: BROKEN_PROBE });
    expect(await tui.until('✓  you said')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 3/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       The same call, a minute later

       The app is the one that has always called https://.

       ✓  you said: a TLS error in curl

       $ curl https://api.safedata-zone.io/v2/data                     exit 35  22 ms
         curl: (35) error:0A00010B:SSL routines::wrong version number
         app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━━━✗ API stable
         https    0.0.0.0:443  outbound|443||api.safedata-zone.io  400 in clear
                  SNI matched  TLS SIMPLE around your TLS
         log   0 -   api   a request it could not read

         The sidecar did what the rule says: it opened TLS to the API and sent your
         app's bytes through it. Those bytes were TLS already.

       An outage, by following the article. SIMPLE tells the sidecar to open TLS
       itself and put the app's bytes inside. But those bytes are TLS.

       ──────────────────────────────────────────────────────────────────────────────
       enter next   p again   c change the call   y why   l sidecar log   ? keys"
    `);
  });

  it('an answer that is taken back leaves the call, the options, and the pointer where it was', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('3');
    const before = await tui.until('▸ 3');
    tui.engine.step({ phase: 'asked', said: 2 });
    await tui.until('you said: 503');
    tui.engine.set({ steps: { outage: FRESH } });
    expect(await tui.until('▸ 3')).toBe(before);
    tui.press('p');
    await tui.until('First say what you expect');
  });

  it('an answer that is longer than the screen begins at its beginning', async () => {
    const tui = await startTui(at('outage'), { rows: 18 });
    await tui.until('3/6');
    tui.engine.set({ busy: { label: 'Sending', since: NOW } });
    tui.engine.step({ phase: 'asked', said: 1 });
    tui.engine.step({ probe: BROKEN_PROBE });
    tui.engine.step({ phase: 'done', proven: 1 });
    tui.engine.set({ busy: null });
    const frame = await tui.until('enter more');
    expect(frame.split('\n')[2]).toBe(' ✓  you said: a TLS error in curl');
  });

  it('a wrong answer is put right, and stands there with its evidence when it is read again', async () => {
    const tui = await startTui(
      at('outage', {
        steps: {
          outage: { phase: 'done', said: 0, proven: 1, hints: 0, solutionShown: false, probe: BROKEN_PROBE },
        },
      }),
    );
    const frame = await tui.until('3/6');
    expect(frame).toContain(
      ' ✗  1  200, as before   (you said so)\n ✓  2  a TLS error in curl   (so it is)\n    3  503',
    );
  });

  it('many calls, counted', async () => {
    const tui = await startTui(at('count'));
    await tui.until('4/6');
    const argv = ['http://api.safedata-zone.io/v2/data?[1-200]'];
    const transfers = Array.from({ length: 200 }, () => ({
      ...(BROKEN.transfers[0] as (typeof BROKEN.transfers)[0]),
      exit: 0,
      code: 200,
    }));
    const answer = { argv, exit: 0, message: '', seconds: 1.84, transfers };
    tui.engine.step({
      phase: 'done',
      announced: { state: 'passed', found: '22' },
      probe: { argv, answer, walk: GOOD_WALK, own: false },
    });
    expect(await tui.until('canary')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 4/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Two hundred calls

       $ curl 'http://api.safedata-zone.io/v2/data?[1-200]'             exit 0  1.8 s
         app ━━━━━▶ sidecar    ┳━━ 178 ━▶ API stable  █████████████████████▍
         200 calls  0.0.0.0:80 ┗━━  22 ━▶ API canary  ██▋
         http
         to    outbound|80||api.safedata-zone.io

         All 200 calls went well.

       About one in ten.








       ──────────────────────────────────────────────────────────────────────────────
       enter next   p again   c change the call   y why   l sidecar log   ? keys"
    `);
  });

  it('p sends the call of the first check that fails, whoever calls; before that, of the first', async () => {
    const checks = [
      { id: 'own', title: 'mine', call: { curl: ['http://catalog/'] }, expect: { code: 200 } },
      { id: 'b', title: 'from b', call: { from: 'b', curl: ['http://pay.example-pay.io/data'] }, expect: { code: 200, repeat: 20 } },
    ]; // biome-ignore format: data
    const steps = STEPS.map(each => (each.kind === 'fix' ? { ...each, checks } : each));
    const tui = await startTui(at('both', { lesson: { ...LESSON, steps } }));
    await tui.until('p try it');
    tui.press('p');
    await tui.engine.whenAsked(1);
    const result = { guard: false, verdict: { state: 'passed', found: '' } } as const;
    const failed = { state: 'failed', expected: '200', found: '503' } as const;
    tui.engine.step({
      checks: [
        { ...result, id: 'own', title: 'mine' },
        { ...result, id: 'b', title: 'from b', verdict: failed },
      ],
    });
    await tui.until(' ✗   from b\n      $ curl ');
    expect(tui.frame()).toContain("'http://pay.example-pay.io/data#[1-20]'   from client b");
    tui.press('p');
    await tui.engine.whenAsked(2);
    expect(tui.engine.asked).toEqual([
      ['probe', ['http://catalog/'], undefined],
      ['probe', ['http://pay.example-pay.io/data#[1-20]'], 'b'],
    ]);
  });

  it('each check has its call, whatever its verdict: a digit or j and k show it, p sends it, c begins with it', async () => {
    const checks = [
      { id: 'own', title: 'mine', call: { curl: ['http://catalog/'] }, expect: { code: 200 } },
      { id: 'b', title: 'from b', call: { from: 'b', curl: ['http://pay.example-pay.io/data'] }, expect: { code: 200 } },
      { id: 'c', title: 'the last', call: { curl: ['--rate', '30/s', 'http://api.safedata-zone.io/a/long/path/that/takes/more/than/one/row?i=[1-40]'] }, expect: { code: 200 } },
    ]; // biome-ignore format: data
    const steps = STEPS.map(each => (each.kind === 'fix' ? { ...each, checks } : each));
    const tui = await startTui(at('both', { lesson: { ...LESSON, steps } }));
    const first = await tui.until('not tried yet');
    expect(first).not.toContain('$ curl');
    tui.press('3');
    const third = await tui.until('▸·   the last');
    expect(third).toContain(
      "      $ curl --rate 30/s\n        'http://api.safedata-zone.io/a/long/path/that/takes/more/than/one/row?",
    );
    tui.press('j', 'k');
    await tui.until('▸·   from b');
    expect(tui.frame()).toContain('$ curl http://pay.example-pay.io/data   from client b');
    tui.press('k', 'p');
    await tui.until('▸·   mine');
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['probe', ['http://catalog/'], undefined]]);
    const result = (id: string, title: string) => ({ id, title, guard: false }) as const;
    const failed = { state: 'failed', expected: '200', found: '503' } as const;
    const passed = { state: 'passed', found: '200' } as const;
    tui.engine.step({
      checks: [
        { ...result('own', 'mine'), verdict: failed },
        { ...result('b', 'from b'), verdict: passed },
        { ...result('c', 'the last'), verdict: passed },
      ],
    });
    await tui.until('found 503');
    tui.press('2');
    await tui.until('▸✓   from b');
    expect(tui.frame()).toMatch(/▸✓ {3}from b +200\n +\$ curl http:\/\/pay/);
    tui.press('c');
    expect(await tui.until('Change the call')).toContain('curl http://pay.example-pay.io/data');
  });

  it('an exam tells the call of no check', async () => {
    const tui = await startTui(at('both', { lesson: { ...LESSON, exam: { verdicts: true } } }));
    await tui.until('not tried yet');
    tui.press('1', 'j', '2');
    tui.engine.set({ notice: 'seen' });
    expect(await tui.until('seen')).not.toContain('$ curl');
  });

  it('a thing to put right, with its checks', async () => {
    const tui = await startTui(at('both', { kubectl: KUBECTL }));
    await tui.until('5/6');
    tui.engine.step({
      checks: [
        { id: 'https', title: 'https://api.safedata-zone.io/v2/data', guard: true, verdict: { state: 'passed', found: '200, still end to end' } },
        { id: 'http', title: 'http://api.safedata-zone.io/v2/data', guard: false, verdict: { state: 'failed', expected: 'scheme https at the API', found: '400 "Client sent an HTTP request to an HTTPS server."', walk: BROKEN_WALK } },
        { id: 'catalog', title: 'http://catalog/', guard: false, verdict: { state: 'could-not-check', why: 'the change is not in effect yet' } },
      ],
    }); // biome-ignore format: data
    expect(await tui.until('could not check')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 5/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       One layer of TLS for everybody

       One caller had a layer too many, one a layer too few.

       Make both callers work: https:// untouched, http:// carried over TLS by the
       mesh.

        ✓   https://api.safedata-zone.io/v2/data                200, still end to end
        ✗   http://api.safedata-zone.io/v2/data
            $ curl http://api.safedata-zone.io/v2/data
            expected scheme https at the API
            found    400 "Client sent an HTTP request to an HTTPS server."
        ?   http://catalog/
            could not check: the change is not in effect yet

       Files  /work/03-destination-rule/rule.yaml
              e opens your editor; saving in any editor checks again; t: kubectl

       http://api.safedata-zone.io/v2/data
       ──────────────────────────────────────────────────────────── ↓ 7 more: space ─
       enter check   e edit   d diff   p try it   h hint 1 of 2   s solution   ? keys"
    `);
    tui.engine.step({ hints: 1 });
    expect(await tui.until('Hint 1 of 2')).toContain('The two callers use different ports.');
  });

  it('put right: what was learnt stands below the checks, and Enter goes on', async () => {
    const tui = await startTui(at('both', { kubectl: KUBECTL }));
    await tui.until('5/6');
    const passed = { state: 'passed', found: '200' } as const;
    const checks = ['https', 'http', 'catalog'].map(id => ({ id, title: id, guard: false, verdict: passed }));
    const objects = [
      { what: 'DestinationRule/external-api-rule', outcome: 'configured', warnings: [] },
    ] as const;
    tui.engine.step({
      phase: 'done',
      apply: { objects, effect: { kind: 'in-effect', seconds: 0.2 } },
      checks,
    });
    expect(await tui.until('One layer each')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 5/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       One layer of TLS for everybody

       One caller had a layer too many, one a layer too few.

       Make both callers work: https:// untouched, http:// carried over TLS by the
       mesh.

        ✓   https                                                                 200
        ✓   http                                                                  200
        ✓   catalog                                                               200

       ✓  DestinationRule/external-api-rule configured
       ✓  accepted, and in effect after 0.2 s

       Files  /work/03-destination-rule/rule.yaml
              e opens your editor; saving in any editor checks again; t: kubectl

       One layer each.

       ──────────────────────────────────────────────────────────────────────────────
       enter next   e edit   d diff   s mine | solution   r reset step   ? keys"
    `);
  });

  it('a look at the sidecar', async () => {
    const tui = await startTui(
      at('look', {
        steps: {
          look: {
            phase: 'done',
            hints: 0,
            solutionShown: false,
            inspected: ['outbound|443||api.safedata-zone.io  STRICT_DNS'],
          },
        },
      }),
    );
    expect(await tui.until('STRICT_DNS')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 6/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       What the sidecar was told

       The same facts, as Envoy has them.

       ▸ This sidecar's clusters with safedata
         outbound|443||api.safedata-zone.io  STRICT_DNS













       ──────────────────────────────────────────────────────────────────────────────
       enter finish   l sidecar log   backspace back   g go to   esc lessons   ? keys"
    `);
  });

  it('an error', async () => {
    const tui = await startTui(
      at('outage', {
        problem: {
          what: 'The cluster does not answer.',
          why: 'https://127.0.0.1:41205 refused the connection; its container is not running.',
          detail: 'dial tcp 127.0.0.1:41205: connect: connection refused',
          next: ['u        bring it back and rebuild this step', 'istio-tutor doctor'],
        },
      }),
    );
    expect(await tui.until('enter go on')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 3/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       ✗ The cluster does not answer.
         https://127.0.0.1:41205 refused the connection; its container is not
         running.

           dial tcp 127.0.0.1:41205: connect: connection refused

         Try   u        bring it back and rebuild this step
               istio-tutor doctor
         Your files and progress are untouched.










       ──────────────────────────────────────────────────────────────────────────────
       enter go on   u bring the cluster back   r reset step   q quit   ? keys"
    `);
  });

  it('at work: what is done, and for how long', async () => {
    const tui = await startTui(
      at('count', { busy: { label: 'Sending 200 calls', since: NOW - 1400, line: '120 answered' } }),
    );
    expect((await tui.until('Sending')).split('\n').at(-1)).toBe(
      ' ⠼ Sending 200 calls 1.4 s   120 answered                           ctrl-c stop',
    );
  });
});

describe('at 120x40', () => {
  it('the manifest stands beside the text', async () => {
    const tui = await startTui(at('rule', { kubectl: KUBECTL }), SIZES[1]);
    expect(await tui.until('2/6')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ················································· 2/6                      kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       The article's second manifest                   │ rule.yaml
                                                       │    apiVersion: networking.istio.io/v1beta1
       Word for word. It names the host and no port:   │    kind: DestinationRule
       it holds for all of them.                       │    metadata:
                                                       │      name: external-api-rule
                                                       │      namespace: mesh-network
                                                       │    spec:
                                                       │      host: api.safedata-zone.io # for every port
                                                       │      trafficPolicy:
                                                       │        tls:
                                                       │          mode: SIMPLE
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
       t  kubectl apply -f ~/istio-tutor/03-destination-rule/rule.yaml
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       enter apply   d diff   backspace back   ? keys"
    `);
  });

  it('the answer stands beside its explanation', async () => {
    const tui = await startTui(at('outage'), SIZES[1]);
    await tui.until('3/6');
    tui.engine.step({ phase: 'done', said: 1, proven: 1, probe: BROKEN_PROBE });
    expect(await tui.until('✓  you said')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ················································· 3/6                      kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
       The same call, a minute later                   │ $ curl https://api.safedata-zone.io/v2/data           exit 35  22 ms
                                                       │   curl: (35) error:0A00010B:SSL routines::wrong version number
       The app is the one that has always called       │
       https://.                                       │   app ━━━▶ sidecar ━━━▶ cluster ━━━━━━━━━━━━━━━━━━━━━━━━✗ API stable
                                                       │   https    0.0.0.0:443  outbound|443||                    400 in
       ✓  you said: a TLS error in curl                │            SNI matched  api.safedata-zone.io              clear
                                                       │                         TLS SIMPLE around your TLS
       An outage, by following the article. SIMPLE     │   log   0 -  outbound|443||api.safedata-zone.io
       tells the sidecar to open TLS itself and put    │   api   a request it could not read
       the app's bytes inside. But those bytes are     │
       TLS.                                            │   The sidecar did what the rule says: it opened TLS to the API and
                                                       │   sent your app's bytes through it. Those bytes were TLS already.
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
       enter next   p again   c change the call   y why   l sidecar log   backspace back   g go to   esc lessons   ? keys"
    `);
  });
});

describe('windows of other sizes', () => {
  it('a text is scrolled, and says how much is out of sight', async () => {
    const tui = await startTui(at('rule'), { columns: 62, rows: 18 });
    const top = await tui.until('2/6');
    expect(top).toMatch(/↓ \d+ more: space/);
    expect(top).not.toContain('SIMPLE');
    tui.press(' ');
    const end = await tui.until('SIMPLE');
    expect(end).toMatch(/↑ \d+ above/);
  });

  it('too small: says what is needed', async () => {
    const tui = await startTui(at('promise'), { columns: 59, rows: 20 });
    expect(await tui.until('needs')).toMatchInlineSnapshot(`
      "istio-tutor
      needs 60 columns and 18 rows; this window has 59 and 20.
      Make it larger, or press q."
    `);
    tui.press('q');
    expect(await tui.ended).toBeNull();
  });

  it('follows the window when its size changes', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    tui.resize(120, 40);
    const wide = await tui.until('│');
    expect(wide.match(/Step 2: DestinationRule/g)).toHaveLength(1);
    tui.resize(70, 20);
    const narrow = await tui.until(frame => !frame.includes('│') && frame.includes('? keys'));
    expect(narrow.match(/Step 2: DestinationRule/g)).toHaveLength(1);
  });
});

it('draws the same step for every kind without a cluster', async () => {
  for (const step of STEPS) {
    const tui = await startTui(
      at(step.id, { connected: false, provider: 'reading only, no cluster', lessons: progressOf([]) }),
    );
    const frame = await tui.until('reading only');
    expect(frame).toContain('u bring it up');
    tui.press('q');
    await tui.ended;
  }
});
