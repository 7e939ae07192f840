/**
 * Draws what has gone wrong where there is no screen of ours: on stderr for people, as one JSON document
 * on stdout with --json. The TUI has its own component for the same data (tui/components/problem).
 */
import { BugError, type Problem, type TutorError } from '../../shared/errors.ts';
import { jsonText } from '../../shared/printable.ts';
import { wrapHelp } from '../help-text.ts';
import { type PrintLook, paint, signs } from './paint.ts';

/**
 * The lines of an error: what, why, the tool's own words, what to type next. Ends with a newline. Sentences are broken
 * between words where a terminal has so many columns; a tool's words and what is to be typed stay in one piece.
 */
export function problemText(
  error: TutorError,
  look: PrintLook,
  verbose = false,
  columns = Number.POSITIVE_INFINITY,
): string {
  const lines = problemLines(error.problem, look, columns);
  if (verbose) {
    const { cause } = error;
    // Where a mistake of ours was noticed says nothing; where it came from does.
    const origin = cause instanceof Error ? cause : null;
    const shown = error instanceof BugError && origin !== null ? [origin] : [error, origin];
    lines.push('', ...shown.flatMap(each => indent(each?.stack ?? '', '    ')));
  }
  return `${lines.join('\n')}\n`;
}

/** The same of a problem that ends nothing. */
export function problemLines(
  problem: Problem,
  look: PrintLook,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const { what, why, next, detail } = problem;
  const sign = signs(look).bad;
  const [head = '', ...rest] = wrapHelp(`${sign} ${what}`, columns, sign.length + 1);
  const lines = [`${paint(look, 'red', sign)} ${paint(look, 'bold', head.slice(sign.length + 1))}`];
  lines.push(...rest.map(line => paint(look, 'bold', line)));
  if (why !== undefined) lines.push(...indent(why, '  ').flatMap(line => wrapHelp(line, columns, 2)));
  if (detail !== undefined) lines.push('', ...indent(detail, '    '), '');
  next.forEach((line, index) => {
    lines.push(`  ${index === 0 ? 'Try' : '   '}   ${line}`);
  });
  return lines;
}

/**
 * The same as JSON: `{"error": {"kind", "exitCode", "what", "why"?, "detail"?, "next": [...]}}`.
 * `kind` is UserError, ToolError, BugError or Interrupted.
 */
export function problemJson(error: TutorError): string {
  const { what, why, detail, next } = error.problem;
  return `${jsonText({ error: { kind: error.name, exitCode: error.exitCode, what, why, detail, next } }, 2)}\n`;
}

function indent(text: string, by: string): string[] {
  return text.split('\n').map(line => (line === '' ? '' : `${by}${line}`));
}
