import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { contextCluster } from '../../../src/cluster/providers/context/context.ts';
import { foreign, judge, type Survey } from '../../../src/cluster/providers/context/survey.ts';
import {
  readUserKubeconfig,
  takeContext,
  userKubeconfigFiles,
} from '../../../src/cluster/providers/context/user-kubeconfig.ts';
import { isOld, versionOf } from '../../../src/cluster/providers/istio-version.ts';
import { UserError } from '../../../src/shared/errors.ts';
import { paths } from '../../../src/shared/paths.ts';
import { worldNames } from '../../../src/world/names.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kubeconfigs-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function file(name: string, current: string | null, ...contexts: string[]): string {
  const path = join(home, name);
  mkdirSync(join(path, '..'), { recursive: true });
  const lines = [
    'apiVersion: v1',
    'kind: Config',
    ...(current === null ? [] : [`current-context: ${current}`]),
    `contexts: [${contexts.map(each => `{name: ${each}, context: {cluster: ${each}-c, user: ${each}-u}}`)}]`,
    `clusters: [${contexts.map(each => `{name: ${each}-c, cluster: {server: "https://${each}:6443", certificate-authority: certs/ca.crt}}`)}]`,
    `users: [${contexts.map(each => `{name: ${each}-u, user: {exec: {command: ./login, apiVersion: v1}}}`)}]`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

describe("the user's kubeconfig", () => {
  it('is every file of $KUBECONFIG that exists, in its order', () => {
    const one = file('one', 'a', 'a');
    const two = file('two', 'b', 'b');
    expect(userKubeconfigFiles({ KUBECONFIG: `${two}:${join(home, 'none')}:${one}` })).toEqual([two, one]);
  });

  it('gives one context alone, with its own current-context and paths that still lead somewhere', () => {
    const config = readUserKubeconfig([file('sub/one', 'a', 'a', 'b'), file('two', 'c', 'c')]);
    expect(config.currentContext).toBe('a');
    const taken = takeContext(config, 'b');
    expect(taken).toMatchObject({ name: 'b', server: 'https://b:6443' });
    expect(parse(taken.text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'b',
      contexts: [{ name: 'b', context: { cluster: 'b-c', user: 'b-u' } }],
      clusters: [
        {
          name: 'b-c',
          cluster: { server: 'https://b:6443', 'certificate-authority': join(home, 'sub/certs/ca.crt') },
        },
      ],
      users: [{ name: 'b-u', user: { exec: { command: join(home, 'sub/login'), apiVersion: 'v1' } } }],
    });
  });

  it('lists the contexts there are when another is wanted', () => {
    const config = readUserKubeconfig([file('one', 'a', 'a', 'b')]);
    expect(() => takeContext(config, 'c')).toThrowError(UserError);
    try {
      takeContext(config, 'c');
    } catch (error) {
      expect((error as UserError).problem).toMatchObject({
        what: 'Your kubeconfig has no context "c".',
        why: 'It has: a, b.',
        next: ['--on context=a'],
      });
    }
  });

  it('is never written', () => {
    const path = file('one', 'a', 'a');
    const before = readFileSync(path);
    process.env.KUBECONFIG = path;
    try {
      const state = join(home, 'state');
      const cluster = contextCluster({ names: worldNames('ana'), paths: paths(state) });
      expect(cluster.name).toBe('context a');
      expect(cluster.kubeconfig).toEqual({ path: join(state, 'context-a.kubeconfig'), context: 'a' });
    } finally {
      delete process.env.KUBECONFIG;
    }
    expect(readFileSync(path)).toEqual(before);
  });
});

describe('a survey of a cluster', () => {
  const names = worldNames();
  const istiod = {
    namespace: 'istio-system',
    deployment: 'istiod',
    version: '1.29.1',
    revision: 'default',
    available: true,
  };
  const fine: Survey = {
    istiods: [istiod],
    namespaces: { 'mesh-network': null, outside: null },
    defaultInjection: true,
    meshConfig: {},
    ztunnel: false,
    cni: false,
    initRefused: null,
  };
  const refusal = (change: Partial<Survey>) =>
    judge({ ...fine, ...change }, names).refusals.map(each => each.what);
  const ours = { 'app.kubernetes.io/managed-by': 'istio-tutor' };

  it('of an ordinary mesh leaves nothing to say', () => {
    expect(judge(fine, names)).toEqual({ refusals: [], notes: [], istio: '1.29.1', revision: undefined });
  });

  it('takes the newest revision where none is the default', () => {
    const istiods = [
      { ...istiod, revision: '1-28-3', version: '1.28.3' },
      { ...istiod, revision: '1-30-0', version: '1.30.0' },
    ];
    const { revision, istio } = judge({ ...fine, istiods, defaultInjection: false }, names);
    expect([revision, istio]).toEqual(['1-30-0', '1.30.0']);
    expect(judge({ ...fine, istiods, defaultInjection: true }, names).revision).toBeUndefined();
  });

  it('refuses what the lessons cannot work on', () => {
    expect(refusal({ istiods: [] })).toEqual(['No Istio was found in this cluster.']);
    expect(refusal({ meshConfig: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } } })[0]).toContain(
      'REGISTRY_ONLY',
    );
    expect(refusal({ initRefused: 'violates PodSecurity "restricted:latest"' })).toEqual([
      "Pod Security forbids the sidecar's init container here.",
    ]);
    const namespaces = { 'mesh-network': { ...ours, 'istio.io/dataplane-mode': 'ambient' }, outside: null };
    expect(refusal({ namespaces })).toEqual(['The namespace mesh-network is in ambient mode.']);
  });

  it('refuses namespaces that are not ours, and only those', () => {
    expect(foreign({ ...fine, namespaces: { 'mesh-network': ours, outside: {} } })).toEqual(['outside']);
    expect(refusal({ namespaces: { 'mesh-network': {}, outside: null } })).toEqual([
      'The namespace mesh-network exists and was not made by istio-tutor.',
    ]);
  });

  it('warns about an old Istio, ambient mode beside ours, and a log format of its own', () => {
    const { refusals, notes } = judge(
      {
        ...fine,
        istiods: [{ ...istiod, version: '1.24.2' }],
        ztunnel: true,
        meshConfig: { accessLogFormat: '%RESPONSE_CODE%\n' },
      },
      names,
    );
    expect(refusals).toEqual([]);
    expect(notes).toEqual([
      'Istio 1.24.2 is older than 1.28: mirrored calls and retries differ from what the lessons say.',
      'This mesh has ambient mode as well; our namespaces use sidecars.',
      'The mesh writes its access log in a format of its own; where it cannot be read, walks are drawn from curl and the API alone.',
    ]);
  });
});

describe("Istio's version", () => {
  it.each([
    ['docker.io/istio/pilot:1.29.1', undefined, '1.29.1'],
    ['registry:5000/istio/pilot:1.29.1-distroless', undefined, '1.29.1'],
    ['docker.io/istio/pilot:1.31-dev', undefined, '1.31-dev'],
    ['docker.io/istio/pilot:1.29.0@sha256:abc', undefined, '1.29.0'],
    ['docker.io/istio/pilot@sha256:abc', '1.28.2', '1.28.2'],
    ['registry:5000/istio/pilot', undefined, 'unknown'],
  ])('of %s is told', (image, label, version) => {
    expect(versionOf(image, label)).toBe(version);
  });

  it('before 1.28 is old', () => {
    expect(['1.27.9', '1.28.0', '1.31-dev', '2.0.0', 'unknown'].map(version => isOld(version))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
