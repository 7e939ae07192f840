import { describe, expect, it } from 'vitest';
import { fill, parseManifest, withNamespaces } from '../../src/course/manifest.ts';
import { withinFence } from '../../src/lesson/fence.ts';
import { refusalWords, refusedField } from '../../src/lesson/refusal.ts';
import { UserError } from '../../src/shared/errors.ts';
import { worldNames } from '../../src/world/names.ts';

const TEXT = `# Everything out of here
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: mesh-network   # not a namespace
  namespace: mesh-network # yours
spec:
  hosts: ["catalog.mesh-network.svc.cluster.local", api.safedata-zone.io]
  exportTo: [mesh-network, "."]
  gateways: ['mesh-network/gate', mesh]
  http:
    - route: [{destination: {host: example-pay.outside.svc}}]
    - rewrite: {uri: /outside/x}
---
kind: Sidecar
apiVersion: networking.istio.io/v1
metadata: {name: default}
spec:
  egress:
    - hosts:
        - mesh-network/*
        - ./*
`;

describe("the learner's namespaces", () => {
  it('take the place of ours, and nothing else changes', () => {
    const before = TEXT.split('\n');
    const after = withNamespaces(TEXT, worldNames('ana')).split('\n');
    const changed = after.flatMap((line, i) => (line === before[i] ? [] : [line]));
    expect(after.length).toBe(before.length);
    expect(changed).toEqual([
      '  namespace: mesh-network-ana # yours',
      '  hosts: ["catalog.mesh-network-ana.svc.cluster.local", api.safedata-zone.io]',
      '  exportTo: [mesh-network-ana, "."]',
      "  gateways: ['mesh-network-ana/gate', mesh]",
      '    - route: [{destination: {host: example-pay.outside-ana.svc}}]',
      '        - mesh-network-ana/*',
    ]);
  });

  it('are left as they are without a learner, and put behind a prefix', () => {
    expect(withNamespaces(TEXT, worldNames())).toBe(TEXT);
    expect(withNamespaces('metadata: {namespace: outside}', worldNames(null, 'team1-'))).toBe(
      'metadata: {namespace: team1-outside}',
    );
  });

  it('are put in where a placeholder stands beside them', () => {
    const text =
      'metadata: {namespace: mesh-network}\nspec: {addresses: [{{stableIP}}], hosts: [a.outside.svc]}';
    expect(withNamespaces(text, worldNames('ana'))).toBe(
      'metadata: {namespace: mesh-network-ana}\nspec: {addresses: [{{stableIP}}], hosts: [a.outside-ana.svc]}',
    );
  });
});

describe('a placeholder', () => {
  it('is filled in', () => {
    expect(fill('a {{stableIP}} b {{ mesh }}', { stableIP: '10.0.0.1', mesh: 'm' })).toBe('a 10.0.0.1 b m');
  });

  it('that does not exist is named, with those that do', () => {
    expect(() => fill('{{stabelIP}}', { stableIP: '10.0.0.1' })).toThrow(
      'There is no placeholder {{stabelIP}}.',
    );
  });
});

describe('a manifest', () => {
  it('gives its objects in order, with the namespace where it names none', () => {
    expect(parseManifest(TEXT, 'x.yaml', 'mesh-network-ana').map(o => o.ref)).toEqual([
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        name: 'mesh-network',
        namespace: 'mesh-network',
      },
      {
        apiVersion: 'networking.istio.io/v1',
        kind: 'Sidecar',
        name: 'default',
        namespace: 'mesh-network-ana',
      },
    ]);
  });

  it('that is broken is told with line and column', () => {
    const wrong = (text: string) => {
      try {
        parseManifest(text, 'x.yaml');
      } catch (error) {
        return error instanceof UserError ? `${error.problem.what} ${error.problem.why}` : String(error);
      }
      return 'nothing';
    };
    expect(wrong('kind: A\n  b: c\n')).toMatch(
      /^x\.yaml, line [12], column \d+: this manifest cannot be read\./,
    );
    expect(wrong('apiVersion: v1\nkind: A\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n')).toBe(
      'x.yaml, line 1, column 1: this manifest cannot be read. metadata.name is missing.',
    );
    expect(wrong('# nothing yet\n---\njust words')).toBe(
      'x.yaml, line 3, column 1: this manifest cannot be read. A manifest is a mapping: apiVersion, kind, metadata.',
    );
    expect(wrong('')).toBe('nothing');
  });
});

