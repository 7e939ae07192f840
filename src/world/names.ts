/** The names of the lab world. A learner's or an exam's world has the same objects in other namespaces. */

export interface WorldNames {
  /** Where the client and catalog run: 'mesh-network', 'mesh-network-ana'. */
  readonly mesh: string;
  /** What stands for the internet: 'outside', 'outside-ana'. */
  readonly outside: string;
  readonly learner: string | null;
}

/** Names for a learner (a DNS label, or null) under a prefix ('' for none; 'team1-' gives team1-mesh-network). */
export function worldNames(learner: string | null = null, prefix = ''): WorldNames {
  const suffix = learner === null ? '' : `-${learner}`;
  return { mesh: `${prefix}mesh-network${suffix}`, outside: `${prefix}outside${suffix}`, learner };
}

export const HOSTS = {
  api: 'api.safedata-zone.io',
  stable: 'stable.safedata-zone.io',
  canary: 'canary.safedata-zone.io',
  pay: 'pay.example-pay.io',
} as const;

/** Deployments, and the APP_VERSION that their server answers with. */
export const SERVERS = {
  'safedata-stable': 'stable',
  'safedata-canary': 'canary',
  'example-pay': 'pay',
  catalog: 'catalog',
} as const;

export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'istio-tutor' } as const;

/** Whether this program made an object: it has the label. */
export function isOurs({
  metadata: { labels = {} },
}: {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}): boolean {
  return Object.entries(MANAGED_BY).every(([label, value]) => labels[label] === value);
}

/** On a Deployment: the image that `up` gave its container. */
export const IMAGE = 'istio-tutor/image';

/** On a Deployment's template: why its pods were started again. */
export const RESTARTED = 'istio-tutor/restarted-for';

export const CLIENT = {
  deployment: 'client',
  container: 'curl',
  proxy: 'istio-proxy',
  selector: 'app=client',
} as const;
