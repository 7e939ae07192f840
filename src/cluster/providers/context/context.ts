/**
 * The context provider: a cluster that the user already has. It looks before it writes (survey.ts), asks
 * before it writes the first time, and then touches only its own two namespaces, fenced off with a Sidecar,
 * because others work in this cluster too. The user's kubeconfig is read and never written.
 * Left out, unlike kind: making or repairing the cluster and its Istio, which are not ours.
 */
import { join } from 'node:path';
import type { Kubeconfig } from '../../../kube/client.ts';
import { Interrupted, ToolError, UserError } from '../../../shared/errors.ts';
import type { ImageSettings } from '../../../shared/image-settings.ts';
import type { Paths } from '../../../shared/paths.ts';
import type { Progress } from '../../../shared/progress.ts';
import { shellWord } from '../../../shared/shell.ts';
import type { Health } from '../../../world/health.ts';
import { type WorldNames, worldNames } from '../../../world/names.ts';
import type { Capabilities, Cluster } from '../../cluster.ts';
import { withLock } from '../lock.ts';
import { removeKubeconfig, writeKubeconfig } from '../own-kubeconfig.ts';
import { type ContextRecord, readRecord, removeFiles, writeRecord } from '../record.ts';
import { ofWorld } from '../world-images.ts';
import { readUserKubeconfig, type TakenContext, takeContext } from './user-kubeconfig.ts';

export interface ContextOptions {
  /** The context's name; the user's current one unless given. */
  readonly context?: string;
  readonly names: WorldNames;
  readonly paths: Paths;
  readonly images?: ImageSettings;
  readonly yes?: boolean | undefined;
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
}

/** The names of the world that a learner's kubeconfig is for, which no flag may change. */
function learnersNames(
  { learner, prefix }: NonNullable<TakenContext['workshop']>,
  asked: WorldNames,
): WorldNames {
  const names = worldNames(learner, prefix);
  if (asked.learner === null || asked.mesh === names.mesh) return names;
  throw new UserError({
    what: `This kubeconfig is ${learner}'s, and allows nothing in ${asked.mesh}.`,
    next: ['leave --learner and --prefix out: the kubeconfig tells both'],
  });
}

interface Site {
  readonly taken: TakenContext;
  readonly names: WorldNames;
  readonly kubeconfig: Kubeconfig;
  readonly recordFile: string;
  readonly images: ImageSettings;
  readonly yes: boolean;
  readonly ask: ContextOptions['ask'];
}

/** Throws a UserError when the user's kubeconfig has no such context. Writes only into our data folder. */
export function contextCluster(options: ContextOptions): Cluster {
  return contextWorld(options).cluster;
}

/** The cluster, and the names of the world in it: a workshop learner's kubeconfig says which they are. */
export function contextWorld(options: ContextOptions): { cluster: Cluster; names: WorldNames } {
  const taken = takeContext(readUserKubeconfig(), options.context);
  const names = taken.workshop === null ? options.names : learnersNames(taken.workshop, options.names);
  const base = `context-${taken.name.replace(/[^\w.-]+/g, '_')}`;
  const kubeconfig = { path: options.paths.kubeconfig(base), context: taken.name };
  writeKubeconfig(kubeconfig, taken.text);
  const site: Site = {
    taken,
    names,
    kubeconfig,
    recordFile: join(options.paths.data, `${base}-${names.mesh}.json`),
    images: options.images ?? {},
    yes: options.yes === true,
    ask: options.ask,
  };
  const lock = join(options.paths.data, `${base}-${names.mesh}`);
  let istio: string | undefined;

  const cluster: Cluster = {
    name: `context ${taken.name}`,
    kubeconfig,
    get can(): Capabilities {
      const known = istio ?? readRecord<ContextRecord>(site.recordFile, 'context')?.istio;
      const workshop = taken.workshop === null ? {} : { workshop: true };
      return {
        kind: 'context',
        recreate: false,
        ...workshop,
        istio: known,
      };
    },
    up: (progress, signal) =>
      withLock(lock, 'istio-tutor up', async () => {
        istio = await bringUp(site, progress, signal);
      }),
    health: signal => health(site, signal),
    down: (progress, signal) => withLock(lock, 'istio-tutor down', () => takeDown(site, progress, signal)),
  };
  return { cluster, names };
}

