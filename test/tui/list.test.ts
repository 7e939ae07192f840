import { describe, expect, it } from 'vitest';
import type { LessonProgress } from '../../src/lesson/state.ts';
import { UserError } from '../../src/shared/errors.ts';
import type { ExamFacts } from '../../src/tui/screens/list/exam-tab.ts';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { type Options, startTui } from './harness.ts';

const TITLES = ['The blind spot', 'Step 1: ServiceEntry', 'Step 2: DestinationRule'];
const engine = () => scriptedEngine({ lessons: progressOf(TITLES, [[8, 8], [3, 9], [0, 11]]) }); // biome-ignore format: data

it('shows how far each lesson has been taken', async () => {
  const tui = await startTui(engine());
  expect(await tui.until('kind, Istio')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     [Lessons]  Drills   Exam   Playground                            tab or 1 to 4

         1  The blind spot                        ✓  ━━━━━━━━━━    8/8
            what The blind spot shows
      ▸  2  Step 1: ServiceEntry                     ━━━───────    3/9   8 min left
            what Step 1: ServiceEntry shows
         3  Step 2: DestinationRule                  ──────────   0/11       12 min
            what Step 2: DestinationRule shows










        next: lesson 2, step 4 of 9. 11 of 28 steps done
     ──────────────────────────────────────────────────────────────────────────────
     enter open   / find   n next open   x anew   w where it runs   q quit   ? keys"
  `);
});

it('opens the lesson that the pointer is on', async () => {
  const tui = await startTui(engine());
  await tui.until('kind, Istio');
  tui.press('j', KEYS.down, KEYS.enter);
  await tui.until('▸  3');
  expect(tui.engine.asked.filter(([action]) => action === 'open')).toEqual([['open', 'lesson-3']]);
});

it('remembers a lesson that is opened while the cluster is still looked for', async () => {
  let found = (): void => {};
  const looking = new Promise<void>(resolve => {
    found = resolve;
  });
  const tui = await startTui(engine(), {
    boot: {
      find: async () => {
        await looking;
        return [{ id: 'kind', note: '', ready: true }];
      },
    },
  });
  await tui.until('looking for a cluster');
  tui.press(KEYS.enter);
  await tui.until('"Step 1: ServiceEntry" opens as soon as it is known');
  expect(tui.engine.asked).toEqual([]);
  found();
  await tui.until('kind, Istio');
  expect(tui.engine.asked).toEqual([['open', 'lesson-2', undefined]]);
});

it('has a help, and quits', async () => {
  const tui = await startTui(engine());
  await tui.until('kind, Istio');
  tui.press('?');
  expect(await tui.until('opens what')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     Keys
       enter      opens what the pointer is on
       u          bring the cluster up, or back
       w          choose where the mesh runs
       tab        lessons, drills, exam, playground; so do 1 to 4
       /          find in the list: a word of a title, a domain, a level
       n          to the next one that is not done
       x          start it anew: forgets what was done in it (asks first)
       ?          all keys
       q          quit; everything is saved
       ctrl-c     stops what is under way; else quits
       ctrl-z     back to the shell for a while; fg goes on
       up down    move; so do k and j






     ──────────────────────────────────────────────────────────────────────────────
     esc close   q quit"
  `);
  tui.press(KEYS.escape);
  await tui.until('11 of 28');
  tui.press('z', '9');
  tui.press('q');
  expect(await tui.ended).toBeNull();
  expect(tui.engine.asked).toEqual([['dispose']]);
});

const DRILLS: LessonProgress[] = [
  ['one-door', 'Open one door', 'egress', 'easy', 1, 'Calls to api.safedata-zone.io must reach it.'],
  ['missing-subset', 'Every call fails with 503', 'routing', 'easy', 0, 'Calls must succeed again.'],
  ['wrong-drawer', 'A limit for one caller only', 'scope', 'hard', 0, 'Every caller must be limited.'],
].map(([id, title, domain, level, done, summary], at) => ({
  ...{
    id,
    title,
    done,
    summary,
    number: at + 1,
    minutes: 4,
    steps: 1,
    foreseen: { right: 0, asked: 0 },
    weak: [],
    drills: [],
    onlyRecap: false,
  },
  drill: { domain, level, points: 4 },
})) as LessonProgress[];

