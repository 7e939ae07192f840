/**
 * Reports when files of a folder change. Editors save in many ways (write, replace, remove and create), so many
 * events make one report, a moment after the last. Where the system cannot watch, the folder is polled. A watch is
 * on the folder and not on its name: when another folder takes the name, the watch moves there.
 */
import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { log } from '../shared/log.ts';

/** Milliseconds of quiet before a change is reported. */
const QUIET = 100;
/** Milliseconds between two looks: at the files where watching does not work, and at which folder has the name. */
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
  let polling = false;

  const start = async (): Promise<void> => {
    const next = watch(folder, {
      depth: 0,
      ignoreInitial: true,
      usePolling: polling,
      interval: POLL,
      ignored: (path, info) => info?.isFile() === true && !wanted(basename(path)),
    });
    watcher = next;
    next.on('all', (event, path) => {
      if (event !== 'addDir' && event !== 'unlinkDir' && wanted(path)) report();
    });
    next.on('error', error => {
      log('watch', `${folder}: ${(error as Error).message}`);
      // The system has no more watches (ENOSPC, EMFILE), or the file system has none: look instead.
      if (stopped || polling || watcher !== next) return;
      polling = true;
      void end(next);
      void start().then(report);
    });
    await new Promise<void>(resolve => {
      next.once('ready', () => resolve());
      next.once('error', () => resolve());
    });
  };

  let at = identity(statSync(folder, { throwIfNoEntry: false }));
  await start();
  const looking = setInterval(async () => {
    const now = identity(await stat(folder).catch(() => undefined));
    if (stopped || now === at) return;
    at = now;
    log('watch', `${folder} is another folder now`);
    await end(watcher);
    if (stopped) return;
    await start();
    report();
  }, POLL);

  return async () => {
    stopped = true;
    clearInterval(looking);
    clearTimeout(timer);
    await end(watcher);
  };
}

/** chokidar drops its listeners before its last looks have returned, and an error without a listener is thrown. */
async function end(watcher: FSWatcher | undefined): Promise<void> {
  const closed = watcher?.close();
  watcher?.on('error', () => {});
  await closed;
}

/** Two folders of one name differ in this; the inode number of a removed one may be used again. */
function identity(info: Stats | undefined): string {
  return info === undefined ? 'none' : `${info.dev} ${info.ino} ${info.birthtimeMs}`;
}
