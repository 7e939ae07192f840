/**
 * From --on and its companions to a Cluster. Reads arguments, our records and the user's kubeconfig; makes
 * nothing and loads no Kubernetes client. No other file creates a provider.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { imageSettings } from '../shared/image-settings.ts';
import { paths } from '../shared/paths.ts';
import { type WorldNames, worldNames } from '../world/names.ts';
import { rememberedChoice } from './choice.ts';
import type { Cluster } from './cluster.ts';
import { kindCluster } from './providers/kind/kind.ts';
import { DEFAULT_NAME } from './providers/kind/site.ts';

export interface ChooseOptions {
  /** 'sandbox', 'kind', 'context', 'context=NAME'; without it what was chosen last, else the sandbox. */
  on?: string | undefined;
  /** kind's name of the cluster. */
  name?: string | undefined;
  learner?: string | undefined;
  prefix?: string | undefined;
  nodeImage?: string | undefined;
  /** Loads the images that the local Docker has into kind's node first. */
  preload?: boolean | undefined;
  /** A file with an IstioOperator fragment. */
  istioFile?: string | undefined;
  stateDir?: string | undefined;
  /** Where the sandbox's API server listens; a free port unless given. */
  port?: number | undefined;
  /** Where the sandbox's kubeconfig is written. */
  kubeconfig?: string | undefined;
  /** A sandbox without the lab's world in it: a scene makes one of its own. */
  bare?: boolean | undefined;
  /** Every question is answered with yes. */
  yes?: boolean | undefined;
  /** How to ask; without it a question becomes an error that names --yes. */
  ask?: ((question: string) => Promise<boolean>) | undefined;
}

/** The cluster to work on and the names of the world in it. Throws a UserError for a bad flag. */
export async function chooseCluster(
  options: ChooseOptions,
): Promise<{ cluster: Cluster; names: WorldNames }> {
  const place = paths(options.stateDir);
  const on = options.on ?? defaultOn(options);
  const names = worldNames(options.learner ?? null, checkedPrefix(options.prefix));
  const asking = {
    yes: options.yes,
    ask: options.ask,
  };
  const where = parseOn(on);
  if (where.kind !== 'kind') forKindOnly(on, options);
  if (where.kind === 'context') {
    const { contextWorld } = await import('./providers/context/context.ts');
    const images = imageSettings(place.data);
    const context = where.context === undefined ? {} : { context: where.context };
    return contextWorld({ names, paths: place, images, ...context, ...asking });
  }
  if (where.kind === 'sandbox') {
    const { sandboxCluster } = await import('./providers/sandbox/sandbox.ts');
    const { port, kubeconfig, bare } = options;
    const more = {
      port,
      kubeconfig,
      bare,
    };
    return { names, cluster: sandboxCluster({ names, paths: place, ...more }) };
  }

  const istioFile = options.istioFile === undefined ? {} : { istioFile: readIstioFile(options.istioFile) };
  const name = options.name ?? DEFAULT_NAME;
  const cluster = kindCluster({
    name,
    names,
    paths: place,
    images: imageSettings(place.data),
    preload: options.preload,
    nodeImage: options.nodeImage,
    ...istioFile,
    ...asking,
  });
  return { cluster, names };
}

/** Without --on: a flag that only kind has means kind; then what was chosen last; then what needs nothing. */
function defaultOn(options: ChooseOptions): string {
  if (KIND_FLAGS.some(([, key]) => options[key] !== undefined)) return 'kind';
  return rememberedChoice(paths(options.stateDir)) ?? 'sandbox';
}

const KIND_FLAGS = [
  ['--name', 'name'],
  ['--node-image', 'nodeImage'],
  ['--istio-file', 'istioFile'],
] as const;

function forKindOnly(on: string, options: ChooseOptions): void {
  const flag = KIND_FLAGS.find(([, key]) => options[key] !== undefined)?.[0];
  if (flag === undefined) return;
  throw new UserError({
    what: `${flag} is for clusters that istio-tutor makes, and --on ${on} is not one.`,
    next: [`leave ${flag} out`, '--on kind'],
  });
}

type Where = { kind: 'kind' } | { kind: 'sandbox' } | { kind: 'context'; context?: string };

function parseOn(on: string): Where {
  if (on === 'kind' || on === 'sandbox') return { kind: on };
  if (on === 'context') return { kind: 'context' };
  if (on.startsWith('context=') && on.length > 'context='.length) {
    return { kind: 'context', context: on.slice('context='.length) };
  }
  throw new UserError({
    what: `--on ${on} is not a place where istio-tutor can run.`,
    next: [
      '--on sandbox        a mesh in this process; nothing else needed',
      '--on kind           a cluster of its own, in Docker',
      '--on context        the current context of your kubeconfig',
      '--on context=NAME   another context of it',
    ],
  });
}

/** A prefix comes before 'mesh-network', so it must begin like a DNS label. */
function checkedPrefix(prefix: string | undefined): string {
  if (prefix === undefined || prefix === '') return '';
  if (/^[a-z0-9][a-z0-9-]{0,15}$/.test(prefix)) return prefix;
  throw new UserError({
    what: `--prefix ${JSON.stringify(prefix)} cannot stand in front of a namespace's name.`,
    why: 'A prefix has at most 16 characters: small letters, digits and dashes, and does not begin with a dash.',
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
