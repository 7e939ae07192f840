/** An exam on a terminal, as a candidate sees it: its list, a question, its pause, its end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Exam } from '../../src/exam/exam.ts';
import { BugError } from '../../src/shared/errors.ts';
import { examState, ListedWorld, NOTHING_BESIDE } from '../support/listed-world.ts';
import type { ScriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { drawInTests, onTestTerminal } from './harness.ts';
import { WHY } from './why-fixtures.ts';

/** Three questions that are ready; the clock stands still. `broken`: the third cannot be made at first. */
async function startExam({
  columns = 80,
  rows = 24,
  ascii = false,
  training = false,
  screenReader = false,
  broken = false,
  notes = '/work/exam/x/notes.md',
  editor = '',
} = {}) {
  drawInTests();
  const { showExam } = await import('../../src/tui/exam-app.tsx');
  const worlds = [1, 2, 3].map(number => new ListedWorld(number));
  const third = worlds[2] as ListedWorld;
  if (broken) third.gate = Promise.reject(new Error('the cluster is full'));
  const exam = new Exam(
    {
      ...{ worlds, provider: 'sandbox', now: () => 1_700_000_000_000, monotonic: () => 0 },
      ...{ save: async () => {}, atOnce: 2, ahead: 2, beside: NOTHING_BESIDE },
    },
    { ...examState(worlds), training },
  );
  await exam.begin();
  onTestFinished(() => exam.dispose());
  const { terminal, ended } = onTestTerminal(
    { columns, rows, look: { ascii, screenReader }, env: { EDITOR: editor } },
    deps => showExam(exam, deps, notes),
  );
  return { ...terminal, exam, worlds, ended };
}

it('lists the questions under one clock, without a verdict', async () => {
  const tui = await startExam();
  const ready = (frame: string) => frame.includes('enter open') && !frame.includes('being made');
  expect(await tui.until(ready)).toMatchInlineSnapshot(`
    " Exam, 3 questions                                                   30:00 left
     ──────────────────────────────────────────────────────────────────────────────

     Any order. What is in effect at the end counts; no verdicts before. 68 % pass.

      ▸    1  Egress, easy                                                 4 points
           2  Routing, easy                                                4 points
           3  Routing, easy                                                3 points













     ──────────────────────────────────────────────────────────────────────────────
     enter open   f flag   x end the exam   p pause   m my notes   q quit   ? keys"
  `);
});

it('opens a question in any order, and shows neither checks nor hints', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press('j', 'f', KEYS.enter);
  const frame = await tui.until('2/3 !');
  // The title would name the cause: only the report has it.
  expect(frame).toContain('Routing, easy ');
  expect(frame).not.toContain('Every call fails with 503');
  expect(frame).toContain('30:00 left');
  expect(frame).toContain('saving in any editor applies it');
  for (const { title } of tui.worlds[1]?.checks ?? []) expect(frame).not.toContain(title);
  expect(frame).not.toMatch(/points|hint|checks again/);
  tui.press('h');
  await tui.until('An exam has no hints and no solutions');
  tui.press('s', 'n');
  await tui.until('3/3');
  tui.press(KEYS.escape);
  await tui.until('▸    3');
  expect(tui.worlds[1]?.scripted.asked).toEqual([]);
});

it('shows in a question what its files would change for calls, with no verdict', async () => {
  const tui = await startExam();
  const engine = tui.worlds[0]?.scripted as ScriptedEngine;
  const caller = 'deploy/client in exam-1';
  const changes = [{ today: 'no timeout', after: 'given up after 2 s' }];
  const calls = [{ call: 'GET http://catalog/', changes, by: [] }];
  engine.planned = {
    state: 'known',
    partial: false,
    clients: [{ caller, refused: [], unexplained: [], calls }],
  };
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('d');
  expect(await tui.until('One call of deploy/client in exam-1 would change')).toMatch(
    /today {2}no timeout\n +then {3}given up after 2 s/,
  );
  expect(engine.asked).toEqual([['plan']]);
});

