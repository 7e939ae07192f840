import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StepOf } from '../../src/course/schema.ts';
import { predictionOf, stateOfPrediction } from '../../src/lesson/prediction.ts';
import { type LessonRecord, openProgress } from '../../src/lesson/progress.ts';
import type { StepState } from '../../src/lesson/state.ts';
import { walk } from '../../src/probe/walk.ts';
import { evidence, logLine, transfer } from '../support/evidence.ts';
import { folderWith } from '../support/tiny-course.ts';

const STEP: StepOf<'predict'> = {
  ...{ id: 'guess', title: 'A guess', kind: 'predict', question: 'What?' },
  call: { curl: ['http://api.safedata-zone.io/'] },
  options: [{ say: '200' }, { say: '502' }],
  announced: 2,
};
const WHEN = '2026-11-29T10:00:00.000Z';

function stateAfter(calls: number, body = ''): StepState {
  const made = Array.from({ length: calls }, () => ({
    ...transfer({ code: 502 }),
    ...{ body: { text: body }, headers: { server: 'envoy' } },
  }));
  const found = evidence(
    made,
    made.map(each => logLine(each, { cluster: '-' })),
  );
  const probe = { argv: found.curl.argv, answer: found.curl, evidence: found, walk: walk(found), own: false };
  return { phase: 'done', hints: 0, solutionShown: false, said: 0, proven: 1, probe };
}

const madeFrom = (state: StepState, before?: NonNullable<ReturnType<typeof predictionOf>>) => {
  const made = predictionOf(STEP, state, WHEN, before);
  if (made === null) throw new Error('not decided');
  return made;
};

async function readAgain(record: LessonRecord) {
  const path = join(folderWith({}), 'progress.json');
  await (await openProgress(path)).put('doors', record);
  return (await openProgress(path)).get('doors');
}

describe('a prediction that is kept', () => {
  it('has its evidence back after a restart, as the screen draws it', async () => {
    const state = stateAfter(1, 'no such host');
    const made = madeFrom(state);
    const again = await readAgain({ at: 'guess', done: ['guess'], begun: [], predictions: { guess: made } });
    expect(again?.predictions?.guess).toEqual(made);
    const restored = stateOfPrediction(STEP, made);
    expect(restored).toMatchObject({ said: 0, proven: 1, probe: { own: false, walk: state.probe?.walk } });
    expect(restored.probe?.answer?.transfers[0]).toMatchObject({ code: 502, body: { text: 'no such host' } });
  });

  it('is small, however many calls were made and whatever they brought', () => {
    const made = madeFrom(stateAfter(200, 'x'.repeat(2000)));
    expect(made.evidence?.answer.transfers).toEqual([]);
    expect(made.evidence?.walk.answers.length).toBeGreaterThan(0);
    expect(JSON.stringify(madeFrom(stateAfter(6, 'x'.repeat(2000)))).length).toBeLessThan(8500);
  });

  it('was foreseen or not at the first answer; later ones count as known, or missed once more', () => {
    const wrong = madeFrom(stateAfter(1));
    expect(wrong).toMatchObject({ said: '200', proven: '502', foreseen: false, well: false, misses: 1 });
    const right = madeFrom({ ...stateAfter(1), said: 1 }, wrong);
    expect(right).toMatchObject({ said: '502', foreseen: false, well: true, misses: 1 });
    const unknown = madeFrom({ ...stateAfter(1), said: null });
    expect(unknown).toMatchObject({ said: null, foreseen: false, well: false });
  });

  it('marks nothing that the course has in other words by now', () => {
    const made = { ...madeFrom(stateAfter(1)), said: 'gone' };
    expect(stateOfPrediction(STEP, made)).not.toHaveProperty('said');
    expect(stateOfPrediction(STEP, made).proven).toBe(1);
  });
});

describe('a progress file with predictions', () => {
  it('of format 1 is read, and saved as format 2 with all that it had', async () => {
    const path = join(folderWith({}), 'progress.json');
    const lessons = { doors: { at: 'b', done: ['a'], begun: ['c'] } };
    writeFileSync(path, JSON.stringify({ format: 1, last: 'doors', lessons }));
    const store = await openProgress(path);
    expect(store.trouble()).toBeNull();
    await store.put('gates', { at: 'x', done: [], begun: [] });
    expect((await openProgress(path)).get('doors')).toEqual(lessons.doors);
  });

  it('loses only the prediction that cannot be understood, and only the evidence where that is at fault', async () => {
    const good = madeFrom(stateAfter(1));
    const path = join(folderWith({}), 'progress.json');
    const predictions = { guess: good, half: { said: 3 }, odd: { ...good, evidence: { walk: 'left' } } };
    const doors = { at: 'b', done: ['a'], begun: [], predictions };
    writeFileSync(path, JSON.stringify({ format: 2, last: 'doors', lessons: { doors } }));
    const store = await openProgress(path);
    expect(store.trouble()).toBeNull();
    expect(store.get('doors')).toEqual({
      ...doors,
      predictions: { guess: good, odd: { ...good, evidence: null } },
    });
  });

  it('keeps the evidence of the newest two hundred', async () => {
    const made = madeFrom(stateAfter(1));
    const predictions = Object.fromEntries(
      Array.from({ length: 201 }, (_, i) => [
        `step-${i}`,
        { ...made, when: new Date(Date.UTC(2026, 0, 1 + i)).toISOString() },
      ]),
    );
    const again = await readAgain({ at: 'a', done: [], begun: [], predictions });
    expect(again?.predictions?.['step-0']).toEqual({ ...predictions['step-0'], evidence: null });
    expect(again?.predictions?.['step-1']?.evidence).toEqual(made.evidence);
    expect(Object.keys(again?.predictions ?? {})).toHaveLength(201);
  });
});
