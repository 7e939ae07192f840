import { describe, expect, it } from 'vitest';
import { boardLines } from '../../../src/cli/print/board-lines.ts';
import type { LearnerStatus } from '../../../src/workshop/workshop.ts';

const LOOK = { color: false, ascii: false };
const NOW = new Date('2026-11-29T10:00:00Z');

function room(many: number, broken: readonly number[] = []): LearnerStatus[] {
  return Array.from({ length: many }, (_, at) => {
    const learner = `learner${at + 1}`;
    const progress = {
      ...{
        kind: 'lesson',
        at: 'destination-rule',
        step: 'who-complains',
        lessons: ['a'],
        drills: [],
        steps: 9,
      },
      updated: '2026-11-29T09:48:00Z',
    };
    const namespaces = { mesh: `mesh-network-${learner}`, outside: `outside-${learner}` };
    const world = broken.includes(at + 1) ? 'Deployment client is missing' : 'ready';
    return { learner, namespaces, world, progress };
  });
}

const board = (many: number, columns: number, rows: number, broken?: readonly number[]) =>
  boardLines(room(many, broken), LOOK, NOW, { columns, rows });

describe('the board of a workshop', () => {
  it('has a row for each learner where they fit', () => {
    const lines = board(3, 80, 23);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(
      /^✓ learner1 {2}destination-rule\/who-complains +1 lessons {2}0 drills {2}12 min ago$/,
    );
  });

  it('shows thirty in a window of 80x24, each with place and time', () => {
    const lines = board(30, 80, 23);
    expect(lines).toHaveLength(15);
    expect(lines[0]).toMatch(
      /^✓ learner1 {2}destination-rule\/.* 12 min {2}✓ learner16 destination.* 12 min$/,
    );
    expect(lines.at(-1)).toContain('learner30');
  });

  it.each([
    [30, 80, 23],
    [90, 80, 23],
    [200, 80, 23],
    [30, 60, 19],
  ])('with %i learners stays within %i columns and %i rows', (many, columns, rows) => {
    const lines = board(many, columns, rows);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(each => each.length))).toBeLessThanOrEqual(columns);
  });

  it('puts broken worlds first where not all fit, and says how many are missing', () => {
    const lines = board(200, 80, 23, [199]);
    expect(lines[0]).toMatch(/^✗ learner199 /);
    expect(lines.at(-1)).toBe('and 134 more: a larger window shows them, and --once prints all');
  });
});
