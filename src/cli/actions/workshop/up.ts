/** Makes a workshop and takes it down: worlds, rights, kubeconfigs. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { firstProbe } from '../../../cluster/providers/first-probe.ts';
import {
  mustBeOurs,
  type OwnKubeconfig,
  writeKubeconfig,
} from '../../../cluster/providers/own-kubeconfig.ts';
import { cannotBe } from '../../../cluster/providers/record.ts';
import { connect } from '../../../kube/client.ts';
import { UserError } from '../../../shared/errors.ts';
import { inTurns } from '../../../shared/in-turns.ts';
import { tilde } from '../../../shared/paths.ts';
import { contextOf } from '../../../workshop/access.ts';
import { factsOf, giveAccess, learnersOf } from '../../../workshop/workshop.ts';
import { bringUpWorld, removeWorld } from '../../../world/bring-up.ts';
import { worldNames } from '../../../world/names.ts';
import { type GlobalOptions, sameAgain } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { printJson, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import type { UpFlags } from '../workshop.ts';

interface UpOptions extends Omit<UpFlags, 'hours'> {
  readonly names: readonly string[];
  /** Hours that a token works. */
  readonly hours: number;
  /** The API server as learners reach it. */
  readonly url?: string;
}

/** Worlds that start at the same time: a node's pods start faster a few at a time than all at once. */
const AT_ONCE = 3;

interface Made {
  readonly learner: string;
  readonly namespaces: { readonly mesh: string; readonly outside: string };
  readonly kubeconfig: string;
  readonly expires: string;
  readonly seconds: number;
}

export async function workshopUp(flags: UpOptions, options: GlobalOptions): Promise<void> {
  refuseLearner(options);
  const signal = interruptSignal();
  const out = resolve(flags.out ?? 'workshop');
  const more = {
    ...(flags.nodeImage === undefined ? {} : { nodeImage: flags.nodeImage }),
    ...(flags.istioFile === undefined ? {} : { istioFile: flags.istioFile }),
    yes: true,
  };
  const on = sharedPlace(options);
  // Before a world is made, not after.
  for (const learner of flags.names) mustBeOurs(kubeconfigOf(learner, out), OUT);
  const [first = ''] = flags.names;
  const open = (learner: string) => openCluster({ ...options, on, learner }, more);
  if (on !== 'kind' && !flags.yes) await agree(on, flags.names);
  const made: Made[] = [];
  const { seconds } = await commandProgress(options, async progress => {
    // The first brings the cluster and its Istio up, and tells how worlds are made here.
    const opened = await open(first);
    await opened.cluster.up(progress, signal);
    const kube = await connect(opened.cluster.kubeconfig);
    const facts = await factsOf(kube, opened.names, opened.cluster.can.istio);
    const world = {
      ...{ fenced: true, telemetry: facts.telemetry === 'true' },
      images: { curl: facts.curl, node: facts.server },
      ...(facts.revision === '' ? {} : { revision: facts.revision }),
    };
    const prefix = options.prefix ?? '';
    const access = {
      ...{ prefix, facts, seconds: Math.round(flags.hours * 3600) },
      ...(flags.url === undefined ? {} : { server: flags.url }),
    };
    progress.stage(`Making the worlds of ${flags.names.length} learners`);
    const quiet = { stage: () => {}, line: (text: string) => progress.line(text) };
    await inTurns(flags.names, AT_ONCE, async learner => {
      const since = Date.now();
      const names = worldNames(learner, prefix);
      await bringUpWorld(kube, names, world, quiet, signal);
      await firstProbe(kube, names, quiet, signal);
      const { text, expires } = await giveAccess(kube, names, access);
      const kubeconfig = kubeconfigOf(learner, out);
      await keep(out, kubeconfig, text);
      const { mesh, outside } = names;
      const took = Math.round((Date.now() - since) / 100) / 10;
      made.push({
        learner,
        namespaces: { mesh, outside },
        kubeconfig: kubeconfig.path,
        expires,
        seconds: took,
      });
      progress.line(`${made.length} of ${flags.names.length} ready`);
    });
  });
  made.sort((a, b) => flags.names.indexOf(a.learner) - flags.names.indexOf(b.learner));
  const { cluster } = await open(first);
  if (options.json) {
    printJson({ provider: cluster.name, seconds, learners: made });
    return;
  }
  const widest = Math.max(...made.map(each => each.learner.length));
  stdout.write(
    [
      `Ready after ${seconds} s: ${made.length} learners on ${cluster.name}.`,
      '',
      ...made.map(
        each => `  ${each.learner.padEnd(widest)}  ${tilde(each.kubeconfig)}   works until ${each.expires}`,
      ),
      '',
      'A learner runs:  export KUBECONFIG=NAME.kubeconfig; istio-tutor --on context',
      `  istio-tutor workshop status${sameAgain({ ...options, on })}   shows who is where`,
      `  istio-tutor workshop down${sameAgain({ ...options, on })}     removes all of it`,
      '',
    ].join('\n'),
  );
}

