import { existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { contextWorld } from '../../../src/cluster/providers/context/context.ts';
import { kindSite } from '../../../src/cluster/providers/kind/site.ts';
import {
  foreignIn,
  removeKubeconfig,
  writeKubeconfig,
} from '../../../src/cluster/providers/own-kubeconfig.ts';
import {
  CONTEXT,
  keepKubeconfig,
  kubeconfigText,
  ownKubeconfig,
} from '../../../src/cluster/providers/sandbox/kubeconfig.ts';
import { paths } from '../../../src/shared/paths.ts';
import { worldNames } from '../../../src/world/names.ts';
import { folder, pipe, unreadable } from '../../support/faults.ts';
import { folderWith } from '../../support/tiny-course.ts';

const access = { server: 'https://127.0.0.1:41205', ca: 'PEM', token: 'ours' };
const EMPTY = 'apiVersion: v1\nkind: Config\n';
const config = (...names: string[]) =>
  stringify({
    ...{ apiVersion: 'v1', kind: 'Config', preferences: {}, 'current-context': names.at(-1) },
    contexts: names.map(name => ({ name, context: { cluster: name, user: name } })),
    clusters: names.map(name => ({ name, cluster: { server: `https://${name}` } })),
    users: names.map(name => ({ name, user: { token: `the token of ${name}` } })),
  });

describe('a kubeconfig that we may write over and remove', () => {
  it.each([
    ['what we wrote', kubeconfigText(access)],
    ['ours with a namespace set by kubectl', kubeconfigText(access).replace('mesh-network', 'default')],
    [
      'what kind leaves of its last cluster',
      'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n',
    ],
  ])('%s', (_, text) => {
    expect(foreignIn(text, { context: CONTEXT, entry: CONTEXT })).toBeNull();
  });

  it.each([
    [
      'other contexts, ours being the current one',
      config('prod', CONTEXT),
      'It also has context prod, cluster prod, user prod.',
    ],
    ['preferences of somebody', `${EMPTY}preferences: {colors: true}\n`, 'It also has preferences.'],
    [
      'extensions of somebody',
      `${EMPTY}extensions: [{name: mine}]\n`,
      'It is not a kubeconfig that istio-tutor wrote.',
    ],
    ['notes of somebody', `# Do not lose this.\n${EMPTY}`, 'It also has comments.'],
    ['a note to what is ours', `${kubeconfigText(access)}# Keep.\n`, 'It also has comments.'],
    ['a user of somebody else', config(CONTEXT).replace(/(users:\n {2}- name: )\S+/, '$1prod'), null],
    ['another cluster', config(CONTEXT).replace(/(clusters:\n {2}- name: )\S+/, '$1prod'), null],
    ['two entries of one name', config(CONTEXT, CONTEXT), 'It has an entry twice.'],
    ['no kubeconfig at all', 'mine', 'It is not a kubeconfig that istio-tutor wrote.'],
    ['nothing', '', 'It is not a kubeconfig that istio-tutor wrote.'],
    [
      'a text about one',
      `notes\ncurrent-context: ${CONTEXT}\n`,
      'It is not a kubeconfig that istio-tutor wrote.',
    ],
  ])('is not one with %s', (_, text, why) => {
    const found = foreignIn(text, { context: CONTEXT, entry: CONTEXT });
    if (why === null) expect(found).not.toBeNull();
    else expect(found).toBe(why);
  });
});

describe('what lies where a kubeconfig of ours would', () => {
  it('stays when other contexts are in it, and the error names them', () => {
    const path = join(folderWith({ 'x.kc': config('prod', CONTEXT) }), 'x.kc');
    expect(() => keepKubeconfig(path, access)).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({
          why: expect.stringContaining('context prod, cluster prod, user prod'),
          next: expect.arrayContaining([expect.stringContaining('mv ')]),
        }),
      }),
    );
    expect(readFileSync(path, 'utf8')).toContain('the token of prod');
  });

  it('is not written through, where it is a symbolic link', () => {
    const root = folderWith({ target: kubeconfigText(access) });
    const path = join(root, 'sandbox.kubeconfig');
    symlinkSync('target', path);
    expect(() => keepKubeconfig(path, { ...access, token: 'new' })).toThrow(/alone/);
    removeKubeconfig(ownKubeconfig(path));
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'target'), 'utf8')).toBe(kubeconfigText(access));
  });

  it.each([
    ['a folder', folder],
    ['a pipe', pipe],
    ['what cannot be read', unreadable],
  ])('stays where it is %s', (_, lay) => {
    const path = join(folderWith({}), 'sandbox.kubeconfig');
    lay(path);
    expect(() => writeKubeconfig(ownKubeconfig(path), 'new')).toThrow(/alone/);
    removeKubeconfig(ownKubeconfig(path));
    expect(lstatSync(path)).toBeTruthy();
  });

  it('of a sandbox goes with it as it was written, and stays when somebody has put more into it', () => {
    const path = join(folderWith({}), 'x.kc');
    const end = keepKubeconfig(path, access);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    end();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();

    const later = keepKubeconfig(path, access);
    writeFileSync(path, config('kind-mine', CONTEXT));
    later();
    expect(readFileSync(path, 'utf8')).toContain('the token of kind-mine');
  });

  it('of many sandboxes of a process wait for its end together, and are gone one by one', () => {
    const folder = folderWith({});
    const before = process.listenerCount('exit');
    const files = Array.from({ length: 12 }, (_, i) => join(folder, `${i}.kc`));
    const ends = files.map(path => keepKubeconfig(path, access));
    expect(process.listenerCount('exit')).toBe(before + 1);
    ends[0]?.();
    expect(files.filter(path => existsSync(path))).toEqual(files.slice(1));
    for (const end of ends) end();
    expect(files.filter(path => existsSync(path))).toEqual([]);
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('of kind is forgotten with its cluster, unless there is more in it', () => {
    const root = folderWith({ 'kind.kubeconfig': config('kind-istio-tutor') });
    const site = kindSite({ names: worldNames(null), paths: paths(root) });
    site.forget();
    expect(statSync(site.kubeconfig, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(site.kubeconfig, config('kind-istio-tutor', 'prod'));
    site.forget();
    expect(readFileSync(site.kubeconfig, 'utf8')).toContain('the token of prod');
  });

  it('of a context is not written over when more is in it', () => {
    const root = folderWith({ mine: config('dev'), 'state/x': '' });
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = join(root, 'mine');
    try {
      const open = () => contextWorld({ names: worldNames(null), paths: paths(join(root, 'state')) });
      const { path } = open().cluster.kubeconfig;
      open();
      writeFileSync(path, config('dev', 'prod'));
      expect(open).toThrow(/alone/);
      expect(readFileSync(path, 'utf8')).toContain('the token of prod');
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });
});
