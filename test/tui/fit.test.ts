/**
 * The whole course at 80x24, with what the sandbox answers: does a learner see the answer, the walk and the sentence
 * without scrolling, and the checks of every fix?
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Lesson } from '../../src/course/course.ts';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import type { Step } from '../../src/course/schema.ts';
import { callOf } from '../../src/lesson/calls.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import { createEngine } from '../../src/lesson/engine.ts';
import { keptOf, stateOfKept } from '../../src/lesson/kept-evidence.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import type { Engine, LessonSnapshot, StepState } from '../../src/lesson/state.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { lessonView } from '../../src/tui/screens/lesson/frame.ts';
import { changeBetween } from '../../src/tui/screens/lesson/state.ts';
import { reduceUi, START } from '../../src/tui/state/ui.ts';
import { textOf } from '../../src/tui/text/line.ts';
import { sandboxWorld } from '../support/sandbox-world.ts';
import { snapshotOf } from '../support/scripted-engine.ts';

const course = await loadCourse(packageFile('lessons'));
const LOOK = { color: false, ascii: false, screenReader: false };

/** Its work is drawing and not waiting: more of them only take the cores from the files beside it. */
const PLAYERS = 3;

interface Part {
  readonly lesson: Lesson;
  readonly from: number;
  readonly to: number;
}

/** The long lessons in two halves. The last ones take longest, and are taken first. */
const partsOf = (lessons: readonly Lesson[]): Part[] =>
  lessons.flatMap(lesson => {
    const { length } = lesson.steps;
    const half = length > 16 ? Math.ceil(length / 2) : length;
    return [0, half].flatMap(from => (from < length ? [{ lesson, from, to: from + half }] : []));
  });

interface Seen {
  readonly place: string;
  readonly step: Step;
  /** As the step was met. */
  readonly met: LessonSnapshot;
  /** With the call answered, or the checks run. */
  readonly over: LessonSnapshot;
}

/**
 * The screen after `now` has taken the place of `before`, as a learner finds it; as a step is met, where they are the
 * same.
 */
function screen(
  before: LessonSnapshot,
  now: LessonSnapshot,
  [columns, rows] = [80, 24],
  pointer = -1,
): string {
  const change = changeBetween(before, now);
  const fresh = change === null ? START : reduceUi(START, change);
  const ui = { ...fresh, optionAt: pointer };
  return lessonView({ snapshot: atHome(now), ui, size: { columns, rows }, look: LOOK, now: 0 })
    .lines.map(textOf)
    .join('\n');
}

/** With the learner's files where they are by default: a longer path would take more rows. */
function atHome(snapshot: LessonSnapshot): LessonSnapshot {
  const { folder } = snapshot.lesson ?? { folder: '' };
  return { ...snapshot, folder: join(homedir(), 'istio-tutor', basename(folder)) };
}

const words = (text: string) => text.replace(/\s+/g, ' ').trim();

/** The same answer after a wrong guess, the one that takes most words to put right. */
function guessedWrong({ over, step }: Seen): LessonSnapshot {
  const state = over.steps[step.id] as StepState;
  if (step.kind !== 'predict') return over;
  const length = (at: number) => words(`${step.options[at]?.say} ${step.options[at]?.because}`).length;
  const [said = null] = [...step.options.keys()]
    .filter(at => at !== state.proven)
    .sort((a, b) => length(b) - length(a));
  return { ...over, steps: { ...over.steps, [step.id]: { ...state, said } } };
}

/** What of a call's answer is not on the screen: curl's row, where the walk begins, and the whole sentence. */
function missing(now: LessonSnapshot, step: Step, text: string): string[] {
  const walk = now.steps[step.id]?.probe?.walk;
  const wanted = [' $ curl', 'app ', words(walk?.sentence ?? 'no walk')];
  const flat = words(text);
  return wanted.filter(part => !(part.startsWith(' ') ? text : flat).includes(part));
}

