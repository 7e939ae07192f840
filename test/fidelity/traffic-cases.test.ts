import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Random } from '../../scripts/fuzz/random.ts';
import { makeCase } from '../../scripts/fuzz/traffic/cases.ts';
import { admissionOf } from '../../src/istio/validation/validate.ts';

const cases = Array.from({ length: 400 }, (_, seed) => {
  const { apply, probes } = makeCase(new Random(seed), `fuzz-${seed}`);
  const objects = parseAllDocuments(apply).map(each => each.toJSON());
  const entry = objects.find(each => each.metadata.name === 'fuzz-api' && each.kind === 'ServiceEntry');
  return { seed, apply, objects, entry, urls: probes.map(({ curl }) => curl.join(' ')) };
});

it('has two endpoints only where a rule says which of them', () => {
  const byChance = cases.filter(({ objects, entry }) => {
    const rule = objects.find(each => each.kind === 'VirtualService');
    const refused = rule === undefined || admissionOf(rule).denied !== undefined;
    return entry.spec.endpoints?.length === 2 && refused;
  });
  expect(byChance.map(each => each.seed)).toEqual([]);
});

it('asks for nothing that differs each time, and for no port that would leave into the machine’s network', () => {
  expect(cases.filter(({ apply }) => apply.includes('REMOTE_PORT'))).toEqual([]);
  const leaving = cases.filter(
    ({ objects, entry, urls }) =>
      urls.some(url => url.includes(':8080')) &&
      (objects.some(each => each.kind === 'Sidecar') ||
        entry.spec.exportTo !== undefined ||
        urls.some(url => /Host: (canary|nobody)\S* .*:8080/.test(url))),
  );
  expect(leaving.map(each => each.seed)).toEqual([]);
});
