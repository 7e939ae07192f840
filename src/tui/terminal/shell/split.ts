/** How a terminal multiplexer is asked for a shell or an editor beside the program. Pure. */
import type { Size } from '../window-size.ts';

/** The program needs these for itself (components/too-small.ts); a half that leaves it fewer is no half. */
const HALF = { columns: 62, rows: 20 } as const;

/**
 * `start`: what runs in it. Null: the program runs in none. Beside the program, or below it; where both would be too
 * small, over it.
 */
export function splitCommand(
  start: readonly string[],
  folder: string,
  { columns, rows }: Size,
  env: NodeJS.ProcessEnv,
): readonly string[] | null {
  const where = columns >= 2 * HALF.columns ? 'right' : rows >= 2 * HALF.rows ? 'down' : 'over';
  if (env.TMUX) {
    const how = { right: ['split-window', '-h'], down: ['split-window', '-v'], over: ['new-window'] }[where];
    return ['tmux', ...how, '-c', folder, ...start];
  }
  if (env.ZELLIJ) {
    const how = where === 'over' ? ['--floating'] : ['--direction', where];
    return [
      'zellij',
      'run',
      ...how,
      '--close-on-exit',
      '--name',
      'istio-tutor',
      '--cwd',
      folder,
      '--',
      ...start,
    ];
  }
  return null;
}
