/** Keeps a sandbox until Ctrl-C, and says what became of its kubeconfig. */
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { Cluster } from '../../cluster/cluster.ts';
import { mustBeOurs } from '../../cluster/providers/own-kubeconfig.ts';
import { ownKubeconfig } from '../../cluster/providers/sandbox/kubeconfig.ts';
import { KUBECONFIG_NEXT } from '../../cluster/providers/sandbox/sandbox.ts';
import { UserError } from '../../shared/errors.ts';
import { readIfThere } from '../../shared/files/read.ts';
import { shellPath, tilde } from '../../shared/paths.ts';
import { SILENT } from '../../shared/progress.ts';
import { shellWord } from '../../shared/shell.ts';
import type { WorldNames } from '../../world/names.ts';
import type { SandboxFlags } from '../commands/sandbox.ts';
import { openCluster } from '../open/cluster.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function sandbox(options: SandboxFlags): Promise<void> {
  const signal = interruptSignal();
  const port = options.port === undefined ? undefined : portOf(options.port);
  const file = options.kubeconfig === undefined ? undefined : resolve(options.kubeconfig);
  // Somebody else's file is never written over: only one that a sandbox wrote.
  if (file !== undefined) mustBeOurs(ownKubeconfig(file), KUBECONFIG_NEXT);
  const on = options.on ?? 'sandbox';
  const { cluster, names } = await openCluster({ ...options, on }, { port, kubeconfig: file });
  await mustStartHere(cluster, options.on, signal);
  const { seconds } = await commandProgress(options, progress => cluster.up(progress, signal));
  const { path, context } = cluster.kubeconfig;
  const written = await readIfThere(path);
  if (options.json) {
    const { mesh, outside } = names;
    const server = serverIn(written ?? '');
    printJson({ server, kubeconfig: path, context, namespaces: { mesh, outside }, seconds }, 0);
  } else stdout.write(readyText(seconds, names, path));
  await interrupted(signal);
  await cluster.down(SILENT, new AbortController().signal);
  if (options.json) return;
  const now = await readIfThere(path).catch(() => undefined);
  stdout.write(`The sandbox has ended; ${leftOf(tilde(path), written, now)}.\n`);
}

/** Throws a UserError for another provider, and where a sandbox runs already. */
async function mustStartHere(cluster: Cluster, on: string | undefined, signal: AbortSignal): Promise<void> {
  if (cluster.can.kind !== 'sandbox') {
    throw new UserError({
      what: `istio-tutor sandbox runs a sandbox, and --on ${on} is not one.`,
      next: ['leave --on out', `istio-tutor up --on ${shellWord(on ?? '')}`],
    });
  }
  const health = await cluster.health(signal);
  if (health.state === 'absent') return;
  throw new UserError({
    what: 'A sandbox is already running for this data folder.',
    why: `${health.state === 'broken' ? `${health.why} ` : ''}Its kubeconfig is ${tilde(cluster.kubeconfig.path)}.`,
    next: ['use it: every istio-tutor and kubectl can', '--state DIR --kubeconfig FILE   for a second one'],
  });
}

function readyText(seconds: number, { mesh, outside }: WorldNames, kubeconfig: string): string {
  return [
    `The sandbox is ready after ${seconds} s; namespaces ${mesh} and ${outside}. Ctrl-C ends it.`,
    '',
    `  export KUBECONFIG=${shellPath(kubeconfig)}   for kubectl in another terminal`,
    '',
  ].join('\n');
}

/** What became of its kubeconfig. `now` is the text found there; null: no file; undefined: it cannot be read. */
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

function serverIn(kubeconfig: string): string {
  const config = parse(kubeconfig) as { clusters: { cluster: { server: string } }[] };
  return config.clusters[0]?.cluster.server ?? '';
}

/** Until Ctrl-C, SIGTERM or SIGHUP. */
function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
