import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { options } from '../../scripts/build.js';

// What the bundles load, read off esbuild's own account of them: starting must not pay for what it does not use.

let meta: Metafile;

beforeAll(async () => {
  meta = (await build({ ...options, write: false })).metafile as Metafile;
}, 60_000);

/** The source files that are loaded with a chunk at once, that is without its dynamic imports. */
function loadedWith(output: string, seen = new Set<string>()): string[] {
  if (seen.has(output)) return [];
  seen.add(output);
  const chunk = meta.outputs[output];
  const follow = (chunk?.imports ?? []).filter(each => each.kind === 'import-statement' && !each.external);
  return [...Object.keys(chunk?.inputs ?? {}), ...follow.flatMap(each => loadedWith(each.path, seen))];
}

function packagesOf(files: readonly string[]): string[] {
  const names = files.flatMap(file => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** The chunk that `import('./cli/NAME.ts')` loads. */
function chunkOf(source: string): string {
  const found = Object.entries(meta.outputs).find(([, output]) => output.entryPoint === source);
  expect(found, `a chunk of its own for ${source}`).toBeDefined();
  return found?.[0] ?? '';
}

describe('the bundles', () => {
  it('load nothing but commander for --help', () => {
    const loaded = loadedWith('dist/main.js');
    expect(packagesOf(loaded)).toEqual(['commander']);
    expect(loaded.filter(file => file.startsWith('src/cli/actions/'))).toEqual([]);
  });

  it('name a cluster without the Kubernetes client', () => {
    expect(packagesOf(loadedWith(chunkOf('src/cli/open/cluster.ts')))).not.toContain(
      '@kubernetes/client-node',
    );
  });

  it('draw the first screen without the Kubernetes client and what only lessons need', () => {
    const sources = ['src/cli/actions/lessons.ts', 'src/cli/screen/on-screen.ts'];
    const first = sources.flatMap(source => loadedWith(chunkOf(source)));
    const packages = packagesOf(first);
    expect(packages).toContain('ink');
    for (const heavy of ['@kubernetes/client-node', 'zod', 'execa', 're2js'])
      expect(packages).not.toContain(heavy);
  });

  it('leave out what is not used of large packages', () => {
    const inputs = Object.values(meta.outputs).flatMap(output => Object.keys(output.inputs));
    expect(inputs.filter(each => each.endsWith('client-node/dist/config.js'))).toHaveLength(1);
    const unused = /client-node\/dist\/gen\/models|node_modules\/node-fetch|zod\/v4\/locales\/(?!en)/;
    expect(inputs.filter(each => unused.test(each))).toEqual([]);
  });

  it('keep the names of a CommonJS package that is loaded late', () => {
    const late = Object.values(meta.outputs).filter(output => output.entryPoint?.startsWith('late:'));
    expect(late.length).toBeGreaterThan(0);
    for (const { entryPoint, exports } of late) expect(exports.length, entryPoint).toBeGreaterThan(1);
    const nameless = Object.values(meta.outputs).filter(
      ({ entryPoint, exports }) => entryPoint !== undefined && exports.join() === 'default',
    );
    expect(nameless.map(({ entryPoint }) => entryPoint)).toEqual([]);
  });

  it('run React as in production', () => {
    const files = Object.keys(meta.inputs).filter(file => /react.*development\.js$/.test(file));
    const bundled = Object.values(meta.outputs).flatMap(output => Object.keys(output.inputs));
    expect(files.filter(file => bundled.includes(file))).toEqual([]);
  });
});
