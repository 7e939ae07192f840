/**
 * refusals.json: objects that a real cluster (Kubernetes 1.34, Istio 1.31) refused or warned about, and its words,
 * asked with dryRun=All&fieldValidation=Strict. applied.json: objects that were applied for the recorded cases, and
 * what kubectl said.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/istio/resource.ts';
import type { Cause } from '../../src/istio/schema/check.ts';
import { type Answer, answer, kubectlLine } from './answer.ts';

interface Recorded extends Answer {
  readonly name: string;
  readonly manifest: Resource;
}

interface Applied {
  readonly case: string;
  readonly manifest: Resource;
  readonly kubectl: string;
}

const read = <T>(file: string): readonly T[] =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));

/** The fields of one level are checked in random order there, so the order of causes says nothing. */
const sorted = (causes: readonly Cause[] | undefined): string[] =>
  (causes ?? []).map(({ field, reason, message }) => `${field} ${reason} ${message}`).sort();

describe('an object that a cluster refuses or warns about gets the same words here', () => {
  it.each(read<Recorded>('refusals.json').map(one => [one.name, one] as const))('%s', (_, recorded) => {
    const ours = answer(recorded.manifest);
    expect({ code: ours.code, reason: ours.reason }).toEqual({
      code: recorded.code,
      reason: recorded.reason,
    });
    expect(ours.warnings ?? []).toEqual(recorded.warnings ?? []);
    expect(sorted(ours.causes)).toEqual(sorted(recorded.causes));
    if ((recorded.causes ?? []).length < 2) expect(ours.message).toBe(recorded.message);
  });
});

describe('what was applied for the recorded cases', () => {
  const applied = read<Applied>('applied.json').map(
    one => [`${one.case} ${one.manifest.kind}`, one] as const,
  );
  it.each(applied)('%s', (_, { manifest, kubectl }) => {
    expect(kubectlLine(manifest)).toBe(kubectl);
  });
});
