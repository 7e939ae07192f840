import { expect, it } from 'vitest';
import * as z from 'zod';
import { readFormat } from '../../src/shared/read-format.ts';

it.each([
  ['[]', 'It does not hold what it should: It must be a mapping (NAME: VALUE), and is a list.'],
  ['{"format":1}', 'It does not hold what it should: a: It is missing.'],
])('says what %s lacks', (text, why) => {
  const schema = z.object({ format: z.literal(1), a: z.number() });
  expect(readFormat(text, 1, schema)).toEqual({ why, newer: false });
});

it.each(['not: [json', '{"format":1,"a":"x"}', '{"format":2}'])(
  'says in a whole sentence why %s is of no use',
  text => {
    const found = readFormat(text, 1, z.object({ format: z.literal(1), a: z.number() }));
    expect('why' in found && found.why).toMatch(/[^.]\.$/);
  },
);
