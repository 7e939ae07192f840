/** What `task`, `verify` and `hint` print in a shell that was opened with `!`. */
import type { Engine } from '../../../lesson/state.ts';
import { checksLines } from '../../components/checks/checks-lines.ts';
import { outcomeLines } from '../../components/outcome/outcome-lines.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { type Line, piece, textOf } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, signs } from '../../theme.ts';
import { stepState } from './state.ts';

type Command = 'task' | 'verify' | 'hint';

const WIDTH = 78;

export async function shellAnswer(
  engine: Engine,
  command: Command,
  look: Pick<Look, 'ascii'>,
): Promise<string> {
  const { lesson, at } = engine.getSnapshot();
  const step = lesson?.steps[at];
  if (lesson === null || step === undefined) return 'No lesson is open.';
  if (lesson.playground !== undefined)
    return 'A playground has nothing to put right: whatever you save in this folder is applied.';
  if (step.kind !== 'fix') return `${step.title}: there is nothing to put right in this step.`;
  if (command === 'task') return wrapped(step.task);
  if (lesson.exam !== undefined) return 'An exam has no hints, and says what holds at its end.';
  return command === 'hint' ? nextHint(engine, step.hints) : verdicts(engine, look);
}

function nextHint(engine: Engine, hints: readonly string[]): string {
  const shown = stepState(engine.getSnapshot())?.hints ?? 0;
  if (shown < hints.length) engine.hint();
  const seen = hints
    .slice(0, shown + 1)
    .map((text, at) => wrapped(`Hint ${at + 1} of ${hints.length}  ${text}`));
  return [...seen, ...(shown < hints.length ? [] : ['That was the last hint.'])].join('\n');
}

const textOfLines = (lines: readonly Line[]) => lines.map(each => textOf(each).trimEnd()).join('\n');

const wrapped = (text: string) =>
  textOfLines(text.split('\n').flatMap(each => wrap([piece(each)], WIDTH, 2)));

async function verdicts(engine: Engine, look: Pick<Look, 'ascii'>): Promise<string> {
  await idle(engine);
  await engine.check();
  const { problem } = engine.getSnapshot();
  const { apply, checks = [] } = stepState(engine.getSnapshot()) ?? {};
  const refused = apply?.objects.some(each => each.outcome === 'refused') === true;
  const lines: readonly Line[] = problem
    ? problemLines(problem, WIDTH, signs(look))
    : refused
      ? outcomeLines(apply, WIDTH, signs(look))
      : checksLines(checks, { columns: WIDTH, brief: false }, signs(look));
  return textOfLines(lines);
}

/** A save has its own check, which is over first. */
function idle(engine: Engine): Promise<void> {
  if (engine.getSnapshot().busy === null) return Promise.resolve();
  return new Promise(resolve => {
    const stop = engine.subscribe(() => {
      if (engine.getSnapshot().busy !== null) return;
      stop();
      resolve();
    });
  });
}
