/** The doctor's findings as lines: one per thing, and below it what to do where it is missing. */
import type { ContextFinding, Diagnosis, DoctorFinding } from './doctor.ts';

export type Paint = (text: string, as: 'good' | 'bad' | 'note' | 'dim') => string;

const SIGNS = { ok: 'ok', missing: 'missing', warning: 'warning' } as const;
const COLOURS = { ok: 'good', missing: 'bad', warning: 'note' } as const;

/** Lines, the last one ended. `paint` colours a piece or leaves it as it is. */
export function diagnosisText(diagnosis: Diagnosis, paint: Paint): string {
  const lines = diagnosis.findings.flatMap(finding => findingLines(finding, paint));
  if (diagnosis.contexts.length > 0) {
    lines.push('', 'Contexts of your kubeconfig (--on context=NAME):');
    for (const context of diagnosis.contexts) lines.push(`  ${contextLine(context, paint)}`);
  }
  lines.push(
    '',
    diagnosis.sandbox
      ? 'The sandbox can be used here: istio-tutor --on sandbox'
      : 'The sandbox needs curl to send calls; everything else in it works.',
    diagnosis.kind ? 'kind can be used here: istio-tutor up' : 'kind cannot be used here yet.',
  );
  return `${lines.join('\n')}\n`;
}

function findingLines(finding: DoctorFinding, paint: Paint): string[] {
  // What is merely useful must not look like something that is needed.
  const optional = finding.state === 'missing' && !finding.needed;
  const sign = optional ? paint('optional', 'note') : paint(SIGNS[finding.state], COLOURS[finding.state]);
  const width = optional ? 'optional'.length : SIGNS[finding.state].length;
  const lines = [`${sign}${' '.repeat(Math.max(1, 9 - width))}${finding.id.padEnd(10)}${finding.found}`];
  if (finding.remedy) {
    lines.push(`${' '.repeat(19)}${finding.remedy.say}`, `${' '.repeat(19)}$ ${finding.remedy.command}`);
  }
  return lines;
}

function contextLine(context: ContextFinding, paint: Paint): string {
  const said = {
    istio: paint(`Istio ${context.istio ?? ''}`, 'good'),
    'no-istio': 'no Istio',
    silent: paint('does not answer', 'note'),
    'not-asked': paint('not asked: its login runs a command', 'dim'),
  }[context.state];
  return `${context.current ? '*' : ' '} ${context.name.padEnd(28)} ${said}`;
}
