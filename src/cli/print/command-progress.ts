/** Runs a command's long work under live progress on stderr, and hands back the times of its stages. */
import { systemClock } from '../../shared/clock.ts';
import type { Progress } from '../../shared/progress.ts';
import type { GlobalOptions } from '../globals.ts';
import { holdWhileAsking } from './ask.ts';
import { stderr } from './out.ts';
import { cliProgress, type Stage } from './progress.ts';

export interface Timed {
  readonly stages: readonly Stage[];
  /** Of the whole, rounded to a tenth. */
  readonly seconds: number;
}

/** The last stage is marked as failed when the work throws; the error goes on to main.ts. */
export async function commandProgress(
  options: Pick<GlobalOptions, 'color' | 'ascii' | 'verbose'>,
  work: (progress: Progress) => Promise<void>,
): Promise<Timed> {
  const progress = cliProgress({ ...options, to: stderr });
  holdWhileAsking(() => progress.hold());
  const since = systemClock.now();
  try {
    await work(progress);
  } catch (error) {
    progress.end('bad');
    throw error;
  }
  const stages = progress.end('good');
  return { stages, seconds: Math.round((systemClock.now() - since) / 100) / 10 };
}
