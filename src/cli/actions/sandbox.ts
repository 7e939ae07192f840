/** `istio-tutor sandbox`: keeps a sandbox in the foreground, for kubectl and other istio-tutors, until Ctrl-C. */
import { Command } from 'commander';
import { UserError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import { globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .summary('keep a sandbox running, for kubectl in other terminals')
    .description(
      'Starts the embedded mesh with the lab world in it and keeps it until Ctrl-C: a Kubernetes API on\n' +
        '127.0.0.1, for kubectl and for istio-tutor in other terminals. Its kubeconfig goes when it ends, and so\n' +
        'does what was applied to it.',
    )
    .option('--port <N>', 'the port of the Kubernetes API on 127.0.0.1 (a free one)')
    .option('--kubeconfig <FILE>', 'where its kubeconfig is written (in our data folder)')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor sandbox
  istio-tutor sandbox --port 6443 --kubeconfig ./sandbox.kubeconfig
  kubectl --kubeconfig ./sandbox.kubeconfig -n mesh-network get pods

With --json, once it is ready: {"server", "kubeconfig", "context", "namespaces": {"mesh", "outside"}, "seconds"}`,
    )
    .action(async (flags: { port?: string; kubeconfig?: string }, command: Command) => {
      const options = globals(command);
      const signal = interruptSignal();
      const port = flags.port === undefined ? {} : { port: portOf(flags.port) };
      const [{ openCluster }, { commandProgress }, { resolve }, { shellPath, tilde }] = await Promise.all([
        import('../open/cluster.ts'),
        import('../print/command-progress.ts'),
        import('node:path'),
        import('../../shared/paths.ts'),
      ]);
      const file = flags.kubeconfig === undefined ? {} : { kubeconfig: resolve(flags.kubeconfig) };
      if (file.kubeconfig !== undefined) await mustBeFree(file.kubeconfig);
      const { cluster, names } = await openCluster(
        { ...options, on: options.on ?? 'sandbox' },
        { ...port, ...file },
      );
      if (cluster.can.kind !== 'sandbox') {
        throw new UserError({
          what: `istio-tutor sandbox runs a sandbox, and --on ${options.on} is not one.`,
          next: ['leave --on out', `istio-tutor up --on ${shellWord(options.on ?? '')}`],
        });
      }
      const health = await cluster.health(signal);
      if (health.state !== 'absent') {
        throw new UserError({
          what: 'A sandbox is already running for this data folder.',
          why: `${health.state === 'broken' ? `${health.why} ` : ''}Its kubeconfig is ${tilde(cluster.kubeconfig.path)}.`,
          next: [
            'use it: every istio-tutor and kubectl can',
            '--state DIR --kubeconfig FILE   for a second one',
          ],
        });
      }
      const { seconds } = await commandProgress(options, progress => cluster.up(progress, signal));
      const { path, context } = cluster.kubeconfig;
      const { readIfThere } = await import('../../shared/files/read.ts');
      const written = await readIfThere(path);
      if (options.json) {
        const { mesh, outside } = names;
        const server = await serverOf(path);
        const report = { server, kubeconfig: path, context, namespaces: { mesh, outside }, seconds };
        printJson(report, 0);
      } else {
        stdout.write(
          [
            `The sandbox is ready after ${seconds} s; namespaces ${names.mesh} and ${names.outside}. Ctrl-C ends it.`,
            '',
            `  export KUBECONFIG=${shellPath(path)}   for kubectl in another terminal`,
            '',
          ].join('\n'),
        );
      }
      await interrupted(signal);
      await cluster.down({ stage: () => {}, line: () => {} }, new AbortController().signal);
      if (options.json) return;
      const now = await readIfThere(path).catch(() => undefined);
      const left = leftOf(tilde(path), written, now);
      stdout.write(`The sandbox has ended; ${left}.\n`);
    });
}

/** What became of its kubeconfig. `now`: the text that lies there; null: none; undefined: it cannot be read. */
export function leftOf(path: string, written: string | null, now: string | null | undefined): string {
  if (now === null) return 'its kubeconfig is gone';
  return now === written
    ? `its kubeconfig ${path} could not be removed, and leads nowhere now`
    : `${path} was changed meanwhile and stays`;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new UserError({
    what: `--port ${text} is not a port.`,
    why: 'A port is a number from 1 to 65535.',
    next: ['--port 6443', 'leave it out: a free one is taken'],
  });
}

/** A file of somebody else's is never written over: only one that this command wrote, or none. */
async function mustBeFree(path: string): Promise<void> {
  const [{ mustBeOurs }, { ownKubeconfig }, { KUBECONFIG_NEXT }] = await Promise.all([
    import('../../cluster/providers/own-kubeconfig.ts'),
    import('../../cluster/providers/sandbox/kubeconfig.ts'),
    import('../../cluster/providers/sandbox/sandbox.ts'),
  ]);
  mustBeOurs(ownKubeconfig(path), KUBECONFIG_NEXT);
}

async function serverOf(path: string): Promise<string> {
  const [{ readFileSync }, { parse }] = await Promise.all([import('node:fs'), import('yaml')]);
  const config = parse(readFileSync(path, 'utf8')) as { clusters: { cluster: { server: string } }[] };
  return config.clusters[0]?.cluster.server ?? '';
}

/** Until Ctrl-C, SIGTERM or SIGHUP. */
function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
