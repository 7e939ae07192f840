/**
 * Tells when files of a folder change. Editors save in many ways (write, replace, remove and make anew), so many
 * events make one report, a moment after the last. Where the system cannot watch, the folder is polled.
 */

import { basename } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { log } from '../shared/log.ts';

/** Milliseconds of quiet before a change is reported. */
const QUIET = 100;
/** Milliseconds between two looks where watching does not work. */
const POLL = 500;

/** Watches the files at the top of `folder` whose name is `wanted`. Returns how to stop. */
export async function watchFolder(
  folder: string,
  wanted: (name: string) => boolean,
  onChange: () => void,
): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const report = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (!stopped) onChange();
    }, QUIET);
  };
  let watcher: FSWatcher | undefined;

  const start = async (usePolling: boolean): Promise<void> => {
    const next = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      usePolling,
      interval: POLL,
      ignored: (path, info) => info?.isFile() === true && !wanted(basename(path)),
    });
    watcher = next;
    next.on('all', (event, path) => {
      if (event !== 'addDir' && event !== 'unlinkDir' && wanted(path)) report();
    });
    next.on('error', error => {
      log('watch', `${folder}: ${(error as Error).message}`);
      // No more watches to be had (ENOSPC, EMFILE), or a file system without them: look instead.
      if (stopped || usePolling || watcher !== next) return;
      void next.close();
      void start(true).then(report);
    });
    await new Promise<void>(resolve => {
      next.once('ready', () => resolve());
      next.once('error', () => resolve());
    });
  };
  await start(false);

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await watcher?.close();
  };
}
