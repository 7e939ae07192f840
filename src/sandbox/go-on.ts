/**
 * What one object makes a controller, the kubelet, istiod or a watch throw must not end the sandbox: it is a bug, told
 * to `--verbose`, and all others go on.
 */
import { log } from '../shared/log.ts';

/** Does `work`; `what` names it, should it fail. */
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
