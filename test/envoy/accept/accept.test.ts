import { expect, it } from 'vitest';
import { clusterRefusal } from '../../../src/envoy/accept/accept-cluster.ts';
import { listenerRefusal } from '../../../src/envoy/accept/accept-listener.ts';
import { routesRefusal } from '../../../src/envoy/accept/accept-routes.ts';
import type { EnvoyRefusal } from '../../../src/envoy/accept/refusal.ts';
import RECORDED from '../../fixtures/envoy-refusals.json' with { type: 'json' };
import { CASES, type Case } from './cases.ts';

function refusalOf(given: Case): EnvoyRefusal | null {
  if (given.kind === 'listeners') return listenerRefusal(given.resource, given.beside ?? []);
  return given.kind === 'routes' ? routesRefusal(given.resource) : clusterRefusal(given.resource);
}

it.each(CASES.map(each => [each.name, each] as const))('says to %s what Envoy says', (name, given) => {
  const recorded = (RECORDED as Readonly<Record<string, string | null>>)[name];
  expect(recorded).toBeDefined();
  expect(refusalOf(given)?.text ?? null).toBe(recorded);
});

it('refuses the whole update for what is found while it is read, and one resource for the rest', () => {
  const whole = CASES.filter(each => refusalOf(each)?.wholeUpdate === true).map(each => each.name);
  expect(whole).toContain('no action');
  expect(whole).toContain('no time to connect');
  expect(whole).not.toContain('abort 600');
  expect(whole).not.toContain('a second catch-all');
});