describe('what was missed', () => {
  const weak = ['TLS in TLS', 'what portLevelSettings replace', 'how long a breaker stays open'];
  const rows = (change: Partial<LessonProgress>) => {
    const all = progressOf(TITLES, [[8, 8], [3, 9], [0, 11]]); // biome-ignore format: data
    return all.map((row, at) =>
      at === 0 ? { ...row, foreseen: { right: 1, asked: 4 }, weak, ...change } : row,
    );
  };
  const footOf = async (change: Partial<LessonProgress>, solved: readonly string[] = []) => {
    const engine = scriptedEngine({ lessons: rows(change), study: { solved, missed: [] } });
    const tui = await startTui(engine, { boot: { read: async () => engine } });
    const frame = await tui.until('next: ');
    return frame
      .split('\n')
      .find(row => row.includes('next: '))
      ?.trim();
  };

  it('is asked again by the recap of its lesson, as long as that is open', async () => {
    expect(await footOf({ done: 7, onlyRecap: true, drills: ['double-wrap'] })).toMatch(
      /^next: the recap of lesson 1, where you missed 3 of 4\. Weak: TLS in TLS/,
    );
  });

  it('is trained by a drill after that, by one that is not solved', async () => {
    const drills = ['double-wrap', 'hidden-by-a-port'];
    expect(await footOf({ drills })).toMatch(
      /^next: drill double-wrap, for lesson 1, where you missed 3 of 4\./,
    );
    expect(await footOf({ drills }, ['double-wrap'])).toMatch(/^next: drill hidden-by-a-port,/);
    expect(await footOf({ drills }, drills)).toBe('next: lesson 2, step 4 of 9. Weak: TLS in TLS; 2 more');
  });

  it('does not stop a lesson that is under way, nor one that was mostly foreseen', async () => {
    const drills = ['double-wrap'];
    expect(await footOf({ done: 6, drills })).toContain('next: lesson 1, step 7 of 8. Weak: ');
    expect(await footOf({ foreseen: { right: 3, asked: 6 }, drills })).toContain('next: lesson 2, step 4');
  });

  it('stands in the row of its lesson', async () => {
    const engine = scriptedEngine({ lessons: rows({}) });
    const tui = await startTui(engine, { boot: { read: async () => engine } });
    expect(await tui.until('Weak: ')).toMatch(
      /The blind spot .*\n {8}Weak: TLS in TLS; what portLevelSettings replace; 1 more\n/,
    );
  });

  it('comes first among the drills', async () => {
    const missed = [
      { drill: 'one-door', topic: 'solved already' },
      { drill: 'wrong-drawer', topic: 'whose rule holds' },
    ];
    const drills = scriptedEngine({ lessons: DRILLS, study: { solved: [], missed } });
    const tui = await startTui(drills, { boot: { read: async () => drills }, tab: 'drills' });
    expect(await tui.until('next: ')).toContain(
      'next: drill wrong-drawer, which trains what you missed: whose rule holds',
    );
  });
});

/** Lessons and drills, each with an engine of its own. */
async function startList(options: Options = {}) {
  const drills = scriptedEngine({ lessons: DRILLS });
  const lessons = engine();
  const tui = await startTui(lessons, {
    ...options,
    boot: {
      connect: async (_offer, _ask, _signal, shelf) => (shelf === 'drills' ? drills : lessons),
      ...options.boot,
    },
  });
  await tui.until('kind, Istio');
  return { ...tui, drills };
}

