import { Command } from 'commander';
import { globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';

/** `istio-tutor version`. With --json: {"version", "node"}. */
export function versionCommand(): Command {
  return new Command('version')
    .summary('print the version')
    .addHelpText('after', '\nExamples:\n  istio-tutor version\n\nWith --json: {"version", "node"}')
    .action((_flags: unknown, command: Command) => printVersion(command));
}

/** `--version` does the same. */
export async function printVersion(command: Command): Promise<void> {
  const { json } = globals(command);
  const version = await programVersion();
  const report = { version, node: process.versions.node };
  if (json) printJson(report);
  else stdout.write(`istio-tutor ${version}\n`);
}

async function programVersion(): Promise<string> {
  const [{ readFile }, { packageFile }] = await Promise.all([
    import('node:fs/promises'),
    import('../../shared/paths.ts'),
  ]);
  const { version } = JSON.parse(await readFile(packageFile('package.json'), 'utf8')) as { version: string };
  return version;
}