describe('a refusal', () => {
  const [service] = parseManifest(TEXT, 'x.yaml');
  const marked = (message: string) => (service === undefined ? null : refusedField(message, service));

  it('is marked at the field that it names', () => {
    expect(marked('strict decoding error: unknown field "spec.http[1].rewrite"')).toEqual({
      field: 'spec.http[1].rewrite',
      line: 13,
    });
    expect(marked('VirtualService "x" is invalid: spec.hosts[1]: Invalid value')).toEqual({
      field: 'spec.hosts[1]',
      line: 8,
    });
  });

  it('is marked at the nearest parent of a field that is missing', () => {
    expect(marked('spec.http[0].match: Required value')).toEqual({ field: 'spec.http[0].match', line: 12 });
  });

  it('is marked at a value that it names, when that stands there once', () => {
    const [entry] = parseManifest(
      'apiVersion: v1\nkind: ServiceEntry\nmetadata: {name: x}\nspec:\n  hosts: [a.io]\n  ports:\n    - {number: 1, protocol: HTTPSX}\n    - {number: 2, protocol: HTTP}\n    - {number: 3, protocol: HTTP}\n',
      'x.yaml',
    );
    const webhook = (words: string) =>
      entry && refusedField(`admission webhook "v" denied the request: ${words}`, entry);
    expect(webhook('configuration is invalid: unsupported protocol: HTTPSX')).toEqual({
      field: 'spec.ports[0].protocol',
      line: 7,
    });
    expect(webhook('invalid host a.io')).toEqual({ field: 'spec.hosts[0]', line: 5 });
    expect(webhook('unsupported protocol: HTTP')).toEqual({});
    expect(webhook('endpoint a.io.example is wrong')).toEqual({});
  });

  it('is told in its own words, without an echo of the whole object', () => {
    const echo = JSON.stringify(JSON.stringify({ spec: { a: '"}": "' } }));
    expect(
      refusalWords(
        ` "" is invalid: patch: Invalid value: ${echo}: strict decoding error: unknown field "spec.a"`,
      ),
    ).toBe('strict decoding error: unknown field "spec.a"');
    expect(refusalWords('spec.x: Invalid value: "ab": must be short')).toBe(
      'spec.x: Invalid value: "ab": must be short',
    );
  });

  it('without a field is not marked', () => {
    expect(marked('admission webhook denied the request: configuration is invalid')).toEqual({});
  });
});

describe('the fence', () => {
  const among = ['mesh-network-ana', 'mesh-network-ana-b', 'outside-ana'];
  const sidecar = (spec: object, name = 'default') => ({
    apiVersion: 'networking.istio.io/v1beta1',
    kind: 'Sidecar',
    metadata: { name, namespace: 'mesh-network-ana' },
    spec,
  });
  const strict = { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } };

  it('lets * be the own namespaces where others use the cluster, and says what it put in', () => {
    expect(withinFence(sidecar(strict), among)).toMatchObject({
      object: { spec: { ...strict, egress: [{ hosts: ['./*', 'mesh-network-ana-b/*', 'outside-ana/*'] }] } },
      note: 'Others use this cluster, and without egress it would see their namespaces too. Put in: ./*, mesh-network-ana-b/*, outside-ana/*.',
    });
    const egress = [
      { hosts: ['*/api.safedata-zone.io', './api.safedata-zone.io'] },
      { port: { number: 80 }, hosts: ['outside-ana/*'] },
    ];
    expect(withinFence(sidecar({ egress }, 'mine'), among)).toMatchObject({
      object: {
        spec: {
          egress: [
            {
              hosts: [
                './api.safedata-zone.io',
                'mesh-network-ana-b/api.safedata-zone.io',
                'outside-ana/api.safedata-zone.io',
              ],
            },
            { port: { number: 80 }, hosts: ['outside-ana/*'] },
          ],
        },
      },
      note: 'Others use this cluster, and * would be their namespaces too. Taken out: */api.safedata-zone.io; put in: mesh-network-ana-b/api.safedata-zone.io, outside-ana/api.safedata-zone.io.',
    });
  });

  it('leaves what a Sidecar names, all other kinds, and everything where nobody else is', () => {
    const named = sidecar({
      ...strict,
      egress: [{ hosts: ['./*', 'outside-ana/api.safedata-zone.io', '~/*'] }],
    });
    expect(withinFence(named, among)).toEqual({ object: named });
    const rule = { ...sidecar({ hosts: ['*/*'] }), kind: 'VirtualService' };
    expect(withinFence(rule, among)).toEqual({ object: rule });
    const open = sidecar({ ...strict, egress: [{ hosts: ['*/*'] }] });
    expect(withinFence(open, null)).toEqual({ object: open });
  });
});

describe('a namespace that is written with escapes', () => {
  it("is the learner's own all the same", () => {
    const text = [
      'metadata: {name: "a\\u0041", namespace: "mesh\\u002dnetwork"}',
      'spec: {egress: [{hosts: ["mesh-network\\/*", "x.mesh\\x2dnetwork.svc.cluster.local", "\\/plain"]}]}',
    ].join('\n');
    expect(withNamespaces(text, worldNames('ana'))).toBe(
      [
        'metadata: {name: "a\\u0041", namespace: "mesh-network-ana"}',
        'spec: {egress: [{hosts: ["mesh-network-ana/*", "x.mesh-network-ana.svc.cluster.local", "\\/plain"]}]}',
      ].join('\n'),
    );
  });
});
