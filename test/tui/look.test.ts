import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { at, BROKEN_PROBE, LESSON } from './fixtures.ts';
import { type Options, startTui } from './harness.ts';

// Before the program, and Ink with it, is loaded: this terminal has 256 colours.
process.env.FORCE_COLOR = '2';

const DONE = {
  phase: 'done',
  said: 0,
  proven: 1,
  hints: 0,
  solutionShown: false,
  probe: BROKEN_PROBE,
} as const;
const answered = (options: Options) => startTui(at('outage', { steps: { outage: DONE } }), options);

describe('colour', () => {
  it('one accent, one for good, one for bad', async () => {
    const tui = await answered({ look: { color: true } });
    await tui.until('so it is');
    const [red, green, blue] = ['131', '29', '63'];
    expect(tui.colourOf('✗  1')).toBe(red);
    expect(tui.colourOf('✓  2')).toBe(green);
    expect(tui.colourOf('exit 35')).toBe(red);
    expect(tui.colourOf('━━━▶')).toBe(green);
    expect(tui.colourOf('enter')).toBe(blue);
    expect(tui.colourOf('200, as before')).toBe('default');
  });

  it('none, where none is wanted', async () => {
    const tui = await answered({ look: { color: false } });
    await tui.until('so it is');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    expect(tui.raw()).not.toMatch(/\u001b\[[0-9;]*(3[0-8]|9[0-7])[;m]/);
    for (const kept of ['\u001b[1m', '\u001b[2m']) expect(tui.raw()).toContain(kept);
  });
});

describe('ASCII', () => {
  it('nothing beyond it is drawn', async () => {
    const tui = await answered({ look: { ascii: true } });
    const frame = await tui.until('so it is');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII's
    expect(stripVTControlCharacters(tui.raw())).toMatch(/^[\x00-\x7f]*$/);
    expect(frame).toMatchInlineSnapshot(`
      " 3  Step 2: DestinationRule ...................... 3/6         kind, Istio 1.31
       ------------------------------------------------------------------------------
       The same call, a minute later

       The app is the one that has always called https://.

       Same app, same URL, same API. What does it get now?
       x  1  200, as before   (you said so)
       ok 2  a TLS error in curl   (so it is)
          3  503 from the sidecar
          4  nothing, until it times out

       $ curl https://api.safedata-zone.io/v2/data                     exit 35  22 ms
         curl: (35) error:0A00010B:SSL routines::wrong version number
         app ===> sidecar ===> cluster ==========================x API stable
         https    0.0.0.0:443  outbound|443||api.safedata-zone.io  400 in clear
                  SNI matched  TLS SIMPLE around your TLS
         log   0 -   api   a request it could not read

         The sidecar did what the rule says: it opened TLS to the API and sent your
         app's bytes through it. Those bytes were TLS already.
       ------------------------------------------------------------ v 3 more: space -
       enter more   p again   c change the call   y why   l sidecar log   ? keys"
    `);
  });
});

describe('a text with escape sequences in it', () => {
  it('does not command the terminal', async () => {
    const tui = await startTui(
      at('outage', {
        steps: {
          outage: {
            ...DONE,
            probe: { ...BROKEN_PROBE, argv: ['-H', '\u001b]0;owned\u0007\u001b[2J', 'http://x'] },
          },
        },
      }),
    );
    const frame = await tui.until('3/6');
    expect(frame).toContain("curl -H '?]0;owned??[2J' http://x");
    expect(tui.raw()).not.toContain('\u001b]0;');
  });
});

describe('a screen reader', () => {
  it('hears each change once, in a text that only grows', async () => {
    const tui = await startTui(at('outage'), { look: { screenReader: true }, rows: 80 });
    await tui.until('Keys: 1-5 choose');
    tui.press('2');
    await tui.until('Chosen: 2');
    tui.engine.step({ phase: 'done', said: 1, proven: 1, probe: BROKEN_PROBE });
    await tui.until('cluster: passed');
    tui.engine.set({ notice: 'saved' });
    const text = await tui.until('saved');
    expect(text).toMatchInlineSnapshot(`
      "istio-tutor  opening the lessons
      [Lessons]  Drills  Exam  Playground  tab or 1 to 4
      opening the lessons
      q quit  ? keys
      istio-tutor  looking for a cluster
      enter open  / find  n next open  x anew  q quit  ? keys
      istio-tutor  connecting to kind
      Lesson 3, Step 2: DestinationRule. Step 3 of 6. kind, Istio 1.31.
      The same call, a minute later
      The app is the one that has always called https://.
      $ curl https://api.safedata-zone.io/v2/data
      Same app, same URL, same API. What does it get now?
         1  200, as before
         2  a TLS error in curl
         3  503 from the sidecar
         4  nothing, until it times out
         5  I don't know yet
      Keys: 1-5 choose   c change the call   backspace back   g go to   esc lessons
      ? keys
      Chosen: 2, a TLS error in curl
      Keys: enter answer and send   c change the call   backspace back   g go to   esc
      lessons   ? keys
      ✓  you said: a TLS error in curl
      $ curl https://api.safedata-zone.io/v2/data                     exit 35  22 ms
        curl: (35) error:0A00010B:SSL routines::wrong version number
      app: passed, https
      sidecar: passed, 0.0.0.0:443, SNI matched
      cluster: passed, outbound|443||api.safedata-zone.io, TLS SIMPLE around your TLS
      API stable: failed, 400 in clear
      The sidecar did what the rule says: it opened TLS to the API and sent your app's
      bytes through it. Those bytes were TLS already.
      An outage, by following the article. SIMPLE tells the sidecar to open TLS
      itself and put the app's bytes inside. But those bytes are TLS.
      Keys: enter next   p again   c change the call   y why   l sidecar log
      backspace back   g go to   esc lessons   ? keys
      saved"
    `);
    // Not only on the screen: in all that was written, nothing comes twice.
    for (const once of ['Lesson 3, Step 2', 'What does it get now', 'cluster: passed', 'saved'])
      expect(tui.raw().split(once), once).toHaveLength(2);
    expect(tui.alternate()).toBe(false);
  });

  it('hears of the list only what changes', async () => {
    const lessons = progressOf(['The blind spot', 'Step 1: ServiceEntry']);
    const tui = await startTui(scriptedEngine({ lessons }), { look: { screenReader: true }, rows: 60 });
    await tui.until('kind, Istio');
    tui.press('j');
    const text = await tui.until('Chosen: 2');
    expect(text).toMatchInlineSnapshot(`
      "istio-tutor  opening the lessons
      [Lessons]  Drills  Exam  Playground  tab or 1 to 4
      opening the lessons
      q quit  ? keys
      istio-tutor  looking for a cluster
      1  The blind spot  0/8  10 min
      what The blind spot shows
      2  Step 1: ServiceEntry  0/8  11 min
      what Step 1: ServiceEntry shows
      next: lesson 1, step 1 of 8. 0 of 16 steps done
      enter open  / find  n next open  x anew  q quit  ? keys
      Chosen: 1  The blind spot  0/8  10 min
      istio-tutor  connecting to kind
      istio-tutor  kind, Istio 1.31
      enter open  / find  n next open  x anew  w where it runs  q quit  ? keys
      Chosen: 2  Step 1: ServiceEntry  0/8  11 min"
    `);
  });
});

it('marks the namespace that is not the one of the article', async () => {
  const files = {
    'rule.yaml': LESSON.files['manifests/rule.yaml']?.replace('mesh-network', 'mesh-network-ana') ?? '',
  };
  const namespaces = { mesh: 'mesh-network-ana', outside: 'outside-ana' };
  const tui = await startTui(at('rule', { files, namespaces }));
  await tui.until('namespace: mesh-network-ana   • yours; the text says mesh-network');
});
