/**
 * The sandbox provider: a mesh in this process, nothing else needed. One per data folder: where another istio-tutor
 * keeps one (`istio-tutor sandbox`, or the lessons in another terminal), that one is used; otherwise it is started
 * here and ends with this process. Only this folder starts one; to all others it is a Kubernetes API
 * behind a kubeconfig, like every cluster.
 */
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import type { Kubeconfig } from '../../../kube/client.ts';
import { ToolError } from '../../../shared/errors.ts';
import { log } from '../../../shared/log.ts';
import { type Paths, tilde } from '../../../shared/paths.ts';
import type { Progress } from '../../../shared/progress.ts';
import { tryTempFolder } from '../../../shared/temp-folder.ts';
import { onPath } from '../../../shared/tool.ts';
import type { Health, OpenPort } from '../../../world/health.ts';
import type { WorldNames } from '../../../world/names.ts';
import type { Cluster } from '../../cluster.ts';
import { withLock } from '../lock.ts';
import { mustBeOurs } from '../own-kubeconfig.ts';
import { CONTEXT, keepKubeconfig, keptBy, ownKubeconfig } from './kubeconfig.ts';
import { removeLeftovers } from './leftovers.ts';

export interface SandboxClusterOptions {
  readonly names: WorldNames;
  readonly paths: Paths;
  /** The API server's port on 127.0.0.1; a free one unless given. */
  readonly port?: number | undefined;
  /** Where the kubeconfig is written; in the data folder unless given. */
  readonly kubeconfig?: string | undefined;
  /** The lab's world is not made in it. */
  readonly bare?: boolean | undefined;
  /** Workers of each sidecar; two, as on a cluster, unless given. */
  readonly workers?: number | undefined;
}

/** Milliseconds that a sandbox of another process may take to say that it is there. */
const PATIENCE_MS = 2000;

/** The sandboxes of this process, by the path of their kubeconfig, and how to end each. */
const running = new Map<string, () => Promise<void>>();

export function sandboxCluster(options: SandboxClusterOptions): Cluster {
  const { names } = options;
  const path = options.kubeconfig ?? options.paths.kubeconfig('sandbox');
  const kubeconfig: Kubeconfig = { path, context: CONTEXT };
  const lock = `${path}.start`;

  return {
    name: 'sandbox',
    kubeconfig,
    can: { kind: 'sandbox', recreate: true },
    up: (progress, signal) =>
      withLock(
        lock,
        'istio-tutor',
        async () => {
          const there = running.has(path) ? 'sandbox' : await found(kubeconfig, signal);
          // Its kubeconfig is all that leads to it: it would be lost as soon as that was written over.
          if (there === 'silence') throw silent(path);
          if (there === 'nobody') await start(path, options, progress);
          if (options.bare === true) return;
          const [{ connect }, { bringUpWorld }] = await Promise.all([
            import('../../../kube/client.ts'),
            import('../../../world/bring-up.ts'),
          ]);
          const kube = await connect(kubeconfig);
          await bringUpWorld(kube, names, { fenced: true }, progress, signal);
          if (!onPath('curl')) {
            progress.note?.('curl is missing here, so no call can be sent: istio-tutor doctor');
            return;
          }
          progress.stage('Sending a first call through the mesh');
          const { firstProbe } = await import('../first-probe.ts');
          await firstProbe(kube, names, progress, signal);
        },
        options.kubeconfig === undefined ? undefined : KUBECONFIG_NEXT,
      ),
    health: signal => health(kubeconfig, names, signal),
    async down(progress, signal) {
      const end = running.get(path);
      if (end !== undefined) {
        progress.stage('Ending the sandbox');
        return end();
      }
      const there = await found(kubeconfig, signal);
      if (there === 'silence') throw silent(path);
      const left = there === 'nobody' ? await removeLeftovers(path) : [];
      if (left.length === 0) {
        progress.note?.('No sandbox runs in this process; one that runs elsewhere ends with its own Ctrl-C.');
        return;
      }
      progress.stage('Removing what a sandbox that was killed has left');
      progress.note?.(`Removed ${left.join(', ')}.`);
    },
  };
}

