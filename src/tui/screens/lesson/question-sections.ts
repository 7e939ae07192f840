/** A question, its answers to choose from, and what became of it: a prediction, or one of a recap's. Pure. */
import type { Again, StepOf } from '../../../course/schema.ts';
import { choicesOf, knownOf, recallQuestion, UNKNOWN, wordOn } from '../../../lesson/asked.ts';
import { isReading, type StepState } from '../../../lesson/state.ts';
import { consoleLines } from '../../components/console/console-lines.ts';
import { markedLines, optionLines } from '../../components/options/option-lines.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Context, Section } from './sections.ts';
import { unsent } from './unsent.ts';

/** A prediction: to be made, just made, or made long ago and read again. */
export function predictSections(context: Context, step: StepOf<'predict'>): Section[] {
  const { state, ui, columns, signs: sign } = context;
  const question = wrap([bold(step.question)], columns.left);
  const choices = choicesOf(step.options);
  if (state.said !== undefined && ui.fresh.includes('said'))
    return [{ id: 'said', side: 'left', lines: saidLines(step, state, state.said, context) }];
  if (state.said === undefined && state.phase !== 'done') {
    const call = consoleLines(unsent(step.call.curl), undefined, { columns: columns.right });
    const reads = isReading(context.snapshot);
    const pointer = context.snapshot.connected ? ui.optionAt : -1;
    const answers =
      reads && ui.optionAt >= 0
        ? answered(step, ui.optionAt < step.options.length ? ui.optionAt : null, step.announced - 1, context)
        : optionLines(choices, pointer, columns.left, sign);
    return [
      { id: 'console', side: 'right', lines: state.probe ? [] : call },
      { id: 'question', side: 'left', lines: [...question, ...answers] },
    ];
  }
  const right = state.proven === undefined ? step.announced - 1 : state.proven;
  return [
    { id: 'question', side: 'left', lines: [...question, ...answered(step, state.said, right, context)] },
  ];
}

/** The question of a recap that is on the screen; at its end, how many were known. */
export function recapSections(context: Context): Section[] {
  const { state, ui, columns, signs: sign } = context;
  const { recall } = state;
  const asked = recallQuestion(state);
  const known = state.known ?? (recall && knownOf(recall));
  if (state.phase === 'done' && known !== undefined && known.asked > 0)
    return [
      { id: 'known', side: 'left', lines: [line(`You knew ${known.right} of ${known.asked}.`, 'dim')] },
    ];
  if (state.phase === 'done' || recall === undefined || asked === null) return [];
  const { questions, at, answers } = recall;
  const said = answers[at];
  const { again, place } = asked;
  const lines: Line[] = [
    line(`${at + 1} of ${questions.length}`, 'dim'),
    ...wrap([bold(again.question)], columns.left),
    ...(said === undefined
      ? optionLines(choicesOf(again.options), ui.optionAt, columns.left, sign)
      : [
          ...answered(again, said, again.announced - 1, context),
          blank,
          line(`You met this in ${place}.`, 'dim'),
        ]),
  ];
  return [{ id: 'question', side: 'left', lines }];
}

/** All answers, the right one and the learner's marked, and a word on a wrong one. `said` undefined: not asked yet. */
function answered(
  { options }: Pick<Again, 'options'>,
  said: number | null | undefined,
  right: number | null,
  { columns, signs: sign }: Context,
): Line[] {
  const choices = said === null ? choicesOf(options) : options.map(option => option.say);
  const mine = said === null ? options.length : said;
  return [
    ...markedLines(choices, { right, mine, unknown: said === null }, columns.left, sign),
    ...(right === null ? [line('none of the answers foresaw this', 'dim')] : []),
    ...word(options, said ?? null, right, columns.left),
  ];
}

function word(options: Again['options'], said: number | null, right: number | null, columns: number): Line[] {
  const text = wordOn(options, said, right);
  return text === null ? [] : [blank, ...wrap([piece(text)], columns)];
}

/** Just answered: short, since the evidence stands below. */
function saidLines(
  { options }: StepOf<'predict'>,
  { proven }: StepState,
  said: number | null,
  { columns, signs: sign }: Context,
): Line[] {
  const row = (mark: string, role: 'good' | 'bad' | 'dim', text: string) =>
    wrap([piece(`${mark} `.padEnd(3), role), piece(text)], columns.left, 3);
  const mine = `you said: ${said === null ? UNKNOWN : (options[said]?.say ?? '')}`;
  if (proven === undefined) return row(sign.open, 'dim', mine);
  if (proven === said && said !== null) return row(sign.good, 'good', mine);
  const truth = proven === null ? 'none of the answers foresaw this' : `it is: ${options[proven]?.say ?? ''}`;
  return [
    ...(said === null ? row(sign.open, 'dim', mine) : row(sign.bad, 'bad', mine)),
    ...row('', 'dim', truth),
    ...word(options, said, proven, columns.left),
  ];
}