/** Connects, and turns a cluster that cannot be reached into an error in the user's words. */
async function reach(site: Site, signal: AbortSignal) {
  const { connect } = await import('../../../kube/client.ts');
  const patience = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  try {
    const kube = await connect(site.kubeconfig);
    const { status, body } = await kube.request('GET', '/version', { signal: patience });
    if (status === 200) return kube;
    throw new Error((body as { message?: string } | null)?.message ?? `It answers ${status}.`);
  } catch (error) {
    if (signal.aborted) throw new Interrupted();
    const words = error instanceof Interrupted ? 'no answer within 10 seconds' : (error as Error).message;
    throw new ToolError(
      {
        what: `The cluster of context ${site.taken.name} does not answer.`,
        why: `${site.taken.server}: ${words}`,
        next: [`kubectl --context ${shellWord(site.taken.name)} version`, 'istio-tutor doctor'],
      },
      error,
    );
  }
}

async function bringUp(site: Site, progress: Progress, signal: AbortSignal): Promise<string | undefined> {
  progress.stage(`Looking at ${site.taken.name}`);
  const kube = await reach(site, signal);
  if (site.taken.workshop !== null) {
    const { bringUpLearner } = await import('./learner.ts');
    return bringUpLearner(kube, site.names, progress, signal);
  }
  const [{ judge, look }, { bringUpWorld }, { firstProbe }] = await Promise.all([
    import('./survey.ts'),
    import('../../../world/bring-up.ts'),
    import('../first-probe.ts'),
  ]);
  const found = judge(await look(kube, site.names, signal), site.names);
  const [refusal] = found.refusals;
  if (refusal !== undefined) throw new UserError(refusal);
  for (const note of found.notes) progress.note?.(note);

  const record = await agree(site);
  writeRecord(site.recordFile, found.istio === undefined ? record : { ...record, istio: found.istio });
  const revision = found.revision === undefined ? {} : { revision: found.revision };
  const images = ofWorld(site.images);
  await bringUpWorld(
    kube,
    site.names,
    { fenced: true, telemetry: true, images, ...revision },
    progress,
    signal,
  );
  progress.stage('Sending a first call through the mesh');
  await firstProbe(kube, site.names, progress, signal);
  return found.istio;
}

/** The user's yes to writing into this cluster: given now, or before, for the same server and namespaces. */
async function agree(site: Site): Promise<ContextRecord> {
  const { names, taken } = site;
  const namespaces = [names.mesh, names.outside];
  const before = readRecord<ContextRecord>(site.recordFile, 'context');
  if (before?.server === taken.server && before.namespaces.join() === namespaces.join()) return before;
  const plan = `istio-tutor will make the namespaces ${namespaces.join(' and ')} in ${taken.name} (${taken.server}), and more of that kind where a drill or an exam needs them, and write only there.`;
  if (!site.yes) {
    if (site.ask === undefined) {
      throw new UserError({
        what: `May istio-tutor write into ${taken.name}?`,
        why: plan,
        next: ['--yes   says so where there is no terminal to ask at'],
      });
    }
    if (!(await site.ask(`${plan} Go on?`))) {
      throw new UserError({
        what: 'Nothing was written.',
        next: ['istio-tutor --on kind   uses a cluster of its own'],
      });
    }
  }
  return {
    version: 1,
    provider: 'context',
    context: taken.name,
    server: taken.server,
    namespaces,
    since: new Date().toISOString(),
  };
}

async function health(site: Site, signal: AbortSignal): Promise<Health> {
  let kube: Awaited<ReturnType<typeof reach>>;
  try {
    kube = await reach(site, signal);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const { what, why } = error.problem;
    return { state: 'broken', why: what, detail: why };
  }
  const { worldHealth } = await import('../../../world/bring-up.ts');
  return worldHealth(kube, site.names);
}

/** Removes our namespaces, if they carry our label, and what we remember of this cluster. */
async function takeDown(site: Site, progress: Progress, signal: AbortSignal): Promise<void> {
  if (site.taken.workshop !== null) {
    throw new UserError({
      what: "A learner's world is taken down with the workshop.",
      next: ['istio-tutor reset LESSON   brings it back to the start of a lesson'],
    });
  }
  progress.stage(`Looking at ${site.taken.name}`);
  const kube = await reach(site, signal);
  const [{ foreign, foreignRefusal, look }, { removeWorld }] = await Promise.all([
    import('./survey.ts'),
    import('../../../world/bring-up.ts'),
  ]);
  const survey = await look(kube, site.names, signal);
  const [namespace] = foreign(survey);
  if (namespace !== undefined) throw new UserError(foreignRefusal(namespace));
  if (Object.values(survey.namespaces).every(labels => labels === null)) {
    progress.note?.('Neither of our namespaces is there.');
  }
  // Namespaces of exams and of second clients may be there when these are not.
  await removeWorld(kube, site.names, progress, signal);
  // The copy of the context may hold credentials; the next start takes a new one.
  removeFiles(site.recordFile);
  removeKubeconfig(site.kubeconfig);
}
