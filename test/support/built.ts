import { resolve } from 'node:path';
import { build } from 'esbuild';
import { options } from '../../scripts/build.js';

/** Bundles the sources as they are now, beside the real bundles, and returns the path of the built main.js. */
export async function builtProgram(name: string): Promise<string> {
  const outdir = resolve(import.meta.dirname, '../../node_modules/.cache/istio-tutor', name);
  await build({ ...options, outdir });
  return resolve(outdir, 'main.js');
}
