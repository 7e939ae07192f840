import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { translate } from '../../../src/sandbox/istiod/translate.ts';
import {
  type Canonical,
  canonicalOurs,
  type changes,
  differences,
  withChanges,
} from '../../support/envoy-dump.ts';
import { clientOf, snapshotOf } from '../../support/recorded-snapshot.ts';
import { fixture, world } from './mesh.ts';

interface Recorded {
  readonly objects: Resource[];
  readonly changes: ReturnType<typeof changes>;
}

// What real sidecars had, recorded on the lab (scripts/keep-dumps.ts).
const base = fixture<Canonical>('base');
const names = readdirSync(join(import.meta.dirname, '../../fixtures/istiod'))
  .map(file => file.replace('.json', ''))
  .filter(name => name !== 'base' && name !== 'world');

const ours = (objects: readonly Resource[]): Canonical =>
  canonicalOurs(translate(snapshotOf([...world, ...objects]), clientOf(world)));

describe('the configuration of a real sidecar', () => {
  it('is ours without any Istio object', () => {
    expect(differences(base, ours([]))).toEqual([]);
  });

  it('has been recorded for a good number of cases', () => {
    expect(names.length).toBeGreaterThanOrEqual(19);
  });

  it.each(names)('is ours in case %s', name => {
    const { objects, changes: delta } = fixture<Recorded>(name);
    expect(objects.length).toBeGreaterThan(0);
    expect(differences(withChanges(base, delta), ours(objects))).toEqual([]);
  });

  it('does not depend on the order in which objects are listed', () => {
    const { objects } = fixture<Recorded>('article-123-mirror');
    const snapshot = snapshotOf([...world, ...objects].reverse());
    const config = canonicalOurs(translate(snapshot, clientOf(world)));
    expect(differences(ours(objects), config)).toEqual([]);
  });
});