/** What to type when the place for the kubeconfig, which the user chose, cannot be used. */
export const KUBECONFIG_NEXT = [
  '--kubeconfig ./sandbox.kubeconfig',
  'leave --kubeconfig out: it is then in our data folder',
];

async function start(
  path: string,
  { port, kubeconfig, workers }: SandboxClusterOptions,
  progress: Progress,
): Promise<void> {
  const next = kubeconfig === undefined ? undefined : KUBECONFIG_NEXT;
  mustBeOurs(ownKubeconfig(path), next);
  // curl works in one; without it every call would fail, and waiting for the world would be in vain.
  await tryTempFolder();
  progress.stage('Starting the sandbox');
  const [{ startSandbox }, { apiScript }] = await Promise.all([
    import('../../../sandbox/sandbox.ts'),
    import('../../../world/api-script.ts'),
  ]);
  const options = { script: apiScript(), port, workers };
  const sandbox = await startSandbox(options).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new ToolError(
      {
        what: `Port ${port} of 127.0.0.1 is not available.`,
        why: code === 'EACCES' ? 'This user may not listen there.' : 'Something else listens there.',
        next: ['leave --port out: a free one is taken'],
      },
      error,
    );
  });
  // V8 would let garbage grow until the process is twice its size; swept early, it stays at about 120 MB at the same
  // pace.
  setFlagsFromString('--optimize-for-size');
  let remove: () => void;
  try {
    remove = keepKubeconfig(path, sandbox, next);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  running.set(path, async () => {
    running.delete(path);
    remove();
    await sandbox.close();
  });
}

/**
 * Whether a sandbox, of whatever process, answers at this kubeconfig. A stale file counts for nothing; where somebody
 * listens but says nothing, it may be a sandbox that is busy.
 */
async function found(kubeconfig: Kubeconfig, signal: AbortSignal): Promise<'sandbox' | 'silence' | 'nobody'> {
  if (!existsSync(kubeconfig.path)) return 'nobody';
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { connect } = await import('../../../kube/client.ts');
    const kube = await connect(kubeconfig);
    const asked = { signal: AbortSignal.any([signal, patience]) };
    return (await kube.request('GET', '/readyz', asked)).status === 200 ? 'sandbox' : 'nobody';
  } catch (error) {
    signal.throwIfAborted();
    log('sandbox', `${kubeconfig.path}: ${(error as Error).message}`);
    return patience.aborted ? 'silence' : 'nobody';
  }
}

function silent(path: string): ToolError {
  const pid = keptBy(path);
  return new ToolError({
    what: silence(pid),
    why: `It is stopped (Ctrl-Z) or very busy; ${tilde(path)} leads to it, and stays.`,
    next: [
      'fg   in its terminal lets a stopped one go on',
      ...(pid === null ? [] : [`kill -9 ${pid}   ends it`]),
      '--state DIR   keeps another one in a folder of its own',
    ],
  });
}

function silence(pid: number | null): string {
  return `The sandbox of ${pid === null ? 'another process' : `process ${pid}`} does not answer.`;
}

async function health(kubeconfig: Kubeconfig, names: WorldNames, signal: AbortSignal): Promise<Health> {
  const there = await found(kubeconfig, signal);
  if (there === 'nobody') return { state: 'absent' };
  if (there === 'silence') return { state: 'broken', why: silence(keptBy(kubeconfig.path)) };
  const [{ connect }, { worldHealth }] = await Promise.all([
    import('../../../kube/client.ts'),
    import('../../../world/bring-up.ts'),
  ]);
  const kube = await connect(kubeconfig);
  const [world, { status, body }] = await Promise.all([
    worldHealth(kube, names),
    kube.request('GET', '/listeners', { signal }),
  ]);
  // A sandbox of another version may not say.
  return status === 200 ? { ...world, listens: body as OpenPort[] } : world;
}
