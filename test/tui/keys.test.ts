import { describe, expect, it } from 'vitest';
import type { Check, StepOf } from '../../src/course/schema.ts';
import { KEYS } from '../support/terminal.ts';
import { at, BROKEN_PROBE, LESSON, RULE } from './fixtures.ts';
import { NOW, startTui } from './harness.ts';

describe('keys of a lesson', () => {
  it('ask the engine for what they say', async () => {
    const done = { phase: 'done', hints: 0, solutionShown: false, probe: BROKEN_PROBE } as const;
    const tui = await startTui(at('rule', { steps: { rule: done } }), { rows: 40 });
    await tui.until('2/6');
    tui.press(KEYS.enter, KEYS.backspace, 'a', 'p', 'u');
    await tui.engine.whenAsked(5);
    expect(tui.engine.asked).toEqual([['advance'], ['back'], ['apply'], ['probe'], ['bringBack']]);
    tui.press(KEYS.escape);
    await tui.engine.whenAsked(6);
    expect(tui.engine.asked.at(-1)).toEqual(['close']);
  });

  it('that are typed at once, in one piece, all count', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    tui.press(`aa${KEYS.enter}`);
    await tui.engine.whenAsked(3);
    expect(tui.engine.asked).toEqual([['apply'], ['apply'], ['advance']]);
  });

  it('that mean nothing do nothing, and a paste is no command', async () => {
    const tui = await startTui(at('count'));
    await tui.until('4/6');
    tui.press('x', 'Z', '7', '~', '\u001b[24~', 'ä', '\u0001');
    await tui.read();
    tui.press('a quick paste that would apply, probe and quit');
    await tui.read();
    tui.press('\u001b[200~', 'a: 1\rp', ':', '\r', 'q', '\u001b[201~');
    await tui.read();
    // From a terminal that marks nothing: the lines are no keys; the Enter behind them is one.
    tui.press('kind: q\ra: p\rr: q');
    await tui.read();
    // As most terminals send it: marks and text in one piece, or the end mark torn apart.
    tui.press('\u001b[200~kind: q\ra: p\rq\u001b[201~');
    await tui.read();
    tui.press('\u001b[200~kind: q\ra: p\rq\u001b[20', '1~');
    await tui.read();
    tui.press('?');
    await tui.until('back to the list of lessons');
    expect(tui.engine.asked).toEqual([]);
  });

  it('are obeyed again after a paste that has no end, from Ctrl-C on', async () => {
    const tui = await startTui(at('count'));
    await tui.until('4/6');
    tui.press('\u001b[200~', 'a', KEYS.ctrlC);
    expect(await tui.ended).toMatchObject({ exitCode: 130 });
    expect(tui.engine.asked).toEqual([['dispose']]);
  });

  it('are not obeyed while the engine is at work, but Ctrl-C', async () => {
    const tui = await startTui(at('count', { busy: { label: 'Sending', since: NOW - 2000 } }));
    await tui.until('Sending 2.0 s');
    tui.press('a', 'p', KEYS.enter, 'r', KEYS.ctrlC);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['interrupt']]);
    tui.engine.set({ busy: null });
    await tui.until(frame => !frame.includes('Sending'));
    tui.press(KEYS.ctrlC);
    expect(await tui.ended).toMatchObject({ exitCode: 130 });
  });

  it('wait while a step is prepared, in their order, and what follows e was for the editor', async () => {
    const preparing = {
      label: "Bringing the cluster into this step's state",
      since: NOW - 2000,
      prepares: true,
    } as const;
    const tui = await startTui(at('both', { busy: preparing }));
    await tui.until('Bringing the cluster');
    tui.press(KEYS.enter, 'h', 'h', 'e', ':wq', KEYS.enter);
    await tui.until('As soon as the step is ready: h h e');
    expect(tui.engine.asked).toEqual([]);
    tui.engine.set({ busy: null });
    await tui.until('No editor was found');
    expect(tui.engine.asked).toEqual([['hint'], ['hint']]);
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(3);
    expect(tui.engine.asked.at(-1)).toEqual(['advance']);
  });

  it('that wait are forgotten with Ctrl-C; one that begins work keeps the rest waiting', async () => {
    const tui = await startTui(at('rule', { busy: { label: 'Going there', since: NOW, prepares: true } }));
    await tui.until('2/6');
    tui.press('a');
    await tui.until('ready: a');
    tui.press(KEYS.ctrlC);
    await tui.until(frame => !frame.includes('ready: a'));
    tui.press('a', 'p');
    await tui.until('ready: a p');
    const working = { label: 'Applying', since: NOW };
    tui.engine.script.apply = () => tui.engine.set({ busy: working });
    tui.engine.set({ busy: null });
    await tui.engine.whenAsked(2);
    expect(tui.engine.asked).toEqual([['interrupt'], ['apply']]);
    tui.engine.set({ busy: null });
    await tui.engine.whenAsked(3);
    expect(tui.engine.asked.at(-1)).toEqual(['probe']);
  });

  it('answer a question by pointer or digit', async () => {
    const tui = await startTui(at('outage'));
    await tui.until("5  I don't know yet");
    expect(tui.frame()).not.toContain('▸');
    tui.press(KEYS.enter);
    await tui.until('Choose an answer first');
    tui.press(KEYS.down);
    await tui.until('▸ 1');
    tui.press('4', KEYS.up);
    await tui.until('▸ 3');
    tui.press('p');
    await tui.until('First say what you expect');
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['answer', 2]]);
  });

  it('say that one does not know yet, with the last answer, which up begins with', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press(KEYS.up);
    await tui.until("▸ 5  I don't know yet");
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['answer', null]]);
  });

  it('show who only reads the right answer, and a word on the one that was chosen', async () => {
    const tui = await startTui(at('outage', { connected: false, kubeconfig: null }));
    await tui.until('3/6');
    expect(tui.frame()).not.toContain('so it is');
    tui.press('3');
    const frame = await tui.until('2  a TLS error in curl   (so it is)');
    expect(frame).toContain('3  503 from the sidecar   (you said so)');
    expect(frame).toContain('A 503 is HTTP');
    expect(tui.engine.asked).toEqual([]);
  });

  it('Enter shows the rest of a text before it does anything', async () => {
    const tui = await startTui(at('rule'), { columns: 62, rows: 18 });
    await tui.until('enter more');
    tui.press(KEYS.enter);
    await tui.until('enter apply');
    expect(tui.engine.asked).toEqual([]);
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['advance']]);
  });
});

