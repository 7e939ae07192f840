import { describe, expect, it } from 'vitest';
import { keyBarLine } from '../../../src/tui/components/key-bar/key-bar-lines.ts';
import { questionFrame } from '../../../src/tui/components/question-frame.ts';
import { listFrame } from '../../../src/tui/screens/list/frame.ts';
import { paneLines } from '../../../src/tui/screens/panes/pane-lines.ts';
import { START, type Ui } from '../../../src/tui/state/ui.ts';
import { bold, line, piece } from '../../../src/tui/text/line.ts';
import { progressOf, snapshotOf } from '../../support/scripted-engine.ts';
import { drawn, LOOK } from './drawn.tsx';

describe('lines', () => {
  it('are a row each: what is too wide is cut, and an empty one keeps its row', () => {
    expect(drawn([[bold('a'), piece('bcdefgh')], [], line('日本語です')], 6)).toBe('abcde…\n\n日本…');
  });

  it('let no escape sequence through, and in ASCII no other character', () => {
    expect(drawn([line('a\u001b[2Jb')])).not.toContain('\u001b');
    expect(drawn([line('→ “x” ─')], 60, { ...LOOK, ascii: true })).toMatch(/^[ -~]+$/);
  });
});

describe('the key line', () => {
  const keys = [
    ['enter', 'answer and send'],
    ['c', 'change the call'],
    ['l', 'sidecar log'],
    ['?', 'keys'],
  ] as const;

  it('names all keys where there is room', () => {
    expect(drawn([keyBarLine(keys, 80)], 80)).toBe(
      ' enter answer and send   c change the call   l sidecar log   ? keys',
    );
  });

  it('leaves out the least likely keys where there is none, never the last', () => {
    expect(drawn([keyBarLine(keys, 52)], 52)).toBe(' enter answer and send   c change the call   ? keys');
    expect(drawn([keyBarLine(keys, 12)], 12)).toBe(' ? keys');
  });
});

it('a question is shown whole, with its two answers', () => {
  const question =
    'The cluster "dev" is not one of ours. May its Istio be given a namespace outside, with servers in it?';
  expect(
    drawn(questionFrame('istio-tutor', question, { columns: 60, rows: 10 }, LOOK)),
  ).toMatchInlineSnapshot(`
    " istio-tutor
     ──────────────────────────────────────────────────────────

     The cluster "dev" is not one of ours. May its Istio be
     given a namespace outside, with servers in it?


     ──────────────────────────────────────────────────────────
     y yes   n no"
  `);
});

describe('the list of lessons', () => {
  const list = (listAt: number) => {
    const snapshot = snapshotOf({
      lessons: progressOf(Array.from({ length: 30 }, (_, at) => `Lesson of the day ${at + 1}`)),
    });
    const size = { columns: 60, rows: 12 };
    const ui = { ...START, listAt };
    return drawn(listFrame({ snapshot, ui, size, look: LOOK, now: 0, waiting: null, unreadable: null }));
  };

  it.each([0, 14, 29])('keeps row %i in sight when the pointer is on it', at => {
    const rows = list(at)
      .split('\n')
      .filter(row => row.includes('▸'));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`Lesson of the day ${at + 1}`);
  });

  it('says how much of it is out of sight', () => {
    expect(list(0)).toMatch(/↓ \d+ more/);
    expect(list(29)).toMatch(/↑ \d+ above/);
  });
});

describe('the log pane', () => {
  const pane = (log: Ui['log']) =>
    drawn(paneLines('log', snapshotOf(), { ...START, pane: 'log', log }, 40, LOOK, 0), 40);

  it('says that it is read, and that there is nothing yet', () => {
    expect(pane(null)).toContain('reading it');
    expect(pane([])).toContain('No line yet.');
  });

  it('breaks a long line and loses nothing of it', () => {
    const entry = `"GET /v2/data HTTP/1.1" 404 NR ${'x'.repeat(60)} end`;
    expect(
      pane([{ text: entry, line: null, own: false }])
        .split('\n')
        .slice(2)
        .join('')
        .replace(/\s/g, ''),
    ).toBe(entry.replace(/\s/g, ''));
  });
});
