/** Who is at which lesson or drill: the instructor's board, live on a terminal. */
import { systemClock } from '../../../shared/clock.ts';
import type { LearnerStatus } from '../../../workshop/workshop.ts';
import type { WorkshopStatusFlags } from '../../commands/workshop.ts';
import type { GlobalOptions } from '../../globals.ts';
import { printJson, stdout } from '../../print/out.ts';
import { paint, signs } from '../../print/paint.ts';
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
    const lines = boardLines(await look(), options, new Date());
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

function boardLines(all: readonly LearnerStatus[], options: GlobalOptions, now: Date): string[] {
  const widest = Math.max(7, ...all.map(each => each.learner.length));
  const { good, bad } = signs(options);
  const rows = all.map(({ learner, world, progress }) => {
    const sign = world === 'ready' ? paint(options, 'green', good) : paint(options, 'red', bad);
    const where = world === 'ready' ? placeText(progress) : world;
    const counts = `${String(progress?.lessons.length ?? 0).padStart(2)} lessons ${String(progress?.drills.length ?? 0).padStart(2)} drills`;
    return `${sign} ${learner.padEnd(widest)}  ${where.slice(0, 40).padEnd(40)}  ${counts}  ${agoText(progress?.updated, now)}`;
  });
  const head = paint(options, 'dim', `  ${'learner'.padEnd(widest)}  ${'at'.padEnd(40)}  done`);
  return [head, ...rows];
}

function placeText(progress: LearnerStatus['progress']): string {
  if (progress === null) return 'not begun';
  const { kind, at, step } = progress;
  return kind === 'drill' ? `drill ${at}` : `${at}/${step}`;
}

function agoText(updated: string | undefined, now: Date): string {
  const ms = now.getTime() - Date.parse(updated ?? '');
  if (!Number.isFinite(ms)) return '';
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}
