/**
 * From --on and its companions to a Cluster. Reads arguments, our records and the user's kubeconfig; makes
 * nothing and loads no Kubernetes client. Which providers there are is known here and nowhere else.
 */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ToolError, UserError } from '../shared/errors.ts';
import { paths } from '../shared/paths.ts';
import { onPath, runTool } from '../shared/tool.ts';
import { type WorldNames, worldNames } from '../world/names.ts';
import type { Cluster } from './cluster.ts';
import { kindCluster } from './providers/kind/kind.ts';
import { DEFAULT_NAME } from './providers/kind/site.ts';

export interface ChooseOptions {
  /** 'kind', 'context', 'context=NAME'; without it kind, where it can run. */
  on?: string;
  /** kind's name of the cluster. */
  name?: string;
  learner?: string;
  prefix?: string;
  nodeImage?: string;
  /** A file with an IstioOperator fragment. */
  istioFile?: string;
  stateDir?: string;
  /** Every question is answered with yes. */
  yes?: boolean;
  /** How to ask; without it a question becomes an error that names --yes. */
  ask?: (question: string) => Promise<boolean>;
}

/**
 * The cluster to work on and the names of the world in it. Throws a UserError for a bad flag, and a
 * ToolError with the doctor's findings when nothing was chosen and nothing can run.
 */
export async function chooseCluster(
  options: ChooseOptions,
): Promise<{ cluster: Cluster; names: WorldNames }> {
  const { on, stateDir } = options;
  const names = worldNames(options.learner ?? null, checkedPrefix(options.prefix));
  const asking = {
    ...(options.yes === undefined ? {} : { yes: options.yes }),
    ...(options.ask === undefined ? {} : { ask: options.ask }),
  };
  const where = parseOn(on);
  if (where.kind === 'context') {
    for (const [flag, value] of [
      ['--name', options.name],
      ['--node-image', options.nodeImage],
      ['--istio-file', options.istioFile],
    ]) {
      if (value === undefined) continue;
      throw new UserError({
        what: `${flag} is for clusters that istio-tutor makes; --on ${on} is a cluster that you have.`,
        next: [`leave ${flag} out`, '--on kind'],
      });
    }
    const { contextCluster } = await import('./providers/context/context.ts');
    const context = where.context === undefined ? {} : { context: where.context };
    return { names, cluster: contextCluster({ names, paths: paths(stateDir), ...context, ...asking }) };
  }

  const istioFile = options.istioFile === undefined ? {} : { istioFile: readIstioFile(options.istioFile) };
  const name = options.name ?? DEFAULT_NAME;
  const cluster = kindCluster({
    name,
    names,
    paths: paths(stateDir),
    ...(options.nodeImage === undefined ? {} : { nodeImage: options.nodeImage }),
    ...istioFile,
    ...asking,
  });
  if (on === undefined && !existsSync(cluster.kubeconfig.path)) await requireDocker();
  return { cluster, names };
}

function parseOn(on: string | undefined): { kind: 'kind' } | { kind: 'context'; context?: string } {
  if (on === undefined || on === 'kind') return { kind: 'kind' };
  if (on === 'context') return { kind: 'context' };
  if (on.startsWith('context=') && on.length > 'context='.length) {
    return { kind: 'context', context: on.slice('context='.length) };
  }
  throw new UserError({
    what: `--on ${on} is nothing that istio-tutor can run on.`,
    next: [
      '--on kind           a cluster of its own, in Docker',
      '--on context        the current context of your kubeconfig',
      '--on context=NAME   another context of it',
    ],
  });
}

/** A prefix stands in front of 'mesh-network', so it must begin like a DNS label. */
function checkedPrefix(prefix: string | undefined): string {
  if (prefix === undefined || prefix === '') return '';
  if (/^[a-z0-9][a-z0-9-]{0,15}$/.test(prefix)) return prefix;
  throw new UserError({
    what: `--prefix ${JSON.stringify(prefix)} cannot stand in front of a namespace's name.`,
    why: 'A prefix has at most 16 characters: small letters, digits and dashes, the first no dash.',
    next: ['--prefix team1-'],
  });
}

function readIstioFile(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (error) {
    throw new UserError(
      {
        what: `--istio-file ${file} cannot be read.`,
        why: error instanceof Error ? error.message : String(error),
        next: ['--istio-file takes a file with an IstioOperator, as `istioctl install -f` does'],
      },
      error,
    );
  }
}

/** Nothing was chosen: kind is taken where Docker answers; otherwise the doctor says what there is. */
async function requireDocker(): Promise<void> {
  if (onPath('docker')) {
    try {
      await runTool('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 });
      return;
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
    }
  }
  const [{ diagnose }, { diagnosisText }] = await Promise.all([
    import('./doctor.ts'),
    import('./doctor-text.ts'),
  ]);
  const diagnosis = await diagnose({ contexts: false });
  throw new ToolError({
    what: 'There is nothing to run the mesh on: Docker does not answer.',
    detail: diagnosisText(diagnosis, text => text).trimEnd(),
    next: [
      'istio-tutor doctor          when that is done',
      'istio-tutor --on context    uses a cluster that you have',
    ],
  });
}