/** Writing into a cluster of the user's is asked about once, for all worlds. */
async function agree(on: string, learners: readonly string[]): Promise<void> {
  const plan = `istio-tutor will make two namespaces in ${on} for each of ${learners.join(', ')}, with a ServiceAccount and its rights, and write only there.`;
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError({
      what: `May istio-tutor write into ${on}?`,
      why: plan,
      next: ['--yes   says so where there is no terminal to ask at'],
    });
  }
  const { askYes } = await import('../../print/ask.ts');
  if (!(await askYes(`${plan} Go on?`))) {
    throw new UserError({
      what: 'Nothing was written.',
      next: ['istio-tutor workshop up --on kind   uses a cluster of its own'],
    });
  }
}

const OUT = ['--out DIR   puts the kubeconfigs elsewhere'];

function kubeconfigOf(learner: string, folder: string): OwnKubeconfig {
  return {
    path: join(folder, `${learner}.kubeconfig`),
    context: contextOf(learner),
    entry: contextOf(learner),
  };
}

async function keep(folder: string, kubeconfig: OwnKubeconfig, text: string): Promise<void> {
  // A folder of tokens; one that is there keeps its mode.
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(error => {
    throw cannotBe('written', folder, error, OUT);
  });
  writeKubeconfig(kubeconfig, text, OUT);
}

/** kind unless --on says otherwise; a sandbox cannot be shared. */
export function sharedPlace(options: GlobalOptions): string {
  const on = options.on ?? 'kind';
  if (on !== 'sandbox') return on;
  throw new UserError({
    what: 'A workshop needs a cluster: a sandbox is one process, for one person.',
    why: 'Learners without a cluster need none either: each runs istio-tutor, and has a sandbox.',
    next: ['istio-tutor workshop up --on kind --learners ana,ben'],
  });
}

export function refuseLearner(options: GlobalOptions): void {
  if (options.learner === undefined) return;
  throw new UserError({
    what: '--learner is for one learner; a workshop has --learners.',
    next: [`--learners ${options.learner}`],
  });
}

export async function workshopDown(options: GlobalOptions): Promise<void> {
  refuseLearner(options);
  const signal = interruptSignal();
  const { cluster } = await openCluster({ ...options, on: sharedPlace(options) });
  const kube = await connect(cluster.kubeconfig);
  const learners = await learnersOf(kube);
  await commandProgress(options, async progress => {
    progress.stage(`Removing the worlds of ${learners.length} learners`);
    await Promise.all(
      learners.map(({ names }) =>
        removeWorld(kube, names, { stage: () => {}, line: progress.line.bind(progress) }, signal),
      ),
    );
  });
  const gone = learners.map(each => each.names.learner);
  if (options.json) printJson({ removed: gone }, 0);
  else if (gone.length === 0) stdout.write('There is no workshop on this cluster; nothing to remove.\n');
  else stdout.write(`Removed: ${gone.join(', ')}. Their kubeconfigs no longer work, and may be deleted.\n`);
}
