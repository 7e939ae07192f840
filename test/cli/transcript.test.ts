import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTranscript, SnapshotTeller } from '../../src/cli/transcript.ts';
import { evidence, logLine, transfer } from '../support/evidence.ts';
import { folder, pipe, underFault, unreadable } from '../support/faults.ts';
import { FRESH, lessonOf, snapshotOf } from '../support/scripted-engine.ts';
import { folderWith } from '../support/tiny-course.ts';

it('writes each part once, when it is final', () => {
  let text = '';
  const transcript = new SnapshotTeller(markdown => (text += markdown));
  const step = {
    ...{ id: 'ask', kind: 'predict', title: 'The same call', question: 'What comes back?', announced: 1 },
    call: { curl: ['http://api/'] },
    options: [{ say: 'an answer' }, { say: 'nothing' }],
  } as const;
  const lesson = lessonOf([step as never], {
    prose: { ask: { before: '## The same call\n\nIt is sent.', after: 'So it goes.' } },
  });
  const made = transfer({ code: 200, api: {} });
  const proof = evidence([made], [logLine(made, { cluster: 'outbound|80||api' })]);
  const asked = { ...FRESH, said: 1, phase: 'asked' } as const;
  const probe = { argv: ['http://api/'], answer: proof.curl, own: false } as const;
  const done = { ...asked, probe: { ...probe, evidence: proof }, proven: 0, phase: 'done' } as const;
  for (const state of [FRESH, asked, { ...asked, probe }, done, done]) {
    transcript.tell(snapshotOf({ lesson, steps: { ask: state } }));
  }
  expect(text).toContain(
    '## 3  Step 2: DestinationRule\n\nOn kind, Istio 1.31.\n\n### The same call\n\nIt is sent.\n',
  );
  expect(text).toContain('What comes back?\n\n1. an answer\n2. nothing\n\nSaid: nothing\n');
  expect(text.match(/\$ curl/g)).toHaveLength(1);
  expect(text.match(/outbound\|80\|\|api/g)?.length).toBeGreaterThan(0);
  expect(text.trimEnd().endsWith('It was: an answer\n\nSo it goes.')).toBe(true);
});

const NOW = () => new Date('2026-11-28T12:10:00Z');

it('goes on in a file that is there', () => {
  const path = join(folderWith({ 'notes.md': 'mine\n' }), 'notes.md');
  openTranscript(path, NOW);
  expect(readFileSync(path, 'utf8')).toBe('mine\n# istio-tutor, 2026-11-28 12:10 UTC\n');
});

it('begins a line of its own in a file whose last line has no end', () => {
  const path = join(folderWith({ 'notes.md': 'mine' }), 'notes.md');
  openTranscript(path, NOW);
  expect(readFileSync(path, 'utf8')).toBe('mine\n\n# istio-tutor, 2026-11-28 12:10 UTC\n');
});

it.each([
  ['a folder', folder, 'is a folder.'],
  ['a pipe that nobody reads', pipe, 'nobody is at its other end.'],
  ['what cannot be read', unreadable, 'leads back to itself.'],
])('that is %s is an error at once', (_, lay, words) => {
  const path = join(folderWith({}), 'notes.md');
  lay(path);
  expect(() => openTranscript(path, NOW)).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({
        what: `The transcript ${path} cannot be written.`,
        why: expect.stringContaining(words),
      }),
    }),
  );
});

it('on a disk that fills up meanwhile is said not to be whole, and ends nothing', async () => {
  const root = folderWith({});
  const code = `
    import { openTranscript } from '../../src/cli/transcript.ts';
    const transcript = openTranscript('notes.md', () => new Date(0));
    const step = { id: 'a', kind: 'read', title: 'A' };
    const prose = { a: { before: 'x'.repeat(5000), after: '' } };
    const snapshot = { lesson: { id: 'l', number: 1, title: 'L', steps: [step], prose }, at: 0, steps: {}, provider: 'p' };
    let tell = () => {};
    transcript.follow({ subscribe: listener => ((tell = listener), () => {}), getSnapshot: () => snapshot });
    const before = transcript.finish();
    tell();
    console.log(JSON.stringify([before, transcript.finish()]));`;
  expect(await underFault({ within: root, room: 1 }, code)).toEqual([
    null,
    'notes.md may not grow any larger (ulimit -f).',
  ]);
});

it('on a disk that was full for a while has all of it, and no half of a part', async () => {
  const root = folderWith({ 'notes.md': `${'x'.repeat(500)}\n` });
  const code = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { openTranscript } from '../../src/cli/transcript.ts';
    const transcript = openTranscript('notes.md', () => new Date(0));
    const step = { id: 'a', kind: 'read', title: 'A' };
    const prose = { a: { before: 'y'.repeat(600), after: '' } };
    const lesson = { id: 'l', number: 1, title: 'L', steps: [step, { ...step, id: 'b', title: 'B' }], prose };
    let snapshot = { lesson, at: 0, steps: {}, provider: 'p' };
    let tell = () => {};
    transcript.follow({ subscribe: listener => ((tell = listener), () => {}), getSnapshot: () => snapshot });
    tell();
    const full = [readFileSync('notes.md', 'utf8').includes('### A'), transcript.finish()];
    writeFileSync('notes.md', '');
    snapshot = { ...snapshot, at: 1 };
    tell();
    console.log(JSON.stringify([...full, transcript.finish(), readFileSync('notes.md', 'utf8')]));`;
  expect(await underFault({ within: root, room: 2 }, code)).toEqual([
    false,
    'notes.md may not grow any larger (ulimit -f).',
    null,
    `\n### A\n\n${'y'.repeat(600)}\n\n### B\n`,
  ]);
});
