/** The exam in the list: one that is under way, or a new one, and what came of the last. Pure. */
import { blank, bold, indent, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export interface ExamFacts {
  /** Of a new one. */
  readonly terms: { readonly questions: number; readonly minutes: number; readonly passMark: number };
  /** The one that was begun. `minutesLeft`: of its clock; `over`: it has ended and is not graded yet. */
  readonly underWay: {
    readonly questions: number;
    readonly minutesLeft: number;
    readonly over: boolean;
  } | null;
  /** The last one with a report. `date` as in 2026-11-29; `weakest`: the domain in which most points were lost. */
  readonly last: {
    readonly date: string;
    readonly percent: number | null;
    readonly passed: boolean | null;
    readonly weakest: string | null;
  } | null;
  /** Why its files cannot be read, in a sentence. */
  readonly trouble: string | null;
}

export function examRows(facts: ExamFacts | null, columns: number, signs: Signs): Line[] {
  if (facts === null) return [];
  const { terms, underWay, last, trouble } = facts;
  const title =
    underWay === null
      ? 'Begin an exam'
      : underWay.over
        ? 'Grade the exam that has ended'
        : 'Go on with the exam';
  const what =
    underWay === null
      ? `${terms.questions} questions over all domains, ${terms.minutes} min; ${terms.passMark} % pass`
      : `${underWay.questions} questions, ${underWay.minutesLeft} min left; the clock stands`;
  const rules =
    'Each question is a drill in namespaces of its own, in any order: no hints, and no verdicts until the end. Quitting stops the clock and leads back here.';
  const about = (text: string) => wrap([piece(text, 'dim')], columns - 7).map(each => indent(each, 7));
  return [
    [piece(` ${signs.pointer} `, 'accent'), piece('    '), bold(title)],
    ...about(what),
    ...about(rules),
    ...(last === null ? [] : [blank, ...about(lastText(last))]),
    ...(trouble === null
      ? []
      : [blank, ...wrap([piece(`${signs.bad} `, 'bad'), piece(trouble)], columns, 2)]),
  ];
}

function lastText({ date, percent, passed }: NonNullable<ExamFacts['last']>): string {
  const score = percent === null ? 'not scored yet' : `${percent} %, ${passed ? 'passed' : 'not passed'}`;
  return `The last one, of ${date}: ${score}. istio-tutor exam --report prints it, istio-tutor history all of them.`;
}
