import type { GateCounts } from '../../src/author/gate.ts';

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
  'one-door': held(4, 1, 6),
  'missing-subset': held(2, 1, 3),
  'everyone-else': held(3, 1, 5),
  'one-in-five': held(4, 2, 6),
  'too-long-a-cut': held(6, 2, 6),
  'canary-by-header': held(5, 1, 6),
  'double-wrap': held(3, 1, 3),
  'clear-text-on-443': held(3, 1, 3),
  'show-your-card': held(4, 2, 5),
  'timeout-bites': held(5, 1, 4),
  'labels-outside': held(6, 1, 5),
  'two-teams': held(4, 2, 6),
  'whole-zone': held(7, 2, 6),
  'right-eyes-only': held(6, 1, 5),
  'retry-budget': held(4, 2, 5),
  'silent-mirror': held(3, 1, 3),
  'tcp-port-name': held(5, 2, 4),
  'only-the-gateway': held(4, 2, 5),
  'delay-for-testers': held(5, 2, 7),
  'somebody-elses-fault': held(2, 1, 2),
  'another-host': held(3, 1, 4),
  'half-with-new-name': held(4, 2, 5),
  'hidden-by-a-port': held(4, 1, 4),
  'half-a-host': held(6, 1, 4),
  'stolen-port': held(5, 1, 4),
  'wrong-drawer': held(4, 1, 3),
  'certificate-names': held(2, 1, 4),
  'second-address': held(4, 3, 6),
  'all-out': held(5, 3, 5),
  'breaker-and-pool': held(5, 2, 6),
};
