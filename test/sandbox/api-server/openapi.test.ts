import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/sandbox/api-server/kinds.ts';
import { openApi } from '../../../src/sandbox/api-server/openapi.ts';
import { bareApi } from '../../support/bare-api.ts';

// What `kubectl explain` reads, as its template does: the kind of a path's operations, then the schema of that kind.

interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}
interface Field {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
  readonly required?: readonly string[];
  readonly additionalProperties?: Field;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Field & Readonly<Record<string, unknown>>>>;
  };
}

const GVK = 'x-kubernetes-group-version-kind';

function schemaOf(plural: string, group: string, version: string) {
  const root = group === '' ? `api/${version}` : `apis/${group}/${version}`;
  const { paths, components } = JSON.parse(JSON.stringify(openApi(`/openapi/v3/${root}`))) as Document;
  const path = Object.keys(paths).find(each => each.endsWith(`/${plural}/{name}`)) ?? '';
  const operations = Object.values(paths[path] ?? {});
  const gvk = JSON.stringify(operations[0]?.[GVK]);
  return Object.values(components.schemas).filter(each =>
    ((each[GVK] ?? []) as Gvk[]).some(one => JSON.stringify(one) === gvk),
  );
}

const served = KINDS.flatMap(({ plural, group, versions }) =>
  versions.map(version => [plural, group, version] as const),
);

describe('OpenAPI', () => {
  it.each(served)(
    'has one schema of %s in %s %s, with the fields of every object',
    (plural, group, version) => {
      const found = schemaOf(plural, group, version);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ type: 'object', description: expect.stringMatching(/\w/) });
      expect(Object.keys(found[0]?.properties ?? {})).toEqual(
        expect.arrayContaining(['apiVersion', 'kind', 'metadata']),
      );
    },
  );

  it("tells the fields of Istio's kinds, with types and what is required", () => {
    const [entry] = schemaOf('serviceentries', 'networking.istio.io', 'v1beta1');
    const spec = entry?.properties?.spec;
    expect(spec?.required).toEqual(['hosts']);
    expect(spec?.properties?.hosts).toMatchObject({ type: 'array', items: { type: 'string' } });
    expect(spec?.properties?.ports?.items?.properties?.number?.type).toBe('integer');
    expect(spec?.properties?.endpoints?.items?.properties?.labels?.additionalProperties?.type).toBe('string');
  });

  it('tells them of the kinds that are only stored too', () => {
    const [policy] = schemaOf('authorizationpolicies', 'security.istio.io', 'v1');
    const rules = policy?.properties?.spec?.properties?.rules?.items;
    expect(Object.keys(rules?.properties ?? {})).toEqual(['from', 'to', 'when']);
    expect(rules?.properties?.when?.items?.required).toEqual(['key']);
  });

  it('says of no PATCH which bodies it takes, so that kubectl merges by its own types', () => {
    const { paths } = openApi('/openapi/v3/apis/apps/v1') as Document;
    const operations = Object.values(paths).flatMap(each => Object.values(each));
    expect(operations.length).toBeGreaterThan(2);
    expect(operations.filter(each => 'requestBody' in each)).toEqual([]);
  });
});

describe('OpenAPI v2', () => {
  const { app } = bareApi();
  const get = (accept: string) =>
    app.request('/openapi/v2', { headers: { authorization: 'Bearer t', accept } });

  it.each(['application/json', '*/*'])(
    'is JSON for %s, with schemas that lead to each other',
    async accept => {
      const response = await get(accept);
      expect(response.headers.get('content-type')).toBe('application/json');
      const text = await response.text();
      const { swagger, definitions } = JSON.parse(text) as {
        swagger: string;
        definitions: Record<string, object>;
      };
      expect(swagger).toBe('2.0');
      const led = [...text.matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)].map(([, name = '']) => name);
      expect(led.length).toBeGreaterThan(100);
      expect(led.filter(name => !(name in definitions))).toEqual([]);
      expect(Object.keys(definitions)).toEqual(
        expect.arrayContaining(['io.k8s.api.core.v1.Pod', 'io.istio.networking.v1.ServiceEntry']),
      );
    },
  );

  it('is protobuf for kubectl, which asks for nothing else', async () => {
    const response = await get('application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
    expect(response.headers.get('content-type')).toMatch(/protobuf$/);
  });
});
