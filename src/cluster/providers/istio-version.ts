/** Which Istio runs, read from its control plane's Deployment: what screens show beside the provider's name. */
import type { Kube } from '../../kube/client.ts';

export interface Istiod {
  readonly namespace: string;
  readonly deployment: string;
  /** '1.31-dev', '1.28.1'; 'unknown' where the image carries no tag. */
  readonly version: string;
  /** The value of istio.io/rev: 'default', '1-28-1'. */
  readonly revision: string;
  readonly available: boolean;
}

interface Deployment {
  metadata?: { name?: string; namespace?: string; labels?: Record<string, string> };
  spec?: { template?: { spec?: { containers?: { name?: string; image?: string }[] } } };
  status?: { availableReplicas?: number; observedGeneration?: number };
}

const LIST = 'deployments?labelSelector=app%3Distiod';

/**
 * Every istiod of the cluster, or of istio-system where listing all namespaces is forbidden. Empty: none.
 * Never throws on an HTTP status.
 */
export async function findIstiods(kube: Kube, signal?: AbortSignal): Promise<Istiod[]> {
  const options = signal ? { signal } : {};
  const everywhere = await kube.request('GET', `/apis/apps/v1/${LIST}`, options);
  const answer =
    everywhere.status === 200
      ? everywhere
      : await kube.request('GET', `/apis/apps/v1/namespaces/istio-system/${LIST}`, options);
  const items = (answer.body as { items?: Deployment[] } | null)?.items ?? [];
  return items.map(describe);
}

function describe(deployment: Deployment): Istiod {
  const { name = 'istiod', namespace = 'istio-system', labels = {} } = deployment.metadata ?? {};
  const containers = deployment.spec?.template?.spec?.containers ?? [];
  const image = (containers.find(container => container.name === 'discovery') ?? containers[0])?.image ?? '';
  return {
    namespace,
    deployment: name,
    version: versionOf(image, labels['app.kubernetes.io/version']),
    revision: labels['istio.io/rev'] ?? 'default',
    available: (deployment.status?.availableReplicas ?? 0) > 0,
  };
}

/** The tag of an image without its variant; `fallback` (a label) for an image given by digest. */
export function versionOf(image: string, fallback?: string): string {
  const tag = /:([^:/@]+)(?:@.*)?$/.exec(image)?.[1];
  const version = image.includes('@sha256:') && !/:[^:/@]+@/.test(image) ? fallback : (tag ?? fallback);
  return (version ?? 'unknown').replace(/-(distroless|debug)$/, '');
}

/** Whether a version is older than the oldest that the lessons are written for. Unknown ones are not. */
export function isOld(version: string, oldest: readonly [number, number] = [1, 28]): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}
