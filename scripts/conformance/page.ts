// The generated part of docs/sandbox.md about Kubernetes' own tests.
import { type Selection, testsOf } from './selection.ts';

const MARKED = /<!-- conformance -->[\s\S]*<!-- \/conformance -->/;

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

/** The page with the part between its two marks replaced. */
export function withConformance(page: string, text: string): string {
  return page.replace(MARKED, () => `<!-- conformance -->\n${text}\n<!-- /conformance -->`);
}
