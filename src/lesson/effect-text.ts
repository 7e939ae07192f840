/** What became of a change at the sidecar, in words. Pure. */
import type { Effect } from '../probe/effect.ts';

/** 'after 0.4 s'; a time too short to measure is 'at once'. */
export function afterText(seconds: number): string {
  return seconds < 0.05 ? 'at once' : `after ${seconds.toFixed(1)} s`;
}

/** An effect in words: 'in effect after 0.4 s'. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'in-effect':
      return `in effect ${afterText(effect.seconds)}`;
    case 'unchanged':
      return "this sidecar's configuration did not change";
    case 'refused-by-sidecar':
      return `refused by the sidecar: ${effect.why.replaceAll('\n', '; ')}${effect.cause ? ` ${effect.cause}` : ''}`;
    case 'not-yet':
      return `not in effect yet after ${effect.seconds.toFixed(0)} s`;
  }
}
