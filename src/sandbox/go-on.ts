/**
 * An exception that one object causes in a controller, the kubelet, istiod or a watch must not end the sandbox: it is a
 * bug, reported with `--verbose`, and everything else goes on.
 */
import { log } from '../shared/log.ts';

/** Does `work`; `what` names it if it fails. */
export function goOn(what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    wentOn(what, error);
  }
}

export function wentOn(what: string, error: unknown): void {
  log('sandbox', `went on after ${what}: ${(error as Error)?.stack ?? error}`);
}