describe('hints, solution, reset', () => {
  it('where a step has no files to edit, a reset says that files stay', async () => {
    const tui = await startTui(at('rule'));
    await tui.until('2/6');
    tui.press('r');
    expect((await tui.until('Go back to the start')).split('\n').at(-1)).toMatchInlineSnapshot(
      `" Go back to the start of this step? Your files stay as they are.   y yes   n no"`,
    );
  });

  it('a hint comes at once, the reset after a yes', async () => {
    const tui = await startTui(at('both'));
    await tui.until('5/6');
    tui.press('h', 'r');
    await tui.until('Go back to the start');
    tui.press('n');
    await tui.until(frame => !frame.includes('Go back to the start'));
    tui.press('r');
    await tui.until('Go back to the start');
    tui.press(KEYS.ctrlC);
    await tui.until(frame => !frame.includes('Go back to the start') && frame.includes('e edit'));
    tui.press('r');
    const back = await tui.until('Go back to the start');
    expect(back.split('\n').at(-1)).toMatchInlineSnapshot(
      `" Go back to the start, files too? Yours are kept as NAME.mine.   y yes   n no"`,
    );
    tui.press('q', 'y');
    await tui.engine.whenAsked(2);
    expect(tui.engine.asked).toEqual([['hint'], ['reset']]);
  });

  it('are not there where there is nothing to solve', async () => {
    const tui = await startTui(at('count'));
    await tui.until('4/6');
    tui.press('h');
    await tui.until('Hints are there where something is to be put right.');
    tui.press('s');
    await tui.until('There is nothing to solve in this step.');
    expect(tui.engine.asked).toEqual([]);
  });
});