describe.concurrent('the course at 80x24', { timeout: 120_000 }, () => {
  const seen: Seen[] = [];
  beforeAll(async () => {
    const parts = partsOf(course.lessons);
    await Promise.all(Array.from({ length: PLAYERS }, () => player(parts)));
  }, 400_000);
  const calls = () => seen.filter(({ over, step }) => step.kind !== 'fix' && over.steps[step.id]?.probe);
  const fixes = () => seen.filter(({ step }) => step.kind === 'fix');

  it('shows answer, walk and sentence without scrolling at nine of ten steps, guessed right or wrong', () => {
    const lost = calls().flatMap(each =>
      [each.over, guessedWrong(each)].flatMap(now => {
        const parts = missing(now, each.step, screen(each.met, now));
        return parts.length === 0 ? [] : [`${each.place}: ${parts.join(', ')}`];
      }),
    );
    const { length } = calls();
    console.log(`80x24: ${length * 2 - lost.length} of ${length * 2} answers fit (${length} steps)`);
    expect(length).toBeGreaterThan(60);
    expect(lost.length, lost.join('\n')).toBeLessThanOrEqual((length * 2) / 10);
  });

  it('shows every check of a fix, when it is met and when the checks have failed', () => {
    const screens = fixes().flatMap(({ place, step, met, over }) =>
      [met, over].map(now => ({ place, step, text: words(screen(met, now)) })),
    );
    const lost = screens.flatMap(({ place, step, text }) =>
      step.kind === 'fix'
        ? step.checks.filter(check => !text.includes(check.title)).map(check => `${place}: ${check.title}`)
        : [],
    );
    console.log(`80x24: checks in sight on ${screens.length} screens of fixes, ${lost.length} out of sight`);
    expect(screens.length).toBe(24);
    expect(lost).toEqual([]);
  });

  it('shows the call of whichever check is pointed at, with every check still in sight', () => {
    const lost = fixes().flatMap(({ place, step, met, over }) =>
      step.kind !== 'fix'
        ? []
        : step.checks.flatMap((check, at) =>
            [met, over].flatMap(now => {
              const text = words(screen(met, now, [80, 24], at));
              const url = callOf(check).curl.find(arg => arg.startsWith('http')) ?? '';
              const wanted = [...step.checks.map(each => each.title), '$ curl', url];
              return wanted.filter(part => !text.includes(part)).map(part => `${place}, ${at + 1}: ${part}`);
            }),
          ),
    );
    expect(lost).toEqual([]);
  });

  it('keeps of every done step what it has shown, to be read again', () => {
    const done = seen.filter(({ over, step }) => over.steps[step.id]?.phase === 'done');
    const kinds = ['probe', 'apply', 'inspect'];
    const played = done.filter(({ step }) => kinds.includes(step.kind));
    expect(played.length).toBeGreaterThan(25);
    const lost = played.flatMap(({ place, over, step }) => {
      const state = over.steps[step.id] as StepState;
      const again = stateOfKept(step, keptOf(step, state, '', undefined) ?? { when: '' });
      const same =
        again.probe?.walk?.sentence === state.probe?.walk?.sentence &&
        again.apply?.objects.length === state.apply?.objects.length &&
        again.inspected?.length === state.inspected?.length;
      return same ? [] : [place];
    });
    expect(lost).toEqual([]);
  });

  it('shows every check of a drill when it is met', async () => {
    const drills = await loadDrills(packageFile('lessons'));
    const lost = drills.flatMap(({ lesson }) => {
      const snapshot = snapshotOf({ lesson, kubectl: 'kubectl apply -f FILE' });
      const [step] = lesson.steps;
      const text = words(screen(snapshot, snapshot));
      return step?.kind === 'fix'
        ? step.checks
            .filter(({ title }) => !text.includes(title))
            .map(({ title }) => `${lesson.id}: ${title}`)
        : [lesson.id];
    });
    console.log(`80x24: ${drills.length} drills, ${lost.length} checks out of sight`);
    expect(drills.length).toBeGreaterThan(25);
    expect(lost).toEqual([]);
  });

  it('leaves out nothing at 120x40', () => {
    for (const { over, step, met } of calls()) {
      const walk = over.steps[step.id]?.probe?.walk;
      const text = screen(met, over, [120, 40]);
      for (const by of walk?.hops.flatMap(hop => hop.by ?? []) ?? []) {
        for (const word of by.match(/[\w-]{1,9}/g) ?? []) expect(text).toContain(word);
      }
      expect(text).toContain(' t  kubectl ');
      if (walk?.logLine) expect(text).toContain(walk.logLine.slice(0, 30));
      if (walk?.apiLine) expect(text).toContain(walk.apiLine.slice(0, 30));
      const body = over.steps[step.id]?.probe?.answer?.transfers;
      if (body?.length === 1 && body[0]?.body.api) expect(text).toContain('"clientCert"');
    }
  });

  it('shows of a body what the text below points to', () => {
    const pointed = calls().flatMap(({ over, met, step }) =>
      [...(over.lesson?.prose[step.id]?.after ?? '').matchAll(/`("\w+": [^`]+)`/g)].map(([, field = '']) => ({
        field,
        text: screen(met, over),
      })),
    );
    expect(pointed.length).toBeGreaterThan(0);
    for (const { field, text } of pointed) {
      const body = text.split('\n').find(row => row.trimStart().startsWith('{'));
      expect(body).toContain(field);
    }
  });

  it('says who decided at 80x24 as well', () => {
    for (const { over, step, met } of calls()) {
      const text = words(screen(met, over));
      for (const by of over.steps[step.id]?.probe?.walk?.hops.flatMap(hop => hop.by ?? []) ?? [])
        expect(text).toContain(by);
    }
  });

  /** Takes part after part, in a sandbox of its own: most of the time is waiting. */
  async function player(parts: Part[]): Promise<void> {
    const world = await sandboxWorld();
    const root = mkdtempSync(join(tmpdir(), 'fit-'));
    const { cluster, kube, names } = world;
    const engine = await createEngine({
      ...{ course, cluster, names, clock: systemClock, lookEvery: 0 },
      connect: () => connectMesh(kube, { names, provider: 'sandbox', clock: systemClock }),
      progress: await openProgress(join(root, 'progress.json')),
      workspace: openWorkspace(join(root, 'work')),
    });
    try {
      for (let part = parts.pop(); part !== undefined; part = parts.pop())
        seen.push(...(await played(engine, part)));
    } finally {
      await engine.dispose();
      await world.end();
      rmSync(root, { recursive: true, force: true });
    }
  }
});

async function played(engine: Engine, { lesson, from, to }: Part): Promise<Seen[]> {
  const steps: Seen[] = [];
  await engine.open(lesson.id, lesson.steps[from]?.id);
  for (const [at, step] of lesson.steps.slice(0, to).entries()) {
    if (at < from) continue;
    if (at > from) await engine.goTo(at);
    const met = engine.getSnapshot();
    if (step.kind === 'predict') await engine.answer(step.announced - 1);
    else if (step.kind === 'fix') await engine.check();
    else if (step.kind === 'apply' || step.kind === 'probe' || step.kind === 'inspect')
      await engine.advance();
    steps.push({ place: `${lesson.number}/${at + 1}`, step, met, over: engine.getSnapshot() });
  }
  return steps;
}
