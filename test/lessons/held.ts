import type { GateCounts } from '../../src/author/gate.ts';

// Every check fails before its solution and passes after it; every announced symptom appears as announced.
// What each lesson holds is written down here, so that a gate that ran less cannot be green.
export const HELD: Readonly<Record<string, GateCounts>> = {
  'blind-spot': { steps: 12, fixes: 1, checks: 5, alternatives: 2, nearMisses: 3, symptoms: 8 },
  'service-entry': { steps: 16, fixes: 1, checks: 4, alternatives: 2, nearMisses: 4, symptoms: 13 },
  'destination-rule': { steps: 16, fixes: 1, checks: 3, alternatives: 1, nearMisses: 3, symptoms: 13 },
  'virtual-service': { steps: 14, fixes: 1, checks: 6, alternatives: 2, nearMisses: 4, symptoms: 10 },
  routing: { steps: 20, fixes: 2, checks: 8, alternatives: 2, nearMisses: 5, symptoms: 17 },
  mirroring: { steps: 14, fixes: 1, checks: 4, alternatives: 1, nearMisses: 3, symptoms: 10 },
  failover: { steps: 18, fixes: 2, checks: 6, alternatives: 3, nearMisses: 6, symptoms: 15 },
  clinic: { steps: 19, fixes: 3, checks: 8, alternatives: 4, nearMisses: 7, symptoms: 12 },
};
