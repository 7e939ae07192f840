// The generated part of docs/sandbox.md about Kubernetes' own tests.
import { type Selection, testsOf } from './selection.ts';

export function conformanceText(selection: Selection): string {
  const { length } = testsOf(selection);
  const reasons = selection.fails.map(({ because, tests }) => `- ${because}: ${tests.map(short).join('; ')}`);
  return [
    `Of ${length} of Kubernetes' conformance tests ${selection.passes.length} pass. The others, and why not:`,
    '',
    ...reasons,
  ].join('\n');
}

/** Without the group that keeps it: '[sig-apps] Job should delete a job' is 'Job should delete a job'. */
const short = (name: string) => `\`${name.replace(/^\[sig-[a-z-]+\] /, '').replace(/ \[Serial\]/, '')}\``;
