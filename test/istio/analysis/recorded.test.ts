import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { analyze } from '../../../src/istio/analysis/analyze.ts';
import { AddressPool } from '../../../src/istio/auto-allocate.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import type { ServiceEntry } from '../../../src/istio/types.ts';
import { worldNames } from '../../../src/world/names.ts';
import { services } from '../../../src/world/objects.ts';
import { readCases, readRecorded } from '../../fidelity/recording.ts';

// What istioctl analyze said of each recorded case, said again: the same codes about the same objects.

/** Cases in which this analysis says something else on purpose. */
const ENDPOINTS = 'IST0173: a subset selects no endpoint of its ServiceEntry, which istioctl cannot tell';
const DELIBERATE: Readonly<Record<string, string>> = {
  'dr-subset-selects-none-dns': ENDPOINTS,
  'dr-subset-selects-none-static': ENDPOINTS,
  'dr-subset-no-endpoints-dns': ENDPOINTS,
};

const recorded = readRecorded();
const NAMES = worldNames();
const pod = (app: string): Resource => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: app, namespace: NAMES.mesh, labels: { app } },
});
const world = [...(services(NAMES) as unknown as Resource[]), pod('client'), pod('catalog')];

function documents(text: string, refused: ReadonlySet<string>): Resource[] {
  const pool = new AddressPool();
  const filled = text.replaceAll('{{stableIP}}', '10.96.0.11').replaceAll('{{canaryIP}}', '10.96.0.12');
  return (
    parseAllDocuments(filled)
      .map(document => document.toJS() as Resource | null)
      .filter((each): each is Resource => each !== null)
      .filter(each => !refused.has(`${each.kind}/${each.metadata.name}`))
      // istiod gives addresses to entries that have none, in their status.
      .map(each =>
        each.kind === 'ServiceEntry' ? { ...each, status: pool.statusFor(each as ServiceEntry) } : each,
      )
  );
}

/** Some were recorded without it. */
const analyzed = readCases().filter(({ name }) => recorded.get(name)?.analyze !== undefined);

describe('analysis of a recorded case', () => {
  it.each(analyzed.map(({ name, apply }) => [name, apply] as const))('%s', (name, apply) => {
    const real = recorded.get(name);
    if (real?.analyze === undefined) throw new Error(`${name} has no analysis`);
    const refused = new Set(
      real.applied.filter(([, said]) => said !== 'ok' && !said.startsWith('Warning')).map(([what]) => what),
    );
    const found = analyze([...world, ...documents(apply, refused)], NAMES.mesh);
    const short = found.map(({ code, origin, message }) => `${code} ${origin}: ${message}`);
    const expected = real.analyze.map(([code, , origin, message]) => `${code} ${origin}: ${message}`);
    if (DELIBERATE[name] === undefined) expect(short.sort()).toEqual([...new Set(expected)].sort());
    else expect(short.sort()).not.toEqual(expected.sort());
  });
});
