/** A list of checks: a sign, what must hold, and where it does not, what was expected and what was found. */
import type { CheckResult, Verdict } from '../../../lesson/state.ts';
import { type Line, line, piece, spread, truncate, widthOf } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

const INDENT = '     ';

interface Room {
  readonly columns: number;
  /** Rows are few: expected and found share one where they fit. */
  readonly brief: boolean;
  /** The id of the check that the pointer is on, which shows its call whatever its verdict is. */
  readonly pointed?: string | undefined;
  /** The call of a check, as it would be typed; null: there is none to show. */
  callOf?(id: string): string | null;
}

export function checksLines(checks: readonly CheckResult[], room: Room, signs: Signs): Line[] {
  const { columns, pointed } = room;
  return checks.flatMap(check => {
    const head: Line = [...signOf(check, check.id === pointed, signs), piece(check.title)];
    const details = [...callLine(check, room, signs), ...verdictLines(check.verdict, room, INDENT)];
    const aside = asideOf(check);
    if (aside && widthOf(head) + aside.length + 3 <= columns)
      return [spread(head, line(aside, 'dim'), columns), ...details];
    const wrapped = wrap(head, columns, INDENT.length);
    return [
      ...wrapped,
      ...(aside ? wrap([piece(INDENT), piece(aside, 'dim')], columns, INDENT.length) : []),
      ...details,
    ];
  });
}

/** What fails is to be sent again by hand, and looked at; so is what is pointed at, of which all is shown. */
function callLine({ id, verdict }: CheckResult, room: Room, { ellipsis }: Signs): Line[] {
  const { columns, callOf, pointed, brief } = room;
  const text = verdict.state === 'failed' || id === pointed ? (callOf?.(id) ?? null) : null;
  if (text === null) return [];
  const call = [piece(INDENT), piece('$ ', 'dim'), piece(text, 'dim')];
  return brief && id !== pointed
    ? [truncate(call, columns, ellipsis)]
    : wrap(call, columns, INDENT.length + 2);
}

function signOf({ verdict }: CheckResult, pointed: boolean, signs: Signs): Line {
  const [sign, role] =
    verdict.state === 'passed'
      ? ([signs.good, 'good'] as const)
      : verdict.state === 'failed'
        ? ([signs.bad, 'bad'] as const)
        : ([verdict.state === 'could-not-check' ? '?' : signs.open, 'dim'] as const);
  return [piece(pointed ? signs.pointer : ' ', 'accent'), piece(sign.padEnd(4), role)];
}

function asideOf(check: CheckResult): string | null {
  const { verdict } = check;
  if (verdict.state === 'passed') return verdict.found;
  if (verdict.state === 'not-tried') return 'not tried yet';
  if (verdict.state === 'failed' && check.guard) return 'held before; must still hold';
  return null;
}

/** Expected and found, or why it could not be checked. Nothing for the other verdicts. */
export function verdictLines(verdict: Verdict, { columns, brief }: Room, lead: string): Line[] {
  const part = (label: string, text: string): Line[] =>
    wrap([piece(lead), piece(label.padEnd(9), 'dim'), piece(text)], columns, lead.length + 9);
  if (verdict.state === 'failed') {
    const { expected, found } = verdict;
    const both: Line = [
      ...[piece(lead), piece('expected ', 'dim'), piece(expected)],
      ...[piece('   found ', 'dim'), piece(found)],
    ];
    if (brief && widthOf(both) <= columns) return [both];
    return [...part('expected', expected), ...part('found', found)];
  }
  if (verdict.state === 'could-not-check')
    return wrap([piece(lead), piece(`could not check: ${verdict.why}`)], columns, lead.length);
  return [];
}

/** 'accepted': all hold; for headings. */
export function allPassed(checks: readonly CheckResult[]): boolean {
  return checks.length > 0 && checks.every(check => check.verdict.state === 'passed');
}
