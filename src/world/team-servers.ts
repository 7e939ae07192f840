/** Changes a server of a team's world: how many of it run, and what it reads from its environment. */
import { listObjects, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { statusMessage } from '../kube/request.ts';
import { until } from '../kube/wait.ts';
import { ToolError } from '../shared/errors.ts';
import { rolledOut } from './rollout.ts';
import { SERVER_LABEL } from './servers.ts';
import type { TeamServer } from './team-world.ts';

interface Wanted {
  readonly replicas: number | undefined;
  readonly env: Readonly<Record<string, string>>;
}

interface ServerObject extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly env: readonly EnvVar[] }] };
    };
  };
}

interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

const PATIENCE = 30_000;

/** Returns what was changed when its pods are there or gone: 'Deployment/users-v2', or nothing. Throws a ToolError. */
export async function setServer(
  kube: Kube,
  { deployment, namespace, replicas: usual }: TeamServer,
  { replicas = usual, env }: Wanted,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment, namespace };
  const live = (await readObject(kube, ref)) as ServerObject | null;
  const now = live?.spec.template.spec.containers[0].env ?? [];
  const wanted = Object.entries(env).filter(
    ([name, value]) => now.find(each => each.name === name)?.value !== value,
  );
  if (live?.spec.replicas === replicas && wanted.length === 0) return [];
  const container = { name: 'api', env: wanted.map(([name, value]) => ({ name, value })) };
  const template = { spec: { containers: [container] } };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
  const answer = await kube.request('PATCH', path, {
    body: { spec: { replicas, ...(wanted.length > 0 ? { template } : {}) } },
    contentType: 'application/strategic-merge-patch+json',
    signal,
  });
  if (answer.status >= 300) {
    throw new ToolError({
      what: `The server ${deployment} could not be changed.`,
      why: statusMessage(answer),
      next: ['the same command again'],
    });
  }
  const settled = async () => {
    const found = await readObject(kube, ref);
    if (found === null || !rolledOut(found as KubeObject & Parameters<typeof rolledOut>[0])) return false;
    const pods = await listObjects(kube, 'v1', 'Pod', namespace);
    return pods.filter(each => each.metadata.labels?.[SERVER_LABEL] === deployment).length === replicas;
  };
  await until(`${deployment}'s pods`, settled, { timeoutMs: PATIENCE, everyMs: 50, signal });
  return [`Deployment/${deployment}`];
}
