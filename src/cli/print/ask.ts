import { createInterface } from 'node:readline/promises';
import { Interrupted } from '../../shared/errors.ts';
import { interruptSignal } from '../process/interrupt.ts';
import { terminalText } from './out.ts';

let hold: () => () => void = () => () => {};

/** `next` silences what draws on the terminal, a line of progress, while a question stands there. */
export function holdWhileAsking(next: () => () => void): void {
  hold = next;
}

/** A yes-or-no question on the terminal, on stderr, so that stdout stays clean. Anything but y or yes is no. */
export async function askYes(question: string): Promise<boolean> {
  const goOn = hold();
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Readline takes Ctrl-C for itself while it asks; hand it on.
  lines.on('SIGINT', () => process.emit('SIGINT'));
  try {
    const answer = await lines.question(terminalText(`${question} [y/N] `), { signal: interruptSignal() });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw new Interrupted();
    throw error;
  } finally {
    lines.close();
    goOn();
  }
}
