import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { checkSchema } from '../../../src/istio/schema/check.ts';

const entry = (spec: unknown, more: object = {}): Resource => ({
  apiVersion: 'networking.istio.io/v1beta1',
  kind: 'ServiceEntry',
  metadata: { name: 'tried' },
  spec,
  ...more,
});

describe('unknown fields', () => {
  it('are named by their path, those of metadata first, and are not in the object', () => {
    const metadata = { name: 'tried', label: 'x', labels: { any: 'thing' } };
    const port = { number: 80, name: 'http', retrys: 1 };
    const resource = entry({ hosts: ['a.b'], zzz: 1, ports: [port] }, { metadata, aaa: {} });
    const { unknownFields, object } = checkSchema(resource as Resource);
    expect(unknownFields).toEqual(['metadata.label', 'aaa', 'spec.ports[0].retrys', 'spec.zzz']);
    expect(object).toEqual({
      ...entry({ hosts: ['a.b'], ports: [{ number: 80, name: 'http' }] }),
      metadata: { name: 'tried', labels: { any: 'thing' } },
    });
  });

  it('are kept where the schema says so', () => {
    const status = { addresses: [{ value: '240.240.0.1' }], conditions: [{ type: 'x', odd: 1 }] };
    expect(checkSchema(entry({ hosts: ['a.b'] }, { status })).unknownFields).toEqual([
      'status.conditions[0].odd',
    ]);
    const patch = { operation: 'MERGE', value: { any: { thing: [1] } } };
    const filter = {
      ...entry({ configPatches: [{ applyTo: 'CLUSTER', patch }] }),
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
    };
    expect(checkSchema(filter)).toEqual({ unknownFields: [], causes: [], object: filter });
  });
});

const REST =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('a kind that is only stored', () => {
  const stored = (apiVersion: string, kind: string, spec: unknown): Resource => ({
    ...{ apiVersion, kind, metadata: { name: 'tried' }, spec },
  });
  it.each([
    ['security.istio.io/v1', 'AuthorizationPolicy', { action: 'DENY', rules: [{ from: [{ source: {} }] }] }],
    ['security.istio.io/v1beta1', 'PeerAuthentication', { portLevelMtls: { 80: { mode: 'STRICT' } } }],
    ['security.istio.io/v1', 'RequestAuthentication', { jwtRules: [{ issuer: 'a', jwks: '{}' }] }],
    ['telemetry.istio.io/v1', 'Telemetry', { accessLogging: [{ providers: [{ name: 'envoy' }] }] }],
    ['networking.istio.io/v1beta1', 'ProxyConfig', { concurrency: 2 }],
    ['networking.istio.io/v1', 'WorkloadGroup', { template: { serviceAccount: 'a' } }],
    ['extensions.istio.io/v1alpha1', 'WasmPlugin', { url: 'oci://a', pluginConfig: { any: 1 } }],
    ['extensions.istio.io/v1alpha1', 'TrafficExtension', { lua: { inlineCode: 'x' } }],
  ])('%s %s is taken as it is meant', (apiVersion, kind, spec) => {
    const object = stored(apiVersion, kind, spec);
    expect(checkSchema(object)).toEqual({ unknownFields: [], causes: [], object });
  });

  it.each([
    [
      'security.istio.io/v1',
      'AuthorizationPolicy',
      { action: 'NOPE', rulez: [] },
      ['spec.rulez'],
      ['spec.action: Unsupported value: "NOPE": supported values: "ALLOW", "DENY", "AUDIT", "CUSTOM"', REST],
    ],
    [
      'security.istio.io/v1',
      'PeerAuthentication',
      { portLevelMtls: {} },
      [],
      ['spec.portLevelMtls: Invalid value: 0: spec.portLevelMtls in body should have at least 1 properties'],
    ],
    [
      'security.istio.io/v1',
      'RequestAuthentication',
      { jwtRules: [{ audiences: [''] }] },
      [],
      [
        'spec.jwtRules[0].audiences[0]: Invalid value: "": spec.jwtRules[0].audiences[0] in body should be at least 1 chars long',
      ],
    ],
    [
      'telemetry.istio.io/v1',
      'Telemetry',
      { targetRefs: [{ kind: 'no kind', name: 'a' }], tracing: 'no' },
      [],
      [
        'spec.targetRefs[0].kind: Invalid value: "no kind": spec.targetRefs[0].kind in body should match \'^[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?$\'',
        'spec.tracing: Invalid value: "string": spec.tracing in body must be of type array: "string"',
        REST,
      ],
    ],
    ['networking.istio.io/v1', 'WorkloadGroup', {}, [], ['spec.template: Required value', REST]],
  ])('%s %s is refused as its CRD refuses it', (apiVersion, kind, spec, unknown, causes) => {
    const found = checkSchema(stored(apiVersion, kind, spec));
    expect(found.unknownFields).toEqual(unknown);
    expect(found.causes.map(({ field, message }) => `${field}: ${message}`)).toEqual(causes);
  });
});

describe('the object', () => {
  it('has no nulls, and the one that was given is left alone', () => {
    const resource = entry({
      hosts: ['a.b'],
      ports: null,
      endpoints: [{ address: 'c.d', labels: { a: null } }],
    });
    const before = structuredClone(resource);
    const { object, causes } = checkSchema(resource);
    expect(object.spec).toEqual({ hosts: ['a.b'], endpoints: [{ address: 'c.d', labels: {} }] });
    expect(causes.map(cause => cause.message)).toEqual([
      'Invalid value: "object": NONE mode cannot set endpoints',
    ]);
    expect(resource).toEqual(before);
  });
});
