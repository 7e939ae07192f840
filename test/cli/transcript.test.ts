import { expect, it } from 'vitest';
import { Transcript } from '../../src/cli/transcript.ts';
import { evidence, logLine, transfer } from '../support/evidence.ts';
import { FRESH, lessonOf, snapshotOf } from '../support/scripted-engine.ts';

it('writes each part once, when it is final', () => {
  let text = '';
  const transcript = new Transcript(markdown => (text += markdown));
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
