/** `istio-tutor workshop up|status|report|down`: a room full of learners on one cluster. */
import { Command } from 'commander';
import { UserError } from '../../shared/errors.ts';
import { globals } from '../globals.ts';

export function workshopCommand(): Command {
  const workshop = new Command('workshop')
    .summary('a room full of learners on one cluster')
    .description(
      "Prepares a world for each learner, gives each a kubeconfig that allows everything inside it and nothing\noutside, shows who is where, collects the results, and removes all of it. Runs on kind or on a cluster of yours; a\nsandbox is one person's, and each learner can have one.",
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop up --learners ana,ben --on kind
  istio-tutor workshop status --on kind
  istio-tutor workshop report --on kind > results.md
  istio-tutor workshop down --on kind`,
    );
  workshop
    .command('up')
    .summary('prepare worlds, rights and kubeconfigs')
    .description(
      'Makes what is missing and repairs the rest; run it again to add learners or to renew tokens.',
    )
    .requiredOption('--learners <NAMES>', 'ana,ben,cleo')
    .option('--out <DIR>', 'where the kubeconfigs go (./workshop)')
    .option('--hours <H>', 'how long the tokens work (24)')
    .option('--server <URL>', 'the API server as learners reach it, where yours is another address')
    .option('--node-image <IMAGE>', 'node image for kind')
    .option('--istio-file <FILE>', 'IstioOperator, handed on to istioctl install')
    .option('-y, --yes', 'answer every question with yes', false)
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop up --learners ana,ben --on kind
  istio-tutor workshop up --learners ana,ben,cleo --on context=room --hours 8 --yes

A learner then runs:  export KUBECONFIG=ana.kubeconfig; istio-tutor --on context

With --json: {"provider", "seconds", "learners": [{"learner", "namespaces", "kubeconfig", "expires", "seconds"}]}`,
    )
    .action(async (flags: UpFlags, command: Command) => {
      const learners = learnerNames(flags.learners);
      const hours = hoursOf(flags.hours);
      const server = serverOf(flags.server);
      const { workshopUp } = await import('./workshop/up.ts');
      await workshopUp(
        { ...flags, names: learners, hours, ...(server === undefined ? {} : { url: server }) },
        globals(command),
      );
    });
  workshop
    .command('status')
    .summary('a live board: who is where')
    .description(
      "From what the learners' programs leave in their own namespaces. On a terminal it goes on until Ctrl-C.",
    )
    .option('--once', 'print it once')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor workshop status --on kind
  istio-tutor workshop status --once --json

With --json: {"learners": [{"learner", "namespaces", "world", "progress": {"kind", "at", "step", "lessons", "drills",
  "steps", "updated"} | null}]}`,
    )
    .action(async (flags: { once?: boolean }, command: Command) => {
      const { workshopStatus } = await import('./workshop/status.ts');
      await workshopStatus(flags.once === true, globals(command));
    });
  workshop
    .command('report')
    .summary('collect the results')
    .description('What every learner has done so far, as a Markdown table, or as JSON.')
    .addHelpText(
      'after',
      '\nExamples:\n  istio-tutor workshop report --on kind > results.md\n  istio-tutor workshop report --json',
    )
    .action(async (_flags: unknown, command: Command) => {
      const { workshopReport } = await import('./workshop/status.ts');
      await workshopReport(globals(command));
    });
  workshop
    .command('down')
    .summary('remove all of it')
    .description(
      "Removes every learner's namespaces, and with them their rights and tokens. The cluster stays.",
    )
    .addHelpText('after', '\nExamples:\n  istio-tutor workshop down --on kind')
    .action(async (_flags: unknown, command: Command) => {
      const { workshopDown } = await import('./workshop/up.ts');
      await workshopDown(globals(command));
    });
  return workshop;
}

export interface UpFlags {
  readonly learners: string;
  readonly out?: string;
  readonly hours?: string;
  readonly server?: string;
  readonly nodeImage?: string;
  readonly istioFile?: string;
  readonly yes: boolean;
}

/** Names of namespaces end with these. */
function learnerNames(text: string): readonly string[] {
  const names = text.split(',').map(each => each.trim());
  const wrong = names.find(each => !/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(each));
  if (wrong !== undefined) {
    throw new UserError({
      what:
        wrong === ''
          ? '--learners has an empty name.'
          : `--learners ${JSON.stringify(wrong)} cannot be used as a name.`,
      why: 'A learner has 1 to 30 small letters, digits and dashes, with a letter or digit at both ends.',
      next: ['--learners ana,ben,cleo'],
    });
  }
  const twice = names.find((each, i) => names.indexOf(each) !== i);
  if (twice !== undefined) {
    throw new UserError({
      what: `--learners names ${twice} twice.`,
      why: 'Each has a world of their own.',
      next: [`--learners ${[...new Set(names)].join(',')}`],
    });
  }
  return names;
}

function hoursOf(text = '24'): number {
  const hours = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && hours >= 0.2 && hours <= 720) return hours;
  throw new UserError({
    what: `--hours cannot be ${text}.`,
    why: 'A token works from 0.2 hours (the least that Kubernetes gives) to 720.',
    next: ['--hours 8'],
  });
}

function serverOf(text: string | undefined): string | undefined {
  if (text === undefined || (URL.canParse(text) && text.startsWith('https://'))) return text;
  throw new UserError({
    what: `--server ${text} is not the address of an API server.`,
    next: ['--server https://10.0.0.5:6443'],
  });
}