it('tells the keys of a question, and none that an exam has not', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('?');
  const keys = await tui.until('Keys');
  expect(keys).toContain('the next question');
  expect(keys).toContain('back to the questions');
  expect(keys).not.toMatch(/hint|solution|list of lessons|go to a step/);
});

it('says of a training that verdicts come at once', async () => {
  const tui = await startExam({ training: true });
  const frame = await tui.until('enter open');
  expect(frame).toContain('What is in effect at the end counts; verdicts at once. 68 % pass.');
  expect(frame).toContain('2  Every call fails with 503');
});

it('says why a question could not be made, and tries again when it is opened', async () => {
  const tui = await startExam({ broken: true });
  const list = await tui.until('unavailable');
  expect(list).toMatch(/3 {2}Routing, easy +unavailable +3 points/);
  tui.press('j', 'j');
  expect(await tui.until('enter try again')).toContain('the cluster is full');
  (tui.worlds[2] as ListedWorld).gate = null;
  tui.press(KEYS.enter);
  await tui.until(frame => frame.includes('enter open') && !frame.includes('unavailable'));
});

it('pauses, says how long, and goes on', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press('p');
  await tui.until('clock stands, 30:00 left');
  tui.press('p');
  await tui.until('enter open');
  expect(tui.exam.getSnapshot().phase).toBe('running');
});

it('pauses with the same key in a question, and sends no call', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('p');
  await tui.until('clock stands, 30:00 left');
  tui.press('p');
  await tui.until('1/3');
  expect(tui.worlds[0]?.scripted.asked).toEqual([]);
});

it('shows the keys of its list', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press('?');
  const keys = await tui.until('Keys');
  expect(keys).toContain('ends the exam and grades it');
  expect(keys).toContain('esc close');
  tui.press(KEYS.escape);
  await tui.until('enter open');
});

it('opens a notepad from the list and from a question, and goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'notes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const editor = join(folder, 'editor');
  writeFileSync(editor, '#!/bin/sh\necho written >> "$1"\n', { mode: 0o755 });
  const notes = join(folder, 'notes.md');
  const tui = await startExam({ notes, editor });
  await tui.until('m my notes');
  tui.press('m');
  await vi.waitFor(() => expect(readFileSync(notes, 'utf8')).toBe('written\n'), { timeout: 10_000 });
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('m');
  await vi.waitFor(() => expect(readFileSync(notes, 'utf8')).toBe('written\nwritten\n'), { timeout: 10_000 });
  await tui.until('1/3');
});

it('names what is flagged and what was never opened before it ends', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('f', KEYS.escape);
  await tui.until('enter open');
  tui.press('x');
  const asked = await tui.until('y end and grade');
  expect(asked).toContain('End the exam now? Never opened: 2, 3; flagged: 1.');
});

it('asks before it ends, grades, and shows the report', async () => {
  const tui = await startExam({ columns: 100, rows: 30 });
  const [, second] = tui.worlds as [ListedWorld, ListedWorld, ListedWorld];
  second.grading = check =>
    check.guard === true
      ? { state: 'passed', found: 'it' }
      : { state: 'failed', expected: 'status 200', found: 'status 503' };
  await tui.until('enter open');
  tui.press('x');
  expect(await tui.until('y end and grade')).toContain('End the exam now? Never opened: 1-3.');
  tui.press('n');
  await tui.until('enter open');
  tui.press('x', 'y');
  const report = await tui.until('% is needed');
  expect(report).toMatch(/63.6 %, 7 of 11 points, not passed \(68 % is needed\)/);
  expect(report).toMatch(/routing +3 of 7/);
  tui.press(KEYS.pageDown);
  await tui.until('expected status 200, found status 503');
  tui.press('q');
  expect(await tui.ended).toBeNull();
  await tui.until(() => !tui.alternate());
});

it('gives the terminal back on Ctrl-C, in a question as well', async () => {
  const tui = await startExam({ ascii: true });
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press(KEYS.ctrlC);
  expect(await tui.ended).toBeNull();
  await tui.until(() => !tui.alternate());
  expect(tui.rawMode()).toBe(false);
});

