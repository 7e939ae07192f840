/** Who is at which lesson or drill: the instructor's board, live on a terminal. */
import { systemClock } from '../../../shared/clock.ts';
import type { WorkshopStatusFlags } from '../../commands/workshop.ts';
import { type BoardRoom, boardLines } from '../../print/board-lines.ts';
import { printJson, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { lookAtLearners } from './look.ts';

/** Milliseconds between two updates of the live board. */
const EVERY = 2000;

export async function workshopStatus(options: WorkshopStatusFlags): Promise<void> {
  const look = await lookAtLearners(options);
  const live = options.once !== true && !options.json && process.stdout.isTTY === true;
  if (options.json) {
    printJson({ learners: await look() });
    return;
  }
  const signal = interruptSignal();
  let drawn = 0;
  for (;;) {
    const lines = boardLines(await look(), options, new Date(), live ? windowRoom() : null);
    // Back to where the last board began: the new one takes its place.
    stdout.wipeLines(drawn);
    stdout.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
    if (!live) return;
    try {
      await systemClock.wait(EVERY, signal);
    } catch {
      return;
    }
  }
}

/** What scrolls out of the window cannot be drawn again; the cursor has the last row. */
function windowRoom(): BoardRoom {
  return { columns: stdout.columns, rows: Math.max(2, stdout.rows - 1) };
}
