/** Ctrl-C and the other signals that end a command, as one AbortSignal that it hands to its work. */
import { setMaxListeners } from 'node:events';
import { DEADLY } from '../../shared/signals.ts';

let controller: AbortController | undefined;
let again: () => void = () => {};
let deadly: NodeJS.Signals | undefined;

/** The signal that the process is to die of, once the command has cleaned up; undefined: none came. */
export function deadlySignal(): NodeJS.Signals | undefined {
  return deadly;
}

/** What a second Ctrl-C does, while the first is still being obeyed. Set by main.ts, which owns the exit. */
export function onSecondInterrupt(action: () => void): void {
  again = action;
}

/** Ends the command as a first Ctrl-C does. */
export function interrupt(): void {
  controller?.abort();
}

/**
 * Aborts on Ctrl-C, SIGTERM, SIGHUP and the signals of which the process would die. The first call installs the
 * handlers, so a command that never asks (the TUI has its own) is left with what Node does.
 */
export function interruptSignal(): AbortSignal {
  if (controller !== undefined) return controller.signal;
  controller = new AbortController();
  const { signal } = controller;
  // Every request and every child under way listens to it; more than ten listeners are not a leak.
  setMaxListeners(0, signal);
  const stop = () => {
    if (signal.aborted) again();
    else controller?.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  for (const name of DEADLY) {
    process.on(name, () => {
      deadly = name;
      stop();
    });
  }
  return signal;
}