it('turns to the drills, in the same place, and back', async () => {
  const tui = await startList();
  tui.press(KEYS.tab);
  expect(await tui.until('Open one door')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
      Lessons  [Drills]  Exam   Playground                            tab or 1 to 4

         1  Open one door                             ✓  egress     easy
            Calls to api.safedata-zone.io must reach it.
      ▸  2  Every call fails with 503                    routing    easy      4 min
            Calls must succeed again.
         3  A limit for one caller only                  scope      hard      4 min
            Every caller must be limited.










        next: drill missing-subset. 1 of 3 drills done; least in routing: 0 of 1
     ──────────────────────────────────────────────────────────────────────────────
     enter open   / find   n next open   x anew   w where it runs   q quit   ? keys"
  `);
  expect(tui.engine.asked).toEqual([['dispose']]);
  tui.press(KEYS.enter);
  await tui.drills.whenAsked(1);
  expect(tui.drills.asked).toEqual([['open', 'missing-subset']]);
  tui.press('1');
  await tui.until('The blind spot');
});

it('finds rows by what stands in them, and opens the one that is found', async () => {
  const tui = await startList({ tab: 'drills' });
  await tui.until('Open one door');
  tui.press('/', ...'hard');
  const found = await tui.until(frame => !frame.includes('Open one door'));
  expect(found).toContain('A limit for one caller only');
  expect(found).toMatch(/find hard/);
  tui.press(KEYS.escape);
  await tui.until('Open one door');
  tui.press('/', ...'scope', KEYS.enter);
  await tui.drills.whenAsked(1);
  expect(tui.drills.asked).toEqual([['open', 'wrong-drawer']]);
});

it('says so when nothing is found, and opens nothing', async () => {
  const tui = await startList({ tab: 'drills' });
  await tui.until('Open one door');
  tui.press('/', ...'zebra', KEYS.enter);
  await tui.until('Nothing here holds that');
  tui.press(KEYS.escape);
  await tui.until('Open one door');
  expect(tui.drills.asked).toEqual([]);
});

it('goes to the next one that is not done', async () => {
  const tui = await startList({ tab: 'drills' });
  await tui.until(/▸ {2}2/);
  tui.press('n');
  await tui.until(/▸ {2}3/);
  tui.press('n');
  await tui.until(/▸ {2}2/);
});

it('starts one anew, when that is meant', async () => {
  const tui = await startList();
  tui.press('x');
  await tui.until('Start it anew?');
  tui.press('n');
  await tui.until(frame => !frame.includes('Start it anew?'));
  expect(tui.engine.asked).toEqual([]);
  tui.press('x', 'y');
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['startAnew', 'lesson-2']]);
});

it('turns while the cluster is looked for, and shows the drills when it is there', async () => {
  let found = (): void => {};
  const looking = new Promise<void>(resolve => {
    found = resolve;
  });
  const drills = scriptedEngine({ lessons: DRILLS });
  const lessons = engine();
  const tui = await startTui(lessons, {
    boot: {
      find: async () => {
        await looking;
        return [{ id: 'kind', note: '', ready: true }];
      },
      connect: async (_offer, _ask, _signal, shelf) => (shelf === 'drills' ? drills : lessons),
    },
  });
  await tui.until('looking for a cluster');
  tui.press('2');
  await tui.until('opening the drills');
  found();
  await tui.until('Open one door');
});

it('opens the step that was typed, also when Enter asks for its lesson once more meanwhile', async () => {
  let found = (): void => {};
  const looking = new Promise<void>(resolve => {
    found = resolve;
  });
  const find = async () => {
    await looking;
    return [{ id: 'kind', note: '', ready: true }];
  };
  const tui = await startTui(engine(), { address: 'lesson-1/11', boot: { find } });
  await tui.until('▸  1');
  tui.press(KEYS.enter);
  await tui.until('opens as soon as');
  found();
  await tui.engine.whenAsked(1);
  expect(tui.engine.asked).toEqual([['open', 'lesson-1', '11']]);
});

it('obeys what was typed while the drills were opened, when they are there', async () => {
  let give = (): void => {};
  const given = new Promise<void>(resolve => {
    give = resolve;
  });
  const drills = scriptedEngine({ lessons: DRILLS });
  const lessons = engine();
  const tui = await startTui(lessons, {
    boot: {
      connect: async (_offer, _ask, _signal, shelf) => {
        if (shelf === 'lessons') return lessons;
        await given;
        return drills;
      },
    },
  });
  await tui.until('kind, Istio');
  tui.press('2');
  await tui.until('opening the drills');
  tui.press('j', KEYS.enter);
  await tui.until('As soon as the list is there: j enter');
  expect(lessons.asked).toEqual([]);
  give();
  await drills.whenAsked(1);
  // One below the first that is open.
  expect(drills.asked).toEqual([['open', 'wrong-drawer']]);
});

it('says why there are no drills, and the lessons are still there', async () => {
  const lessons = engine();
  const none = new UserError({ what: 'This course has no drills.', next: [] });
  const tui = await startTui(lessons, {
    boot: {
      connect: async (_offer, _ask, _signal, shelf) => {
        if (shelf === 'drills') throw none;
        return lessons;
      },
    },
  });
  await tui.until('kind, Istio');
  tui.press('2');
  await tui.until('This course has no drills.');
  tui.press('1', KEYS.enter);
  await lessons.whenAsked(1);
  expect(lessons.asked).toEqual([['open', 'lesson-2']]);
});

describe('the exam', () => {
  const facts = (change: Partial<ExamFacts>): ExamFacts => ({
    ...{ terms: { questions: 15, minutes: 120, passMark: 68 }, underWay: null, last: null, trouble: null },
    ...change,
  });
  const last = { date: '2026-11-20', percent: 61.5, passed: false, weakest: 'scope' };

  it('says what it would be and what came of the last, and is begun by Enter', async () => {
    const tui = await startList({ boot: { exam: async () => facts({ last }) } });
    tui.press('3');
    expect(await tui.until('Begin an exam')).toMatchInlineSnapshot(`
      " istio-tutor                                                   kind, Istio 1.31
       ──────────────────────────────────────────────────────────────────────────────
        Lessons   Drills  [Exam]  Playground                            tab or 1 to 4

        ▸     Begin an exam
              15 questions over all domains, 120 min; 68 % pass
              Each question is a drill in namespaces of its own, in any order: no
              hints, and no verdicts until the end. Quitting stops the clock and
              leads back here.

              The last one, of 2026-11-20: 61.5 %, not passed. istio-tutor exam
              --report prints it, istio-tutor history all of them.








          next: drills of scope, where the last exam lost most (2, then / scope)
       ──────────────────────────────────────────────────────────────────────────────
       enter open   w where it runs   q quit   ? keys"
    `);
    tui.press(KEYS.enter);
    expect(await tui.ended).toBeNull();
    expect(tui.next()).toBe('exam');
  });

  it('goes on with the one that is under way', async () => {
    const underWay = { questions: 6, minutesLeft: 41, over: false };
    const tui = await startList({ tab: 'exam', boot: { exam: async () => facts({ underWay }) } });
    const frame = await tui.until('Go on with the exam');
    expect(frame).toContain('6 questions, 41 min left; the clock stands');
    tui.press('q');
    await tui.ended;
    expect(tui.next()).toBe('quit');
  });
});

it('is drawn in ASCII, without colour, and at 120 columns', async () => {
  const tui = await startList({ columns: 120, rows: 40, look: { ascii: true } });
  const frame = await tui.until('The blind spot');
  expect(frame).toMatch(/^[\x20-\x7e\n]*$/);
  expect(frame).toMatchInlineSnapshot(`
    " istio-tutor                                                                                           kind, Istio 1.31
     ----------------------------------------------------------------------------------------------------------------------
     [Lessons]  Drills   Exam   Playground                                                  tab or 1 to 4

         1  The blind spot                                              ok ##########    8/8
            what The blind spot shows
      >  2  Step 1: ServiceEntry                                           ###.......    3/9   8 min left
            what Step 1: ServiceEntry shows
         3  Step 2: DestinationRule                                        ..........   0/11       12 min
            what Step 2: DestinationRule shows


























        next: lesson 2, step 4 of 9. 11 of 28 steps done
     ----------------------------------------------------------------------------------------------------------------------
     enter open   / find   n next open   x anew   w where it runs   q quit   ? keys"
  `);
});

it('is told to a screen reader, the open tab and the row that is chosen among it', async () => {
  const tui = await startList({ look: { screenReader: true } });
  const told = await tui.until('Chosen:');
  expect(told).toContain('[Lessons]');
  expect(told).toContain('what Step 1: ServiceEntry shows');
  expect(told).toMatch(/Chosen: 2 {2}Step 1: ServiceEntry/);
});
