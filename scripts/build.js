// Bundles src/ into dist/: few files, so that starting is quick, and split, so that `--help` loads neither
// Ink nor the Kubernetes client and the first screen does not load the client (test/cli/build.test.ts).
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * `import('yaml')` of a CommonJS package has only a `default` once esbuild has split it off, where node
 * gives its names too. Such an import goes through a module that exports each name.
 * @type {import('esbuild').Plugin}
 */
const namesOfLatePackages = {
  name: 'names of late packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind, namespace }) =>
      kind === 'dynamic-import' && namespace !== 'late' && !isBuiltin(path)
        ? { path, namespace: 'late' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(name => /^[A-Za-z_$][\w$]*$/.test(name));
      const rest = names.filter(name => name !== 'default' && name !== 'module.exports');
      return {
        contents: `import * as all from '${path}'; export default all.default; export const { ${rest.join(', ')} } = all;`,
        resolveDir: root,
      };
    });
  },
};

/**
 * Only the kubeconfig and exec of the Kubernetes client are used; its typed clients, with their models and the fetch
 * that they would call, are nine tenths of it. What is imported but not listed here fails the build.
 * @type {import('esbuild').Plugin}
 */
const usedPartsOfKubernetesClient = {
  name: 'used parts of the Kubernetes client',
  setup({ onResolve, onLoad }) {
    const client = '@kubernetes/client-node';
    /** @type {Record<string, string>} */
    const parts = {
      [client]: `
        export { KubeConfig } from '${client}/dist/config.js';
        export { Exec } from '${client}/dist/exec.js';`,
      './gen/index.js': `
        export { createConfiguration } from '${client}/dist/gen/configuration.js';
        export { ServerConfiguration } from '${client}/dist/gen/servers.js';`,
      // Node has a fetch of its own.
      'node-fetch': `
        export default globalThis.fetch;
        export const { Headers, Request, Response } = globalThis;`,
    };
    onResolve(
      { filter: /^(@kubernetes\/client-node|\.\/gen\/index\.js|node-fetch)$/ },
      ({ path, importer }) =>
        path === client || importer.includes('client-node')
          ? { path, namespace: 'part', sideEffects: false }
          : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
      contents: parts[path] ?? '',
      resolveDir: root,
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
export const options = {
  absWorkingDir: root,
  // The worker is a thread's own main file (src/envoy/regex-thread.ts).
  entryPoints: { main: 'src/main.ts', 'regex-worker': 'src/envoy/regex-worker.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[name]-[hash]',
  // Names stay whole, so that a stack trace that somebody reports can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // For the stack traces of --verbose (bin/istio-tutor.js): a frame names a file and a line of the sources.
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [namesOfLatePackages, usedPartsOfKubernetesClient],
  loader: { '.mjs': 'js' },
  define: {
    'process.env.NODE_ENV': '"production"',
    // What CommonJS has but an ES module has not, like `require` below.
    __filename: 'import.meta.filename',
    __dirname: 'import.meta.dirname',
  },
  // ws takes these two if they are installed, and does without.
  external: ['bufferutil', 'utf-8-validate', 'react-devtools-core'],
  // Some dependencies are CommonJS and ask for `require`, which an ES module has not.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/**
 * Writes licenses.txt: every package that is in the bundles, with its version and the text of its licence.
 * @param {import('esbuild').Metafile | undefined} metafile
 * @param {string} folder
 */
export async function writeLicenses(metafile, folder) {
  const packages = Object.keys(metafile?.inputs ?? {}).flatMap(
    path => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? [],
  );
  const texts = [...new Set(packages)].sort().map(async path => {
    const place = join(root, path);
    const { name, version, license } = JSON.parse(await readFile(join(place, 'package.json'), 'utf8'));
    const file = (await readdir(place)).find(each => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : await readFile(join(place, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  const all = await Promise.all(texts);
  await writeFile(join(folder, 'licenses.txt'), `In the files of this folder:\n\n${all.join('\n---\n\n')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { metafile } = await build(options);
  const dist = fileURLToPath(new URL('../dist/', import.meta.url));
  await writeLicenses(metafile, dist);
  // What an earlier build left is removed last, so that the program can be started at any time meanwhile.
  const made = new Set([...Object.keys(metafile?.outputs ?? {}), 'dist/licenses.txt']);
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(relative(root, path))) await rm(path);
  }
}
