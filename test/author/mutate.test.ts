import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { held, released } from '../../src/author/held-placeholders.ts';
import { mutantsOf } from '../../src/author/mutate.ts';
import { parseManifest } from '../../src/course/manifest.ts';
import type { KubeObject } from '../../src/kube/client.ts';

const object = (spec: string, name = 'a') =>
  parse(`{apiVersion: v1, kind: VirtualService, metadata: {name: ${name}}, spec: ${spec}}`) as KubeObject;
/** What is changed inside of one object. */
const of = (spec: string) =>
  mutantsOf([object(spec)])
    .map(each => each.what.replace('VirtualService/a ', ''))
    .filter(each => each !== 'doubled');

const ENTRY = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: a}
spec: {hosts: [a.example.com], addresses: ["{{stableIP}}"]}
`;

describe('mutants', () => {
  it.each([
    [
      'a field',
      '{timeout: 2s}',
      ['left out', 'spec.timeout left out', 'spec.timeout 2s -> 4s', 'spec.timeout 2s -> 1s'],
    ],
    ['a switch', '{on: true}', ['left out', 'spec.on left out', 'spec.on true -> false']],
    ['a port', '{number: 443}', ['left out', 'spec.number left out', 'spec.number 443 -> 80']],
    [
      'a number',
      '{attempts: 1}',
      ['left out', 'spec.attempts left out', 'spec.attempts 1 -> 2', 'spec.attempts 1 -> 0'],
    ],
    [
      'a way to match',
      '{uri: {prefix: /v2}}',
      [
        ...['left out', 'spec.uri left out', 'spec.uri.prefix left out', 'spec.uri prefix -> exact'],
        ...['spec.uri.prefix /v2 -> /v2/x', 'spec.uri.prefix /v2 -> /'],
      ],
    ],
    [
      'a protocol',
      '{protocol: TLS}',
      [
        ...['left out', 'spec.protocol left out'],
        ...['HTTP', 'HTTPS', 'TCP'].map(each => `spec.protocol TLS -> ${each}`),
      ],
    ],
    [
      'a host',
      '{host: api.safedata-zone.io}',
      [
        ...['left out', 'spec.host left out'],
        ...['canary.', 'stable.', '*.'].map(
          each => `spec.host api.safedata-zone.io -> ${each}safedata-zone.io`,
        ),
      ],
    ],
    [
      'where it is seen',
      '{exportTo: ["."]}',
      ['left out', 'spec.exportTo left out', 'spec.exportTo [0] doubled', 'spec.exportTo[0] . -> *'],
    ],
    [
      'an order',
      '{http: [{name: a}, {name: b}]}',
      [
        ...['left out', 'spec.http left out', 'spec.http[0] left out', 'spec.http [0] doubled'],
        ...['spec.http[0].name left out', 'spec.http[1] left out', 'spec.http [1] before [0]'],
        ...['spec.http [1] doubled', 'spec.http[1].name left out'],
      ],
    ],
  ])('change %s in each way, once', (_, spec, expected) => {
    expect(of(spec)).toEqual(expected);
  });

  it('give a field of one rule to the rule beside it', () => {
    const [moved] = mutantsOf([object('{http: [{name: a, timeout: 2s}, {name: b}, {name: c}]}')]).filter(
      each => each.what.includes('moved'),
    );
    expect(moved?.what).toBe('VirtualService/a spec.http [0].timeout moved to [1]');
    expect(parse(moved?.yaml ?? '')).toMatchObject({
      spec: { http: [{ name: 'a' }, { name: 'b', timeout: '2s' }, { name: 'c' }] },
    });
    expect(moved?.yaml.match(/timeout/g)).toHaveLength(1);
  });

  it.each([
    [
      '{trafficPolicy: {tcp: 1, portLevelSettings: [{port: {number: 80}, tls: {mode: SIMPLE}}]}}',
      'spec.trafficPolicy portLevelSettings[0] for all ports',
      { trafficPolicy: { tcp: 1, tls: { mode: 'SIMPLE' } } },
    ],
    [
      '{subsets: [{name: s, trafficPolicy: {tcp: 1}}]}',
      'spec subsets[0].trafficPolicy for all',
      { subsets: [{ name: 's' }], trafficPolicy: { tcp: 1 } },
    ],
  ])('make what holds for a part hold for the whole: %s', (spec, what, expected) => {
    const mutant = mutantsOf([object(spec)]).find(each => each.what === `VirtualService/a ${what}`);
    expect((parse(mutant?.yaml ?? '') as KubeObject & { spec: unknown }).spec).toEqual(expected);
  });

  it('keep placeholders, beside what is changed and within it', () => {
    const [entry] = parseManifest(held(ENTRY), 'a.yaml').map(each => each.object);
    const yamls = mutantsOf([entry as KubeObject]).map(each => released(each.yaml));
    expect(yamls.every(each => !each.includes('held'))).toBe(true);
    expect(yamls.filter(each => each.includes('{{stableIP}}'))).not.toEqual([]);
    expect(yamls.some(each => each.includes('{{stableIP}}x'))).toBe(true);
  });

  it('double, move and copy whole objects', () => {
    const here = { ...object('{}'), metadata: { name: 'a', namespace: 'x' } };
    const told = mutantsOf([here], ['x', 'y']).map(({ what, yaml }) => ({
      what: what.replace('VirtualService/a ', ''),
      places: parseAllDocuments(yaml).map(each => {
        const { name, namespace } = (each.toJS() as KubeObject).metadata;
        return `${namespace}/${name}`;
      }),
    }));
    expect(told.slice(1)).toEqual([
      { what: 'doubled', places: ['x/a', 'x/a-too'] },
      { what: 'moved to y', places: ['y/a'] },
      { what: 'copied to y', places: ['x/a', 'y/a'] },
    ]);
  });

  it('are each of their own, and never the answer as it is', () => {
    const all = [
      object('{hosts: [x, x], http: [{timeout: 0s, weight: 0}, {timeout: 0s, weight: 0}]}'),
      object('{exact: /, prefix: /}', 'b'),
    ];
    const texts = mutantsOf(all).map(({ yaml }) =>
      JSON.stringify(parseAllDocuments(yaml).map(each => each.toJS() as unknown)),
    );
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).not.toContain(JSON.stringify(all));
  });

  it('leave out one object of several, and keep the others', () => {
    const mutant = mutantsOf([object('{}'), object('{}', 'b')]).find(each =>
      each.what.endsWith('/b left out'),
    );
    expect(parse(mutant?.yaml ?? '')).toMatchObject({ metadata: { name: 'a' } });
  });
});
