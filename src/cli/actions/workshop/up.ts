/** Makes a workshop: worlds, rights, kubeconfigs. */
import { join, resolve } from 'node:path';
import { firstProbe } from '../../../cluster/providers/first-probe.ts';
import {
  mustBeOurs,
  type OwnKubeconfig,
  writeKubeconfig,
} from '../../../cluster/providers/own-kubeconfig.ts';
import { cannotBe } from '../../../cluster/providers/record.ts';
import { connect } from '../../../kube/client.ts';
import { steadyNow } from '../../../shared/clock.ts';
import { UserError } from '../../../shared/errors.ts';
import { makeFolder } from '../../../shared/files/make-folder.ts';
import { inTurns } from '../../../shared/in-turns.ts';
import { tilde } from '../../../shared/paths.ts';
import { contextOf, HEADING } from '../../../workshop/access.ts';
import { factsOf, giveAccess } from '../../../workshop/workshop.ts';
import { bringUpWorld } from '../../../world/bring-up.ts';
import { worldNames } from '../../../world/names.ts';
import type { WorkshopUpFlags } from '../../commands/workshop.ts';
import { sameAgain } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { askYes } from '../../print/ask.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { printJson, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { enoughRoom } from './enough-room.ts';
import { hoursOf, learnerNames, refuseLearner, serverOf, sharedPlace } from './flags.ts';

/** Worlds that start at the same time: a node's pods start faster a few at a time than all at once. */
const AT_ONCE = 3;

interface Made {
  readonly learner: string;
  readonly namespaces: { readonly mesh: string; readonly outside: string };
  readonly kubeconfig: string;
  readonly expires: string;
  readonly seconds: number;
}

export async function workshopUp(options: WorkshopUpFlags): Promise<void> {
  const learners = learnerNames(options.learners);
  const seconds = Math.round(hoursOf(options.hours) * 3600);
  const server = serverOf(options.server);
  refuseLearner(options);
  const signal = interruptSignal();
  const out = resolve(options.out ?? 'workshop');
  const on = sharedPlace(options);
  // Before a world is made, not after.
  for (const learner of learners) mustBeOurs(kubeconfigOf(learner, out), OUT);
  const [first = ''] = learners;
  const { nodeImage, istioFile } = options;
  const open = (learner: string) =>
    openCluster({ ...options, on, learner }, { nodeImage, istioFile, yes: true });
  if (on !== 'kind' && !options.yes) await agree(on, learners);
  const made: Made[] = [];
  const whole = await commandProgress(options, async progress => {
    // The first brings the cluster and its Istio up, and shows how worlds are made here.
    const opened = await open(first);
    await opened.cluster.up(progress, signal);
    const kube = await connect(opened.cluster.kubeconfig);
    const facts = await factsOf(kube, opened.names, opened.cluster.can.istio);
    const world = {
      ...{ fenced: true, telemetry: facts.telemetry === 'true' },
      images: { curl: facts.curl, node: facts.server },
      revision: facts.revision === '' ? undefined : facts.revision,
    };
    const prefix = options.prefix ?? '';
    const worlds = learners.map(learner => worldNames(learner, prefix));
    await enoughRoom(kube, worlds, on, progress);
    const access = { prefix, facts, seconds, server };
    progress.stage(`Making the worlds of ${learners.length} learners`);
    const quiet = { stage: () => {}, line: (text: string) => progress.line(text) };
    await inTurns(learners, AT_ONCE, async learner => {
      const since = steadyNow();
      const names = worldNames(learner, prefix);
      await bringUpWorld(kube, names, world, quiet, signal);
      await firstProbe(kube, names, quiet, signal);
      const { text, expires } = await giveAccess(kube, names, access);
      const kubeconfig = kubeconfigOf(learner, out);
      await keep(out, kubeconfig, text);
      const { mesh, outside } = names;
      const took = Math.round((steadyNow() - since) / 100) / 10;
      made.push({
        learner,
        namespaces: { mesh, outside },
        kubeconfig: kubeconfig.path,
        expires,
        seconds: took,
      });
      progress.line(`${made.length} of ${learners.length} ready`);
    });
  });
  made.sort((a, b) => learners.indexOf(a.learner) - learners.indexOf(b.learner));
  const { cluster } = await open(first);
  if (options.json) {
    printJson({ provider: cluster.name, seconds: whole.seconds, learners: made });
    return;
  }
  const widest = Math.max(...made.map(each => each.learner.length));
  stdout.write(
    [
      `Ready after ${whole.seconds} s: ${made.length} learners on ${cluster.name}.`,
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

/** Asks once, for all worlds, before anything is written into a cluster of the user's. */
async function agree(on: string, learners: readonly string[]): Promise<void> {
  const plan = `istio-tutor will make two namespaces in ${on} for each of ${learners.join(', ')}, with a ServiceAccount and its rights, and write only there.`;
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    throw new UserError({
      what: `May istio-tutor write into ${on}?`,
      why: plan,
      next: ['--yes   says so where there is no terminal to ask at'],
    });
  }
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
    heading: HEADING,
  };
}

async function keep(folder: string, kubeconfig: OwnKubeconfig, text: string): Promise<void> {
  // The folder holds tokens. One that exists already keeps its mode.
  await makeFolder(folder, 0o700).catch(error => {
    throw cannotBe('written', folder, error, OUT);
  });
  writeKubeconfig(kubeconfig, text, OUT);
}
