import type { GateCounts } from '../../src/lesson/gate.ts';

/** What each drill holds: checks, alternatives, near-misses. Written down, so that a gate that ran less cannot be green. */
const held = (checks: number, alternatives: number, nearMisses: number): GateCounts => ({
  steps: 1,
  fixes: 1,
  checks,
  alternatives,
  nearMisses,
  symptoms: 0,
});

export const HELD_DRILLS: Readonly<Record<string, GateCounts>> = {
  'one-door': held(4, 1, 3),
  'missing-subset': held(2, 1, 2),
  'everyone-else': held(2, 1, 3),
  'canary-by-header': held(3, 1, 2),
  'double-wrap': held(2, 1, 2),
  'clear-text-on-443': held(2, 1, 2),
  'timeout-bites': held(4, 1, 3),
  'labels-outside': held(3, 1, 3),
  'two-teams': held(3, 1, 3),
  'right-eyes-only': held(3, 1, 2),
  'retry-budget': held(3, 1, 3),
  'silent-mirror': held(2, 1, 2),
  'somebody-elses-fault': held(2, 1, 2),
  'another-host': held(2, 1, 2),
  'hidden-by-a-port': held(3, 1, 2),
  'half-a-host': held(5, 1, 2),
  'stolen-port': held(3, 1, 3),
  'wrong-drawer': held(3, 1, 2),
  'certificate-names': held(2, 1, 3),
  'breaker-and-pool': held(3, 1, 2),
};
