import { describe, expect, it } from 'vitest';
import {
  actionFields,
  connectionField,
  httpPlace,
  matchField,
  policyFields,
  portField,
  ruleOf,
} from '../../src/probe/why-fields.ts';

const CALLER = { namespace: 'mesh-network', port: 80 };
const path = (prefix: string) => ({ uri: { prefix } });

/** The fields that Envoy's routes come from, in their order. */
function fieldsOf(http: readonly unknown[], of: number, caller = CALLER): string[] {
  return Array.from({ length: of }, (_, at) =>
    matchField(httpPlace({ http }, { index: at + 1, of }, caller)),
  );
}

describe("a VirtualService's rules among Envoy's routes", () => {
  it('make a route of each match, in order', () => {
    const http = [{ match: [path('/a'), path('/b')] }, { match: [path('/c')] }, { route: [] }];
    expect(fieldsOf(http, 4)).toEqual([
      'spec.http[0].match[0]',
      'spec.http[0].match[1]',
      'spec.http[1].match[0]',
      'spec.http[2]',
    ]);
  });

  it('leave out what is for another port, gateway or namespace', () => {
    const http = [
      {
        match: [
          { ...path('/a'), port: 443 },
          { ...path('/a'), port: 80 },
        ],
      },
      { match: [{ ...path('/b'), gateways: ['edge'] }] },
      { match: [{ ...path('/c'), sourceNamespace: 'elsewhere' }] },
      { match: [{ ...path('/d'), gateways: ['mesh'] }] },
    ];
    expect(fieldsOf(http, 2)).toEqual(['spec.http[0].match[1]', 'spec.http[3].match[0]']);
  });

  it('end at the first that takes everything', () => {
    const all = [{ match: [{ ...path('/'), name: 'all' }] }, { route: [] }];
    expect(fieldsOf(all, 1)).toEqual(['spec.http[0].match[0]']);
    const header = [{ match: [{ ...path('/'), headers: { 'x-user': { exact: 'ana' } } }] }, { route: [] }];
    expect(fieldsOf(header, 2)).toEqual(['spec.http[0].match[0]', 'spec.http[1]']);
  });

  it('are named as a whole where they are not those that Envoy has', () => {
    expect(fieldsOf([{ route: [] }], 3)).toEqual(['spec.http', 'spec.http', 'spec.http']);
  });

  it('are counted as the YAML does, where there are several', () => {
    const http = [{ match: [path('/a'), path('/b')] }, { route: [] }];
    expect([1, 2, 3].map(index => ruleOf({ http }, { index, of: 3 }, CALLER))).toEqual([
      ...['http[0] of 2', 'http[0] of 2', 'http[1] of 2'],
    ]);
    expect(ruleOf({ http: [{ match: [path('/a'), path('/b')] }] }, { index: 2, of: 2 }, CALLER)).toBe('');
    expect(ruleOf({ http }, { index: 1, of: 7 }, CALLER)).toBe('');
  });

  it('do what they have fields for', () => {
    const spec = { http: [{ route: [], timeout: '1s', mirrors: [] }] };
    const place = httpPlace(spec, { index: 1, of: 1 }, CALLER);
    expect(actionFields(spec, place, ['timeout', 'retries', 'mirror'])).toEqual([
      'spec.http[0].route',
      'spec.http[0].timeout',
      'spec.http[0].mirrors',
    ]);
  });

  it('for TLS are found by the name in the greeting', () => {
    const spec = { tls: [{ match: [{ sniHosts: ['a.io'] }, { sniHosts: ['*.b.io'] }] }], tcp: [{}] };
    expect(connectionField(spec, 'x.b.io')).toBe('spec.tls[0].match[1]');
    expect(connectionField(spec, 'c.io')).toBe('spec.tls');
    expect(connectionField({ tcp: [{}] }, '')).toBe('spec.tcp[0]');
  });
});

describe("a DestinationRule's fields behind a cluster", () => {
  const spec = {
    trafficPolicy: {
      tls: { mode: 'SIMPLE' },
      connectionPool: {},
      portLevelSettings: [{ port: { number: 443 }, tls: { mode: 'DISABLE' } }],
    },
    subsets: [{ name: 'stable' }, { name: 'canary', trafficPolicy: { connectionPool: {} } }],
  };
  const fields = (port: number, subset: string) => policyFields(spec, { port, subset }, ['TLS', 'limits']);

  it('are those of the host', () => {
    expect(fields(80, '')).toEqual(['spec.trafficPolicy.tls', 'spec.trafficPolicy.connectionPool']);
  });

  it("are replaced whole by those of a port: the host's others do not hold there", () => {
    expect(fields(443, '')).toEqual(['spec.trafficPolicy.portLevelSettings[0].tls']);
  });

  it("are replaced one by one by a subset's", () => {
    expect(fields(80, 'canary')).toEqual([
      'spec.subsets[1]',
      'spec.trafficPolicy.tls',
      'spec.subsets[1].trafficPolicy.connectionPool',
    ]);
  });
});

it('a ServiceEntry has the port, or at least the host', () => {
  const spec = { hosts: ['a.io'], ports: [{ number: 80 }, { number: 443 }] };
  expect([portField(spec, 443), portField(spec, 8443)]).toEqual(['spec.ports[1]', 'spec.hosts']);
});
