import { readFile } from 'node:fs/promises';
import { packageFile } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';

export async function version({ json }: GlobalOptions): Promise<void> {
  const { version } = JSON.parse(await readFile(packageFile('package.json'), 'utf8')) as { version: string };
  if (json) printJson({ version, node: process.versions.node });
  else stdout.write(`istio-tutor ${version}\n`);
}
