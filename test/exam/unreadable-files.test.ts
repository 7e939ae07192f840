/** A question's file that cannot be read: told at the question, whichever is open, and nothing is lost by it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openSearcher } from '../../src/counterexample/also-tried.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { type ExamPlace, QuestionWorld } from '../../src/exam/question-world.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { systemClock } from '../../src/shared/clock.ts';
import type { Problem } from '../../src/shared/errors.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { worldNames } from '../../src/world/names.ts';
import { folder, pipe, unreadable } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

const drills = await loadDrills(packageFile('lessons'), { unchecked: true });
const drill = drills.find(each => each.id === 'one-door');

it.each([
  ['a folder in its place', folder, 'is a folder.'],
  ['a pipe in its place', pipe, 'is a pipe, not a file.'],
  ['what nobody can read', unreadable, 'leads back to itself.'],
])('%s is said, until it is a file again', async (_, lay, words) => {
  if (drill === undefined) throw new Error('no such drill');
  const root = folderWith({ 'one-door/door.yaml': 'a: 1\n' });
  const place: ExamPlace = {
    cluster: {
      ...{ name: 'memory', kubeconfig: { path: '/nowhere', context: 'x' } },
      ...{ can: { kind: 'kind', recreate: true }, up: async () => {}, down: async () => {} },
      health: async () => ({ state: 'ready' }),
    },
    ...{
      base: worldNames(),
      clock: systemClock,
      workspace: openWorkspace(root),
      exam: 'x',
      kubeconfig: '/nowhere',
    },
    verdicts: false,
    searcher: openSearcher(),
  };
  const world = new QuestionWorld(place, drill, 1);
  onTestFinished(() => world.dispose());
  const told: (Problem | null)[] = [];
  await world.watch(
    () => {},
    each => void told.push(each),
  );
  expect(told).toEqual([null]);
  const path = join(root, 'one-door/door.yaml');
  rmSync(path);
  lay(path);
  await vi.waitFor(() =>
    expect(told.at(-1)).toMatchObject({
      what: expect.stringContaining('door.yaml cannot be read'),
      why: expect.stringContaining(words),
    }),
  );
  rmSync(path, { recursive: true });
  writeFileSync(path, 'a: 1\n');
  await vi.waitFor(() => expect(told.at(-1)).toBeNull());
  rmSync(path);
  lay(path);
  // The exam ends all the same, with what was applied: here nothing yet.
  expect(await world.freeze()).toEqual({});
});
