/**
 * What surrounds the world's pods, as this program made it: namespaces with their labels, certificates, the servers'
 * script, the access log. Services are up to mend-service.ts, Deployments to code that knows what a step wants of them.
 */
import type { ApplyResult } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { ToolError } from '../shared/errors.ts';
import { NO_IPS } from './client-deployment.ts';
import type { MadeOf } from './made-of.ts';
import { type MendOptions, mend } from './mend.ts';
import type { WorldNames } from './names.ts';
import { worldObjects } from './objects.ts';

const KINDS = ['ConfigMap', 'Secret', 'Telemetry'];
/** The namespaces come first: what was in one that somebody has just deleted is gone. */
export async function mendNamespaces(
  kube: Kube,
  made: MadeOf,
  options: MendOptions,
): Promise<readonly Mended[]> {
  return (await Promise.all(made.namespaces.map(each => mendNamespace(kube, each, options)))).flat();
}

/** Returns what it had to make or change in them. Throws a ToolError when the cluster refuses something. */
export async function mendSurroundings(
  kube: Kube,
  names: WorldNames,
  made: MadeOf,
  options: MendOptions,
): Promise<readonly Mended[]> {
  const within = made.namespaces.map(({ metadata }) => metadata.name);
  const rest = worldObjects(names, made.options, { certificates: made.certificates, ips: NO_IPS }).filter(
    ({ kind, metadata }) => KINDS.includes(kind) && within.includes(metadata.namespace ?? ''),
  );
  // Pods that name no account run as this one; on a cluster that is not ours it belongs to the cluster.
  const accounts = options.whole ? within.map(account) : [];
  const mended = await Promise.all([...rest, ...accounts].map(each => mendOne(kube, each, options)));
  return mended.flat();
}

/** An object that had to be put right. */
export interface Mended {
  readonly object: KubeObject;
  readonly outcome: 'created' | 'configured';
}

async function mendNamespace(
  kube: Kube,
  wanted: KubeObject,
  options: MendOptions,
): Promise<readonly Mended[]> {
  const result = await mend(kube, wanted, options);
  // In a workshop it is the instructor's, and no learner can have changed it.
  if (result.outcome === 'refused' && result.code === 403) return [];
  return mendedOr(wanted, result);
}

/** Puts one object right. Throws a ToolError with the cluster's words when it refuses. */
export async function mendOne(
  kube: Kube,
  wanted: KubeObject,
  options: MendOptions,
): Promise<readonly Mended[]> {
  return mendedOr(wanted, await mend(kube, wanted, options));
}

function mendedOr(object: KubeObject, result: ApplyResult): readonly Mended[] {
  if (result.outcome === 'unchanged') return [];
  if (result.outcome !== 'refused') return [{ object, outcome: result.outcome }];
  const { namespace, name } = object.metadata;
  throw new ToolError({
    what: `${object.kind} ${name}${namespace === undefined ? '' : ` of namespace ${namespace}`} was changed, and could not be put back.`,
    detail: result.message,
    next: ['r   tries again', 'istio-tutor up   repairs the lab'],
  });
}

function account(namespace: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}
