/** A recap, told: the question that is new, and what became of the last answer. Pure. */
import { choicesOf, recallQuestion, UNKNOWN, wordOn } from '../../lesson/asked.ts';
import type { Recall } from '../../lesson/state.ts';
import { type PrintLook, paint, signs } from '../print/paint.ts';

/** What `now` has that `before` had not. */
export function recapLines(before: Recall | undefined, now: Recall, look: PrintLook): string[] {
  const asked = recallQuestion({ recall: now });
  if (asked === null) return [];
  const { question, options, announced } = asked.again;
  if (before === undefined || before.at !== now.at)
    return [
      `\n${now.at + 1} of ${now.questions.length}  ${question}`,
      ...choicesOf(options).map((say, i) => `  ${i + 1}  ${say}`),
    ];
  const said = now.answers[now.at];
  if (said === undefined || before.answers.length === now.answers.length) return [];
  return [...verdictLines(options, said, announced - 1, look), `  You met this in ${asked.place}.`];
}

/** What the learner said, what it is or was, and a word on a wrong answer. `right` null: none of the options. */
export function verdictLines(
  options: Parameters<typeof wordOn>[0],
  said: number | null,
  right: number | null,
  look: PrintLook,
): string[] {
  const sign = signs(look);
  const mark =
    said === null
      ? sign.todo
      : said === right
        ? paint(look, 'green', sign.good)
        : paint(look, 'red', sign.bad);
  const word = wordOn(options, said, right);
  return [
    `${mark} you said: ${said === null ? UNKNOWN : options[said]?.say}`,
    ...(said === right || right === null ? [] : [`  it was: ${options[right]?.say}`]),
    ...(word === null ? [] : [`  ${word}`]),
  ];
}
