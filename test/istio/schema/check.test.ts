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
    const telemetry = {
      ...entry({ any: { thing: [1] } }),
      apiVersion: 'telemetry.istio.io/v1',
      kind: 'Telemetry',
    };
    expect(checkSchema(telemetry)).toEqual({ unknownFields: [], causes: [], object: telemetry });
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
