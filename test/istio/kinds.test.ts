import { describe, expect, it } from 'vitest';
import { apiVersionOf, ISTIO_KINDS, istioKind } from '../../src/istio/kinds.ts';

describe("Istio's kinds", () => {
  it('are found by their name, in the version that an API server prefers', () => {
    expect(apiVersionOf(istioKind('Sidecar'))).toBe('networking.istio.io/v1');
    expect(apiVersionOf(istioKind('EnvoyFilter'))).toBe('networking.istio.io/v1alpha3');
    expect(() => istioKind('Service')).toThrow('Istio has no kind Service.');
  });

  it('have names that no other has', () => {
    const names = ISTIO_KINDS.flatMap(({ kind, plural, shortNames }) => [
      ...[plural, kind.toLowerCase()],
      ...shortNames,
    ]);
    // Telemetry's short name is its singular; so it is in the CRD.
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual(['telemetry']);
  });
});
