/** A lesson as a conversation: the engine tells what is new, and obeys one line at a time. */
import { createInterface } from 'node:readline';
import { optionOf, optionsAsked } from '../../lesson/asked.ts';
import type { Engine } from '../../lesson/state.ts';
import { whyRows } from '../../lesson/why-rows.ts';
import { curlLine } from '../../probe/curl-args.ts';
import { logRows, rawRows } from '../../probe/log-rows.ts';
import { Interrupted, TutorError, UserError } from '../../shared/errors.ts';
import { diffAndPlan } from './diff.ts';
import { Teller, type Telling } from './teller.ts';

const KEYS = `  enter  do the next thing      NUMBER  answer a question
  p      send the call again    c ARGS  send a call of your own: c -I http://catalog/
  a      apply again            h  hint      s  solution      r  reset the step
  b      a step back            g N  go to step N              l  the sidecar's log; l raw
  d      what an apply would change      u  bring the cluster back
  y      why the call went there         q  quit`;

export interface Conversation extends Telling {
  readonly input: NodeJS.ReadableStream;
  readonly signal: AbortSignal;
}

/** Opens a lesson and obeys line by line, until q, the end of the input or of the lesson. Throws Interrupted. */
export async function converse(
  engine: Engine,
  on: Conversation,
  lesson: string,
  step?: string,
): Promise<void> {
  const teller = new Teller(engine, on);
  await engine.open(lesson, step);
  const lines = createInterface({ input: on.input, terminal: false });
  const stop = () => {
    engine.interrupt();
    lines.close();
  };
  on.signal.addEventListener('abort', stop);
  teller.prompt();
  try {
    for await (const line of lines) {
      if (line.trim() === 'q') break;
      await obey(engine, teller, line.trim());
      if (engine.getSnapshot().lesson === null) break;
      teller.prompt();
    }
  } finally {
    on.signal.removeEventListener('abort', stop);
    lines.close();
  }
  if (on.signal.aborted) throw new Interrupted();
}

/** Does what a line asks for, on the lesson that is open. */
export async function obey(engine: Engine, teller: Teller, line: string): Promise<void> {
  const [word = '', ...rest] = line.split(/\s+/);
  if (/^\d+$/.test(word)) {
    const { lesson, at, steps } = engine.getSnapshot();
    const step = lesson?.steps[at];
    const options = step === undefined ? null : optionsAsked(step, steps[step.id]);
    const option = options === null ? undefined : optionOf(options, Number(word) - 1);
    return option === undefined ? undefined : engine.answer(option);
  }
  switch (word) {
    case '':
      return engine.advance();
    case 'p':
      return engine.probe();
    case 'c': {
      try {
        return await engine.probe(curlLine(rest.length === 0 ? '' : line.slice(line.indexOf(word) + 1)));
      } catch (error) {
        if (error instanceof UserError) return teller.problem(error.problem);
        throw error;
      }
    }
    case 'a':
      return engine.apply();
    case 'h':
      return engine.hint();
    case 's':
      return engine.solution();
    case 'r':
      return engine.reset();
    case 'b':
      return engine.back();
    case 'g':
      return engine.goTo(Number(rest[0]) - 1);
    case 'u':
      return engine.bringBack();
    case 'd':
      for (const text of await diffAndPlan(engine, teller.look)) teller.say(text);
      return;
    case 'l':
      return teller.rows((rest[0] === 'raw' ? rawRows : logRows)(await engine.sidecarLog(10)));
    case 'y':
      try {
        const why = await engine.why();
        return teller.rows(whyRows(why, { ...teller.signs, ellipsis: '...' }));
      } catch (error) {
        if (error instanceof TutorError) return teller.problem(error.problem);
        throw error;
      }
    default:
      teller.say(KEYS);
  }
}
