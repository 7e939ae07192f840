// Which of Kubernetes' tests are run, and what comes of them: selection.yaml.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Outcome } from './run-test.ts';

const names = z.array(z.string()).nonempty();
const schema = z.strictObject({
  passes: names,
  fails: z.array(z.strictObject({ because: z.string(), tests: names })),
});

export type Selection = z.infer<typeof schema>;

export function readSelection(): Selection {
  return schema.parse(parse(readFileSync(resolve(import.meta.dirname, 'selection.yaml'), 'utf8')));
}

export function testsOf({ passes, fails }: Selection): { name: string; expected: Outcome }[] {
  return [
    ...passes.map(name => ({ name, expected: 'passes' as const })),
    ...fails.flatMap(({ tests }) => tests).map(name => ({ name, expected: 'fails' as const })),
  ];
}
