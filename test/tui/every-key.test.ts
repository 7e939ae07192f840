/** Every key that a footer or the help shows does something; one that only a screen beside has answers with a sentence. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { Exam } from '../../src/exam/exam.ts';
import { type Place, SHORTCUTS, shown } from '../../src/tui/keys.ts';
import { examState, ListedWorld, NOTHING_BESIDE } from '../support/listed-world.ts';
import { KEYS, type TestTerminal } from '../support/terminal.ts';
import { at } from './fixtures.ts';
import { drawInTests, onTestTerminal, startTui } from './harness.ts';

interface Stage extends Pick<TestTerminal, 'press' | 'until'> {
  frame(): string;
  /** What was asked of the engine or the exam, and whether it has ended. */
  done(): string;
}

async function exam(...open: readonly string[]): Promise<Stage> {
  drawInTests();
  const { showExam } = await import('../../src/tui/exam-app.tsx');
  const worlds = [1, 2, 3].map(number => new ListedWorld(number));
  const exam = new Exam(
    {
      ...{ worlds, provider: 'sandbox', now: () => 1_700_000_000_000, monotonic: () => 0 },
      ...{ save: async () => {}, atOnce: 2, ahead: 2, beside: NOTHING_BESIDE },
    },
    examState(worlds),
  );
  await exam.begin();
  onTestFinished(() => exam.dispose());
  let over = false;
  const { terminal, ended } = onTestTerminal({ rows: 30 }, deps => showExam(exam, deps, '/work/notes.md'));
  void ended.then(() => (over = true));
  await terminal.until('enter open');
  for (const key of open) terminal.press(key);
  const done = () => {
    const { phase, at, questions } = exam.getSnapshot();
    const flags = questions.map(each => each.flagged);
    return JSON.stringify([over, phase, at, flags, worlds.map(each => each.scripted.asked)]);
  };
  return { ...terminal, done };
}

async function lesson(step: string): Promise<Stage> {
  const tui = await startTui(at(step), { rows: 30 });
  await tui.until('/6');
  let over = false;
  void tui.ended.then(() => (over = true));
  return { ...tui, done: () => JSON.stringify([over, tui.engine.asked]) };
}

async function list(): Promise<Stage> {
  const engine = at('promise', { lesson: null, lessons: LESSONS });
  const tui = await startTui(engine, { rows: 30, boot: { read: async () => engine } });
  await tui.until('enter open');
  let over = false;
  void tui.ended.then(() => (over = true));
  return { ...tui, done: () => JSON.stringify([over, engine.asked]) };
}
const LESSONS = [1, 2, 3].map(number => ({
  ...{
    id: `lesson-${number}`,
    number,
    title: `Lesson ${number}`,
    minutes: 5,
    steps: 3,
    done: 0,
    foreseen: { right: 0, asked: 0 },
    weak: [],
    drills: [],
    onlyRecap: false,
    summary: '',
  },
}));

async function inPane(): Promise<Stage> {
  const stage = await lesson('both');
  stage.press('i');
  await stage.until('esc close');
  return stage;
}

interface Screen {
  readonly places: readonly Place[];
  readonly beside: readonly Place[];
  open(): Promise<Stage>;
}

const SCREENS: Readonly<Record<string, Screen>> = {
  'the list of lessons': { places: ['list'], beside: ['lesson', 'exam'], open: list },
  'a text to read': {
    places: ['lesson'],
    beside: ['list', 'question', 'exam'],
    open: () => lesson('promise'),
  },
  'a manifest to apply': {
    places: ['lesson'],
    beside: ['list', 'question', 'exam'],
    open: () => lesson('rule'),
  },
  'a fix': { places: ['lesson'], beside: ['list', 'question', 'exam'], open: () => lesson('both') },
  'a pane': { places: ['pane'], beside: ['lesson'], open: inPane },
  'the list of questions': { places: ['exam'], beside: ['question', 'lesson'], open: () => exam() },
  'a question': {
    ...{ places: ['question', 'lesson'], beside: ['exam', 'list'] },
    open: async () => {
      const stage = await exam(KEYS.enter);
      await stage.until('1/3');
      return stage;
    },
  },
  "a question's pane": {
    ...{ places: ['pane'], beside: ['question', 'lesson', 'exam'] },
    open: async () => {
      const stage = await exam(KEYS.enter);
      await stage.until('1/3');
      stage.press('t');
      await stage.until('In a second terminal');
      return stage;
    },
  },
  'the pause': {
    ...{ places: ['exam-pause'], beside: ['exam', 'question', 'lesson'] },
    open: async () => {
      const stage = await exam('p');
      await stage.until('clock stands');
      return stage;
    },
  },
};

/** Keys that move, stop or close: where nothing moves, is open or under way they have nothing to do. */
const NEEDS_MORE = new Set([
  ...[
    'up',
    'down',
    'wheel-up',
    'wheel-down',
    'page-up',
    'page-down',
    'top',
    'bottom',
    'suspend',
    'interrupt',
    'close',
  ],
]);

const typed = (key: string) => (KEYS as Readonly<Record<string, string>>)[key] ?? key;

const shortcutsOf = (places: readonly Place[]) =>
  SHORTCUTS.filter(each => each.in.some(one => places.includes(one)));
const keysOf = (shortcuts: typeof SHORTCUTS) => shortcuts.flatMap(each => each.keys);

const CASES = Object.entries(SCREENS).flatMap(([name, { places, beside }]) => {
  const idle = keysOf(shortcutsOf(places).filter(each => NEEDS_MORE.has(each.command)));
  const here = keysOf(shortcutsOf(places));
  const there = keysOf(shortcutsOf(beside).filter(each => !NEEDS_MORE.has(each.command)));
  const keys = new Set([...here, ...there].filter(key => !idle.includes(key)));
  return [...keys].map(key => ({ name, key, acts: here.includes(key) }));
});

it.each(CASES)(
  '$name: $key acts, or says where it does',
  { timeout: 20_000 },
  async ({ name, key, acts }) => {
    const stage = await (SCREENS[name] as Screen).open();
    const [frame, done] = [stage.frame(), stage.done()];
    stage.press(typed(key));
    if (acts) {
      const changed = () => stage.frame() !== frame || stage.done() !== done;
      await vi.waitFor(() => expect(changed()).toBe(true), { timeout: 5000 });
    } else {
      // In the rule, or above it where it is long.
      const starts = [`${shown(key)} is for `, `── ${shown(key)} is for `].map(each => ` ${each}`);
      await stage.until(now => now.split('\n').some(row => starts.some(each => row.startsWith(each))));
      expect(stage.done()).toBe(done);
    }
  },
);
