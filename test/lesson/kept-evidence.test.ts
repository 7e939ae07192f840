import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { StepOf } from '../../src/course/schema.ts';
import { keptOf, stateOfKept } from '../../src/lesson/kept-evidence.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import type { StepState } from '../../src/lesson/state.ts';
import { walk } from '../../src/probe/walk.ts';
import { lessonView } from '../../src/tui/screens/lesson/frame.ts';
import { START } from '../../src/tui/state/ui.ts';
import { textOf } from '../../src/tui/text/line.ts';
import { evidence, logLine, transfer } from '../support/evidence.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';
import { entry, folderWith } from '../support/tiny-course.ts';

afterEach(disposeEngines);

const LOOK = { color: false, ascii: false, screenReader: false };

type Engine = Awaited<ReturnType<typeof memoryEngine>>['engine'];

function screen(engine: Engine): string {
  const view = {
    snapshot: engine.getSnapshot(),
    ui: START,
    size: { columns: 80, rows: 40 },
    look: LOOK,
    now: 0,
  };
  return lessonView(view).lines.map(textOf).join('\n');
}

/** The tiny course, played to its end. */
async function playedThrough(root: string): Promise<void> {
  const { engine, door } = await memoryEngine({ root });
  await engine.open('doors');
  await engine.advance();
  await engine.answer(null);
  for (const id of ['open', 'look']) {
    await engine.goTo(engine.getSnapshot().lesson?.steps.findIndex(step => step.id === id) ?? 0);
    await engine.advance();
  }
  await engine.goTo(4);
  writeFileSync(door, entry([443, 80]));
  await engine.check();
  await engine.goTo(5);
  await engine.advance();
  await engine.dispose();
}

describe('a done step that is opened again', () => {
  it.each([
    { reading: true, where: 'without a cluster' },
    { reading: false, where: 'with one' },
  ])('shows what it has shown, $where', async ({ reading }) => {
    const root = folderWith({});
    await playedThrough(root);
    const { engine } = await memoryEngine({ root, reading });

    await engine.open('doors', 'repair');
    const repair = screen(engine);
    expect(repair).toMatch(/✓ {3}http:\/\/ works +200 from stable, scheme http/);
    expect(repair).toMatch(/✓ {3}https:\/\/ still works +200 from stable/);
    expect(repair).toContain('as it was when you put it right');
    expect(repair).not.toContain('not tried yet');

    await engine.open('doors', 'after');
    const after = screen(engine);
    expect(after).toMatch(/\$ curl http:\/\/api.safedata-zone.io\/ +200 {2}10 ms/);
    expect(after).toContain('API stable');
    expect(after).toContain('outbound|80||api');

    await engine.open('doors', 'open');
    expect(screen(engine)).toContain('ServiceEntry/door created');
    expect(screen(engine)).toContain('in effect');
    await engine.open('doors', 'look');
    expect(screen(engine)).toContain('clusters of the sidecar');

    await engine.open('doors', 'guess');
    const guess = screen(engine);
    expect(guess).toMatch(/· {2}3 {2}I don't know yet {3}\(you did not know yet\)/);
    expect(guess).not.toContain('✗  3');
  });

  it('shows a repair checked again as it is now', async () => {
    const root = folderWith({});
    await playedThrough(root);
    const { engine, verdicts } = await memoryEngine({ root });
    await engine.open('doors', 'repair');
    await engine.reset();
    await engine.check();
    expect(verdicts()).toEqual(['http failed', 'https passed']);
    expect(screen(engine)).not.toContain('as it was when');
  });
});

const PROBE: StepOf<'probe'> = {
  ...{ id: 'after', title: 'Afterwards', kind: 'probe' },
  ...{ call: { curl: ['http://api.safedata-zone.io/'], from: 'second' }, expect: { code: 200 } },
};

function probed(calls: number, text: string): StepState {
  const made = Array.from({ length: calls }, () => transfer({ text }));
  const found = evidence(
    made,
    made.map(each => logLine(each)),
  );
  const probe = { argv: found.curl.argv, answer: found.curl, evidence: found, walk: walk(found), own: false };
  return { phase: 'done', hints: 0, solutionShown: false, probe };
}

describe('what is kept of a done step', () => {
  it('is small, whatever the call brought, and knows who called', () => {
    const kept = keptOf(PROBE, probed(200, 'x'.repeat(5000)), 'now', undefined);
    if (kept === null) throw new Error('nothing kept');
    expect(JSON.stringify(kept).length).toBeLessThan(8500);
    expect(stateOfKept(PROBE, kept).probe).toMatchObject({ from: 'second', own: false });
  });

  it("stays where the learner's own call came after it, and where nothing is new", () => {
    const kept = keptOf(PROBE, probed(1, 'mine'), 'then', undefined);
    const state = probed(1, 'own');
    const own = { ...state, probe: { ...(state.probe as NonNullable<StepState['probe']>), own: true } };
    expect(keptOf(PROBE, own, 'later', kept ?? undefined)).toEqual(kept);
    if (kept === null) throw new Error('nothing kept');
    const again = { ...state, ...stateOfKept(PROBE, kept) };
    expect(keptOf(PROBE, again, 'later', kept)).toEqual(kept);
  });

  it('is left out alone where it cannot be understood, and checks that the course has no more are not shown', async () => {
    const root = folderWith({});
    await playedThrough(root);
    const path = join(root, 'progress.json');
    const file = JSON.parse(readFileSync(path, 'utf8'));
    expect(file.format).toBe(2);
    file.lessons.doors.shown.after = { when: 'x', call: { walk: 'left' } };
    file.lessons.doors.shown.look = 7;
    file.lessons.doors.shown.repair.checks[0].id = 'gone';
    writeFileSync(path, JSON.stringify(file));
    const store = await openProgress(path);
    expect(store.trouble()).toBeNull();
    expect(store.get('doors')?.shown?.after).toEqual({ when: 'x' });
    expect(Object.keys(store.get('doors')?.shown ?? {})).not.toContain('look');
    const { engine } = await memoryEngine({ root, reading: true });
    await engine.open('doors', 'repair');
    expect(screen(engine)).toContain('not tried yet');
  });
});
