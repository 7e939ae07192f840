/** What the recorded refusals do not show: rules that the schema hides, and the shapes that analysis reads. */
import { describe, expect, it } from 'vitest';
import { durationError, parseDuration } from '../../../src/istio/duration.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { admissionOf, denial, validate } from '../../../src/istio/validation/validate.ts';

const object = (kind: string, spec: unknown, metadata: object = {}): Resource => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name: 'tried', namespace: 'mesh-network', ...metadata },
  spec,
});

const route = [{ destination: { host: 'a.b.c' } }];

describe('validate', () => {
  it('says what a cluster with an older schema would let through', () => {
    const spec = { hosts: ['*'], resolution: 'NONE', endpoints: [{ address: '1.2.3.4' }] };
    expect(validate(object('ServiceEntry', spec)).errors).toEqual([
      'invalid host *',
      'no endpoints should be provided for resolution type none',
    ]);
  });

  it('gives rule warnings their codes and parameters', () => {
    const spec = { hosts: ['a.b.c'], http: [{ route }, { name: 'second', match: [{ port: 80 }], route }] };
    const { warnings, ruleWarnings } = validate(object('VirtualService', spec));
    const text = 'virtualService rule "second" not used (route without matches defined before)';
    expect(warnings).toEqual([text]);
    expect(ruleWarnings).toEqual([
      { code: 'IST0130', parameters: ['"second"', 'route without matches defined before'], text },
    ]);
  });

  it('keeps equal warnings apart, which the webhook sends once', () => {
    const ports = [1, 2].map(number => ({ number, name: `p${number}` }));
    const entry = object('ServiceEntry', { hosts: ['a.b.c'], ports });
    expect(validate(entry).warnings).toHaveLength(2);
    expect(admissionOf(entry).warnings).toHaveLength(1);
  });

  it("refuses annotations that are Istio's own", () => {
    const annotations = { 'internal.istio.io/parents': 'x' };
    expect(validate(object('Sidecar', {}, { annotations })).errors).toEqual([
      '"internal.istio.io/parents" annotation found, this may not be set by users',
    ]);
  });

  it('has nothing to say of kinds that it does not know', () => {
    expect(validate({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' } }).errors).toEqual([]);
  });
});

describe('denial', () => {
  const head = 'admission webhook "validation.istio.io" denied the request: configuration is invalid: ';

  it('is the error itself, or a list of several', () => {
    expect(denial(['a'])).toBe(`${head}a`);
    expect(denial(['a', 'b'])).toBe(`${head}2 errors occurred:\n\t* a\n\t* b\n\n`);
  });
});

describe('durations', () => {
  it.each([
    ['1.5h3m', 5580e9],
    ['500ms', 5e8],
    ['.5s', 5e8],
    ['0.3s', 3e8],
    ['-1s', -1e9],
    ['0', 0],
    ['1.s', 1e9],
  ])('%s', (text, nanoseconds) => {
    expect(parseDuration(text)).toBe(nanoseconds);
  });

  it.each([
    ['1', 'time: missing unit in duration "1"'],
    ['1s2', 'time: missing unit in duration "1s2"'],
    ['5 s', 'time: unknown unit " s" in duration "5 s"'],
    ['1sx', 'time: unknown unit "sx" in duration "1sx"'],
    ['', 'time: invalid duration ""'],
    ['abc', 'time: invalid duration "abc"'],
    ['999999999h', 'time: invalid duration "999999999h"'],
  ])('%s is none', (text, why) => {
    expect(parseDuration(text)).toBeNull();
    expect(durationError(text)).toBe(why);
  });
});