it('says when the window is too small', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.resize(50, 10);
  await tui.until('needs 60 columns');
  tui.resize(120, 40);
  await tui.until('enter open');
});

it('takes no key in a window that is too small, but those that quit', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.resize(50, 10);
  await tui.until('needs 60 columns');
  tui.press('f', 'q');
  expect(await tui.ended).toBeNull();
  expect(tui.exam.getSnapshot().questions[0]?.flagged).toBe(false);
});

it('ends after a crash in drawing its list: the error is handed on, the terminal is as it was', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  Object.defineProperty(tui.worlds[1], 'drill', { value: null });
  tui.exam.flag(1);
  expect(await tui.ended).toBeInstanceOf(BugError);
  await tui.until(() => !tui.alternate());
  expect(tui.rawMode()).toBe(false);
});

it('shows that something is under way in a question, and for how long', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.worlds[0]?.scripted.set({ busy: { label: 'Applying', since: Date.now() } });
  const first = await tui.until('Applying');
  await tui.until(frame => frame.includes('Applying') && frame !== first);
  expect(tui.exam.getSnapshot().left).toBe(30 * 60_000);
});

it('tells a screen reader each thing once, and not the clock', async () => {
  const tui = await startExam({ screenReader: true, rows: 60 });
  await tui.until('Chosen: 1');
  tui.press('j');
  await tui.until('Chosen: 2');
  tui.press(KEYS.enter);
  const text = await tui.until('Keys: enter');
  expect(text).toContain('Question 2, Routing, easy. kind, Istio 1.31.');
  expect(text).not.toMatch(/\d:\d\d left/);
  expect(text.split('Any order.')).toHaveLength(2);
  expect(tui.alternate()).toBe(false);
});

it('ends after a crash in drawing a question: the error is handed on, the terminal is as it was', async () => {
  const tui = await startExam();
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.worlds[0]?.scripted.set({ files: null as never });
  expect(await tui.ended).toBeInstanceOf(BugError);
  await tui.until(() => !tui.alternate());
  expect(tui.rawMode()).toBe(false);
});

it('keeps the log of a question moving while its pane is open', async () => {
  const tui = await startExam();
  const [first] = tui.worlds as [ListedWorld, ...ListedWorld[]];
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('l');
  await vi.waitFor(() => expect(first.scripted.asked.length).toBeGreaterThan(1), { timeout: 5000 });
  expect(first.scripted.asked.map(([action]) => action)).toContain('sidecarLog');
});

it('explains a call of the candidate’s own at a question', async () => {
  const tui = await startExam();
  const [first] = tui.worlds as [ListedWorld, ...ListedWorld[]];
  await tui.until('enter open');
  tui.press(KEYS.enter);
  await tui.until('1/3');
  tui.press('y');
  await tui.until('No call was made on this step yet.');
  first.scripted.explains = async () => WHY;
  tui.press('y', 'y');
  const frame = await tui.until('IST0109');
  expect(frame).toContain('▸ 03-virtual-service.yaml:14');
  expect(frame).toContain('left');
});

it('says at a question, whichever is open, that a file of it cannot be read', async () => {
  const tui = await startExam();
  await tui.until(frame => frame.includes('enter open') && !frame.includes('being made'));
  const unreadable = { what: '~/x/door.yaml cannot be read, so it stays as it is.', next: [] };
  tui.worlds[1]?.onLooked?.({ ...unreadable, why: '~/x/door.yaml: permission denied.' });
  const row = await tui.until('file unreadable');
  expect(row).toMatch(/2 {2}Routing, easy +file unreadable +4 points/);
  tui.press('j');
  const why = await tui.until('denied. Until');
  expect(why.replace(/\s+/g, ' ')).toContain('Until it can be, it counts as it was last applied.');
  tui.worlds[1]?.onLooked?.(null);
  await tui.until(frame => !frame.includes('unreadable') && !frame.includes('denied. Until'));
});
