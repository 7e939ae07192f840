/** What is wrong with the progress file, on stderr: a command that lists or resets prints its answer all the same. */
import type { ProgressFile } from '../lesson/progress.ts';
import { stderr } from './out.ts';

export function tellTrouble(progress: ProgressFile): void {
  const trouble = progress.trouble();
  if (trouble === null) return;
  stderr.write(`${trouble.what} ${trouble.why ?? ''} ${trouble.next[0] ?? ''}\n`);
  progress.noted();
}
