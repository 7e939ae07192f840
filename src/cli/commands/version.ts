/** `istio-tutor version`, and `--version`, which does the same. */
import { Command } from 'commander';
import { late } from '../late.ts';

export const printVersion = late(async () => (await import('../actions/version.ts')).version);

export function versionCommand(): Command {
  return new Command('version')
    .summary('print the version')
    .addHelpText('after', '\nExamples:\n  istio-tutor version\n\nWith --json: {"version", "node"}')
    .action(printVersion);
}