describe('the reference', () => {
  it('is a pane with a page for each kind, by its digit, and is there again where it was', async () => {
    const tui = await startTui(at('both'));
    await tui.until('5/6');
    tui.press('i');
    const first = await tui.until('Puts hosts into the mesh');
    expect(first).toContain('1 ServiceEntry  2 DestinationRule  3 VirtualService  4 Sidecar');
    tui.press('3');
    await tui.until('Says where a call for a host goes');
    tui.press(KEYS.pageDown, KEYS.pageDown);
    await tui.until('hosts (list of strings): the names that callers use.');
    tui.press('9', KEYS.escape);
    await tui.until('e edit');
    tui.press('i');
    await tui.until('Says where a call for a host goes');
  });
});

describe('changing the call', () => {
  it('begins with the first call that fails where something is to be put right', async () => {
    const tui = await startTui(at('both'));
    await tui.until('5/6');
    const failed = { state: 'failed', expected: 'this', found: 'that' } as const;
    const step = tui.engine.getSnapshot().lesson?.steps[4] as StepOf<'fix'>;
    const [first, second] = step.checks as [Check, Check];
    const result = ({ id, title }: Check) => ({ id, title, guard: false });
    tui.engine.step({
      checks: [
        { ...result(first), verdict: { state: 'passed', found: 'it' } },
        { ...result(second), verdict: failed },
      ],
    });
    tui.press('c');
    await tui.until(
      frame => frame.includes('Change the call') && frame.includes(second.call.curl.at(-1) ?? ''),
    );
  });

  it('is a line with a cursor, and sends what was typed', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    expect(await tui.until('Change the call')).toMatchInlineSnapshot(`
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





       Change the call
       $ curl https://api.safedata-zone.io/v2/data
       ──────────────────────────────────────────────────────────────────────────────
       enter send   up earlier calls   ctrl-u empty   esc leave it"
    `);
    tui.press('?x=1', KEYS.home, KEYS.right, KEYS.right, KEYS.right, KEYS.right, ' -v');
    await tui.until('curl -v https://api.safedata-zone.io/v2/data?x=1');
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['probe', ['-v', 'https://api.safedata-zone.io/v2/data?x=1']]]);
  });

  it('says what is wrong with it, and Esc leaves it', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    await tui.until('Change the call');
    tui.press(' | grep x', KEYS.enter);
    await tui.until('Only one plain call');
    tui.press('\u0015', 'wget http://catalog/', KEYS.enter);
    await tui.until('wget is not run');
    tui.press('\u0015', "curl -H 'x", KEYS.enter);
    await tui.until('is not closed');
    tui.press(KEYS.escape);
    await tui.until(frame => !frame.includes('Change the call'));
    expect(tui.engine.asked).toEqual([]);
  });

  it('takes a paste of several lines as a shell would, and sends it with Enter alone', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    await tui.until('Change the call');
    tui.press('\u0015', '\u001b[200~', 'curl -v \\\r  -H "a: b" \\\r', '\thttp://catalog/\r', '\u001b[201~');
    await tui.until('catalog/');
    expect(tui.engine.asked).toEqual([]);
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['probe', ['-v', '-H', 'a: b', 'http://catalog/']]]);
  });

  it('takes a pasted call in the place of the one that stood there, and anything else into it', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    await tui.until('Change the call');
    tui.press('\u001b[200~', '$ curl -v http://catalog/', '\u001b[201~');
    await tui.until('catalog/');
    tui.press('\u001b[200~', 'data?curl ', '\u001b[201~');
    await tui.until('data?curl');
    tui.press(KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['probe', ['-v', 'http://catalog/data?curl']]]);
  });

  it('leave the answer that was chosen with Ctrl-C, and the program with a second one', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('2');
    await tui.until('enter answer and send');
    tui.press('\u0003');
    await tui.until('Nothing is chosen now; ctrl-c once more quits.');
    expect(tui.frame()).not.toContain('▸');
    expect(tui.frame()).toContain('1-5 choose');
    tui.press('\u0003');
    expect(await tui.ended).toMatchObject({ name: 'Interrupted' });
  });

  it('takes a character away as a whole, however many code points it is', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    await tui.until('Change the call');
    const family = '\u{1f469}\u200d\u{1f469}\u200d\u{1f467}';
    tui.press('\u0015');
    await tui.read();
    tui.press('curl http://catalog/', 'e', '\u0301', family, '\u{1f1e9}\u{1f1ea}', 'x');
    await tui.until(/catalog\/.*x/);
    tui.press(KEYS.left, KEYS.backspace, KEYS.backspace, KEYS.backspace, KEYS.enter);
    await tui.engine.whenAsked(1);
    expect(tui.engine.asked).toEqual([['probe', ['http://catalog/x']]]);
  });

  it('brings earlier calls back', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('c');
    await tui.until('Change the call');
    tui.press('\u0015', 'curl http://catalog/', KEYS.enter);
    await tui.engine.whenAsked(1);
    tui.press('c');
    await tui.until('Change the call');
    tui.press(KEYS.up);
    await tui.until('$ curl http://catalog/');
    tui.press(KEYS.down);
    await tui.until(frame => frame.split('\n').slice(-3).join().includes('v2/data'));
  });
});

