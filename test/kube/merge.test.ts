import { describe, expect, it } from 'vitest';
import { goJson } from '../../src/istio/go-text.ts';
import { jsonMergePatch, strategicMergePatch } from '../../src/kube/merge.ts';
import type { Json } from '../../src/shared/json.ts';

describe('the three-way merge of a custom resource', () => {
  const spec = (value: object) => ({ spec: value as Record<string, string> });

  it('sends what is new or other, and nothing when all is as it should be', () => {
    expect(jsonMergePatch(spec({ a: '1' }), spec({ a: '2', b: '3' }), spec({ a: '1' }))).toEqual({
      spec: { a: '2', b: '3' },
    });
    expect(jsonMergePatch(spec({ a: '1' }), spec({ a: '1' }), spec({ a: '1', theirs: 'x' }))).toEqual({});
  });

  it('removes what the last apply set and this one does not, and keeps what others set', () => {
    const live = spec({ a: '1', b: '2', theirs: 'x' });
    expect(jsonMergePatch(spec({ a: '1', b: '2' }), spec({ a: '1' }), live)).toEqual({ spec: { b: null } });
  });

  it('needs not remove what is gone already', () => {
    expect(jsonMergePatch(spec({ b: '2' }), spec({}), spec({}))).toEqual({});
  });

  it('takes over what somebody changed in between', () => {
    expect(jsonMergePatch(spec({ a: '1' }), spec({ a: '1' }), spec({ a: 'theirs' }))).toEqual({
      spec: { a: '1' },
    });
  });

  it('replaces lists as a whole', () => {
    const [live, wanted] = [{ hosts: ['a', 'b'] }, { hosts: ['a'] }];
    expect(jsonMergePatch(live, wanted, live)).toEqual({ hosts: ['a'] });
    const http = { http: [{ match: [{ name: 'x' }], route: [{ weight: 10 }] }] };
    expect(jsonMergePatch(http, http, structuredClone(http))).toEqual({});
  });

  it('replaces a value by a map and a map by a value', () => {
    expect(jsonMergePatch({ tls: 'x' }, { tls: { mode: 'SIMPLE' } }, { tls: 'x' })).toEqual({
      tls: { mode: 'SIMPLE' },
    });
    expect(jsonMergePatch({ tls: { mode: 'x' } }, { tls: 'y' }, { tls: { mode: 'x' } })).toEqual({
      tls: 'y',
    });
  });
});

describe('the three-way merge of a built-in kind', () => {
  const inPod = (pod: { [key: string]: Json }) => ({ spec: { template: { spec: pod } } });
  const deployment = (container: { [key: string]: Json }) =>
    inPod({ containers: [{ name: 'api', ...container }] });

  it('leaves the defaults alone that the API filled in', () => {
    const wanted = deployment({ image: 'i', env: [{ name: 'FIREWALL', value: 'off' }] });
    const live = deployment({
      ...{ image: 'i', env: [{ name: 'FIREWALL', value: 'off' }] },
      imagePullPolicy: 'IfNotPresent',
    });
    expect(strategicMergePatch(wanted, wanted, live)).toEqual({});
  });

  it('names only the element of a keyed list that differs', () => {
    const wanted = deployment({
      env: [
        { name: 'A', value: '1' },
        { name: 'FIREWALL', value: 'off' },
      ],
    });
    const live = deployment({
      env: [
        { name: 'A', value: '1' },
        { name: 'FIREWALL', value: '403' },
      ],
    });
    expect(strategicMergePatch(wanted, wanted, live)).toEqual(
      inPod({ containers: [{ name: 'api', env: [{ name: 'FIREWALL', value: 'off' }] }] }),
    );
  });

  it('deletes the element that the last apply had, and keeps the one that others added', () => {
    const before = deployment({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    });
    const live = deployment({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
        { name: 'THEIRS', value: '3' },
      ],
    });
    expect(strategicMergePatch(before, deployment({ env: [{ name: 'A', value: '1' }] }), live)).toEqual(
      inPod({ containers: [{ name: 'api', env: [{ $patch: 'delete', name: 'B' }] }] }),
    );
  });

  it('lets one source of a volume take the place of another', () => {
    const before = inPod({ volumes: [{ name: 'v', emptyDir: {} }] });
    const wanted = inPod({ volumes: [{ name: 'v', secret: { secretName: 's' } }] });
    expect(strategicMergePatch(before, wanted, before)).toEqual(
      inPod({
        volumes: [
          { name: 'v', emptyDir: null, secret: { secretName: 's' }, $retainKeys: ['name', 'secret'] },
        ],
      }),
    );
  });

  it('merges ports by containerPort in a pod and by port in a Service', () => {
    const pod = deployment({ ports: [{ containerPort: 8080 }] });
    expect(
      strategicMergePatch(pod, pod, deployment({ ports: [{ containerPort: 8080, protocol: 'TCP' }] })),
    ).toEqual({});
    const [before, wanted] = [80, 81].map(port => ({ spec: { ports: [{ port, targetPort: 8080 }] } }));
    expect(strategicMergePatch(before ?? {}, wanted ?? {}, before ?? {})).toEqual({
      spec: {
        ports: [
          { port: 81, targetPort: 8080 },
          { $patch: 'delete', port: 80 },
        ],
      },
    });
  });

  it('replaces a list without a key as a whole', () => {
    const [before, wanted] = [['a'], ['b']].map(command => deployment({ command }));
    expect(strategicMergePatch(before ?? {}, wanted ?? {}, before ?? {})).toEqual(
      inPod({ containers: [{ name: 'api', command: ['b'] }] }),
    );
  });
});

it.each(['toString', 'constructor', '__proto__'])(
  'removes, keeps and adds a key named %s as any other',
  name => {
    const labels = (value?: Json) => ({
      labels: { ...(value === undefined ? {} : JSON.parse(`{"${name}":"${value}"}`)), a: '1' },
    });
    const patch = (value: Json) => ({ labels: JSON.parse(`{"${name}":${JSON.stringify(value)}}`) });
    const text = (value: object) => JSON.stringify(value);
    for (const merge of [jsonMergePatch, strategicMergePatch]) {
      expect(text(merge(labels('x'), labels(), labels('x')))).toBe(text(patch(null)));
      expect(text(merge(labels('x'), labels(), labels()))).toBe('{}');
      expect(text(merge(labels('x'), labels('x'), labels('x')))).toBe('{}');
      expect(text(merge(labels(), labels('y'), labels()))).toBe(text(patch('y')));
    }
  },
);

it('writes JSON as kubectl does, so that the annotation is the same', () => {
  expect(
    goJson({ kind: 'A', apiVersion: 'v1', spec: { b: '<&>\u2028\u2029', a: [1, { d: null, c: true }] } }),
  ).toBe(
    '{"apiVersion":"v1","kind":"A","spec":{"a":[1,{"c":true,"d":null}],"b":"\\u003c\\u0026\\u003e\\u2028\\u2029"}}',
  );
});