describe('panes', () => {
  it('the diff: what the file has and the cluster has not, and the reverse', async () => {
    const applied = RULE.replace('SIMPLE', 'MUTUAL').replace('host: api', 'host: "api').replace('.io #', '.io" #');
    const tui = await startTui(at('both', { live: { 'rule.yaml': applied } }));
    await tui.until('5/6');
    tui.press('d');
    const told = (frame: string) => frame.includes('only in the cluster') && !frame.includes('working it out');
    expect(await tui.until(told)).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 5/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       rule.yaml   + only in the file   - only in the cluster
          6 lines the same
            host: api.safedata-zone.io
            trafficPolicy:
              tls:
        -       mode: MUTUAL
        +       mode: SIMPLE












       ──────────────────────────────────────────────────────────────────────────────
       esc close   l sidecar log   y why   t kubectl   i reference   ? keys"
    `);
    tui.press('d');
    await tui.until(frame => !frame.includes('only in the cluster'));
  });

  it("the sidecar's log", async () => {
    const tui = await startTui(at('count', { steps: { count: { phase: 'done', hints: 0, solutionShown: false } } }));
    await tui.until('4/6');
    tui.press('l');
    expect(await tui.until('not yours')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 4/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       The sidecar's access log   your own calls, newest last

       10:00:01.000  connection to 10.96.1.7:443, server name (SNI)
         api.safedata-zone.io
         answer     none seen: only bytes
         cluster    outbound|443||api.safedata-zone.io
         upstream   10.244.0.9:8443
         took       22 ms, 883 bytes from the app, 3011 to it
       2 lines of calls that were not yours
       10:00:02.000  GET api.safedata-zone.io/v2/data  HTTP/1.1
         answer     404, flag NR, route_not_found
                    The sidecar found no route, or no filter chain, for this call.
         cluster    none
         took       0 ms, 0 bytes from the app, 0 to it





       ──────────────────────────────────────────────────────────────────────────────
       esc close   r raw   g glossary   y why   ? keys"
    `);
  });

  it('all keys', async () => {
    const tui = await startTui(at('outage'));
    await tui.until('3/6');
    tui.press('?');
    expect(await tui.until('back to the list of lessons')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 3/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Keys
         enter      does the next thing: apply, send, check, go on
         backspace  a step back
         a          apply the manifest, and check
         p          send the call again
         c          change the call before it is sent
         e          edit the file in $EDITOR; saving applies and checks
         d          the file against what is applied, and which calls would notice
         y          why the call went there, and which lines of YAML decided it
         l          the sidecar's access log
         h          a hint
         s          the solution beside your file
         r          back to the start of this step, your files too (asks first)
         g          go to a step
         t          the kubectl lines that do the same, for a second terminal
         i          the fields of Istio's kinds: types, defaults, an example
         v          what the article says of this step
         u          bring the cluster up, or back
         esc        back to the list of lessons
       ──────────────────────────────────────────────────────────── ↓ 8 more: space ─
       esc close   g glossary   y why   l sidecar log"
    `);
  });

  it('kubectl, to copy', async () => {
    const kubectl = 'kubectl apply -f ~/istio-tutor/03-destination-rule/rule.yaml -f ~/istio-tutor/03-destination-rule/second.yaml';
    const tui = await startTui(at('rule', { kubectl }));
    await tui.until('2/6');
    tui.press('t');
    expect(await tui.until('In a second terminal')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 2/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       In a second terminal

       export KUBECONFIG=/state/kind.kubeconfig
       kubectl apply -f ~/istio-tutor/03-destination-rule/rule.yaml -f \\
         ~/istio-tutor/03-destination-rule/second.yaml

       The lab's namespaces are mesh-network and outside. What you apply there counts
       here as well.











       ──────────────────────────────────────────────────────────────────────────────
       esc close   c copy   d diff   l sidecar log   y why   i reference   ? keys"
    `);
    tui.press('c');
    await tui.until('Copied, where your terminal lets programs do that');
    const copied = tui.raw().split('\u001b]52;c;')[1]?.split('\u0007')[0] ?? '';
    expect(Buffer.from(copied, 'base64').toString()).toBe(`export KUBECONFIG=/state/kind.kubeconfig\n${kubectl}`);
  });

  it('go to a step', async () => {
    const tui = await startTui(at('outage', { steps: { promise: { phase: 'done', hints: 0, solutionShown: false } } }));
    await tui.until('3/6');
    tui.press('g');
    expect(await tui.until('Go to a step')).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ······················ 3/6         kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
       Go to a step

           1  ✓  A rule for the destination
           2     The article's second manifest
        ▸  3     The same call, a minute later
           4     Two hundred calls
           5     One layer of TLS for everybody
           6     What the sidecar was told











       ──────────────────────────────────────────────────────────────────────────────
       enter go there   esc close"
    `);
    tui.press(KEYS.down, KEYS.enter);
    await tui.engine.whenAsked(1);
    tui.press('g', '1');
    await tui.engine.whenAsked(2);
    expect(tui.engine.asked).toEqual([['goTo', 3], ['goTo', 0]]);
  });

  it('go to a step of two digits, whose first is a step as well', async () => {
    const steps = [...LESSON.steps, ...LESSON.steps.map(step => ({ ...step, id: `${step.id}-again` }))];
    const tui = await startTui(at('outage', { lesson: { ...LESSON, steps } }));
    tui.press('g', '1');
    await tui.until('▸  1');
    tui.press('1');
    await tui.engine.whenAsked(1);
    tui.press('g', '1', '0');
    await tui.engine.whenAsked(2);
    tui.press('g', '1', KEYS.enter);
    await tui.engine.whenAsked(3);
    tui.press('g', '1', '3');
    await tui.engine.whenAsked(4);
    expect(tui.engine.asked).toEqual([10, 9, 0, 2].map(step => ['goTo', step]));
  });
}); // biome-ignore format: rows
