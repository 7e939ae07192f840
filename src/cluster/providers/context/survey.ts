/**
 * What a user's cluster is like, looked at before anything is written: which Istio, how sidecars
 * get in, what the mesh does with unknown calls, whether pods with a sidecar may start at all.
 * `look` only reads (its one POST is a dry run); `judge` is pure.
 */
import { parse } from 'yaml';
import type { Kube } from '../../../kube/client.ts';
import { isOurs, MANAGED_BY, type WorldNames } from '../../../world/names.ts';
import { findIstiods, type Istiod, isOld } from '../istio-version.ts';

export interface Survey {
  readonly istiods: readonly Istiod[];
  /** Labels of our namespaces, null where one does not exist. */
  readonly namespaces: Readonly<Record<string, Labels | null>>;
  /** The label istio-injection=enabled has a webhook: a revision or a tag named default. */
  readonly defaultInjection: boolean;
  readonly meshConfig: MeshConfig;
  readonly ztunnel: boolean;
  /** Istio's CNI plugin is there: sidecars then need no init container with NET_ADMIN. */
  readonly cni: boolean;
  /** Why the API server would refuse a pod with Istio's init container; null if it would not, or that is not known. */
  readonly initRefused: string | null;
}

type Labels = Readonly<Record<string, string>>;

/** The part of Istio's MeshConfig that matters here (istio.io/docs/reference/config/istio.mesh.v1alpha1). */
interface MeshConfig {
  readonly outboundTrafficPolicy?: { readonly mode?: string };
  readonly accessLogEncoding?: string;
  readonly accessLogFormat?: string;
}

const POD_SECURITY = 'pod-security.kubernetes.io/enforce';

/** Reads everything that `judge` needs. What may not be read counts as missing. */
export async function look(kube: Kube, names: WorldNames, signal: AbortSignal): Promise<Survey> {
  const get = async (path: string): Promise<unknown> => {
    const { status, body } = await kube.request('GET', path, { signal });
    return status === 200 ? body : null;
  };
  const labelsOf = async (namespace: string) => {
    const found = (await get(`/api/v1/namespaces/${namespace}`)) as { metadata?: { labels?: Labels } } | null;
    return found === null ? null : (found.metadata?.labels ?? {});
  };
  const [istiods, mesh, outside, webhooks, daemons, standard] = await Promise.all([
    findIstiods(kube, signal),
    labelsOf(names.mesh),
    labelsOf(names.outside),
    get('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?labelSelector=istio.io%2Frev'),
    get('/apis/apps/v1/daemonsets'),
    labelsOf('default'),
  ]);
  const istiod = newest(istiods);
  const configMap = istiod === undefined ? null : await get(meshConfigPath(istiod));
  const hooks = (items(webhooks) as { metadata?: { labels?: Labels } }[]).map(
    hook => hook.metadata?.labels ?? {},
  );
  const daemonSets = (items(daemons) as { metadata?: { name?: string } }[]).map(
    daemon => daemon.metadata?.name ?? '',
  );
  const cni = daemonSets.includes('istio-cni-node');
  return {
    istiods,
    namespaces: { [names.mesh]: mesh, [names.outside]: outside },
    defaultInjection:
      istiods.some(({ revision }) => revision === 'default') ||
      hooks.some(labels => labels['istio.io/rev'] === 'default' || labels['istio.io/tag'] === 'default'),
    meshConfig: parseMeshConfig(configMap),
    ztunnel: daemonSets.includes('ztunnel'),
    cni,
    initRefused:
      cni || (standard?.[POD_SECURITY] ?? 'privileged') !== 'privileged' ? null : await tryInit(kube, signal),
  };
}

function items(list: unknown): unknown[] {
  return (list as { items?: unknown[] } | null)?.items ?? [];
}

function meshConfigPath(istiod: Istiod): string {
  const name = istiod.revision === 'default' ? 'istio' : `istio-${istiod.revision}`;
  return `/api/v1/namespaces/${istiod.namespace}/configmaps/${name}`;
}

function parseMeshConfig(configMap: unknown): MeshConfig {
  const text = (configMap as { data?: { mesh?: string } } | null)?.data?.mesh;
  if (text === undefined) return {};
  try {
    return (parse(text) as MeshConfig | null) ?? {};
  } catch {
    return {};
  }
}

/** The newest istiod by version: the one that sidecars come from where no revision is called default. */
function newest(istiods: readonly Istiod[]): Istiod | undefined {
  const byDefault = istiods.find(({ revision }) => revision === 'default');
  return byDefault ?? [...istiods].sort((a, b) => compareVersions(b.version, a.version))[0];
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Asks the API server, as a dry run, for a pod that needs what Istio's init container needs. */
async function tryInit(kube: Kube, signal: AbortSignal): Promise<string | null> {
  const securityContext = {
    runAsUser: 0,
    runAsNonRoot: false,
    capabilities: { add: ['NET_ADMIN', 'NET_RAW'] },
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'istio-tutor-dry-run', labels: { ...MANAGED_BY, 'sidecar.istio.io/inject': 'false' } },
    spec: { containers: [{ name: 'init', image: 'istio/proxyv2', securityContext }] },
  };
  const { status, body } = await kube.request('POST', '/api/v1/namespaces/default/pods?dryRun=All', {
    body: pod,
    signal,
  });
  const message = (body as { message?: string } | null)?.message ?? '';
  return status === 403 && message.includes('PodSecurity') ? message : null;
}

interface Refusal {
  readonly what: string;
  readonly why: string;
  readonly next: readonly string[];
}

export interface Judgement {
  /** Reasons not to write anything here, each with what to do. Empty: go on. */
  readonly refusals: readonly Refusal[];
  readonly notes: readonly string[];
  readonly istio: string | undefined;
  /** The value for istio.io/rev; undefined: istio-injection=enabled does it. */
  readonly revision: string | undefined;
}

/** What follows from a survey: may we write, what must be said, how sidecars get in. */
export function judge(survey: Survey, names: WorldNames): Judgement {
  const istiod = newest(survey.istiods);
  const refusals: Refusal[] = [];
  const notes: string[] = [];
  if (istiod === undefined) {
    refusals.push({
      what: 'No Istio was found in this cluster.',
      why: 'There is no Deployment with the label app=istiod, or it may not be read.',
      next: [
        'istioctl install --set profile=minimal',
        'istio-tutor up --on kind   makes a cluster with Istio',
      ],
    });
  } else if (isOld(istiod.version)) {
    notes.push(
      `Istio ${istiod.version} is older than 1.28: mirrored calls and retries differ from what the lessons say.`,
    );
  }
  refusals.push(...foreign(survey).map(foreignRefusal));
  if (survey.namespaces[names.mesh]?.['istio.io/dataplane-mode'] === 'ambient') {
    refusals.push({
      what: `The namespace ${names.mesh} is in ambient mode.`,
      why: 'The lessons are about sidecars; a namespace in ambient mode has none.',
      next: [`kubectl label namespace ${names.mesh} istio.io/dataplane-mode-`],
    });
  }
  if (survey.meshConfig.outboundTrafficPolicy?.mode === 'REGISTRY_ONLY') {
    refusals.push({
      what: 'This mesh blocks every call to a host that it does not know (outboundTrafficPolicy REGISTRY_ONLY).',
      why: 'The lessons begin with a mesh that lets such calls pass, and show what changes from there.',
      next: ['istio-tutor --on kind   uses a cluster of its own'],
    });
  }
  if (survey.initRefused !== null) {
    refusals.push({
      what: "Pod Security forbids the sidecar's init container here.",
      why: survey.initRefused,
      next: [
        'install the Istio CNI plugin, which makes the init container unnecessary (istio.io/docs/setup/additional-setup/cni)',
        'istio-tutor --on kind   uses a cluster of its own',
      ],
    });
  }
  if (survey.ztunnel) notes.push('This mesh has ambient mode as well; our namespaces use sidecars.');
  const { accessLogFormat, accessLogEncoding } = survey.meshConfig;
  if (accessLogFormat !== undefined && accessLogFormat.trim() !== '') {
    notes.push(
      `The mesh writes its access log in a format of its own${accessLogEncoding === 'JSON' ? ' (JSON)' : ''}; ` +
        'where it cannot be read, walks are drawn from curl and the API alone.',
    );
  }
  const revision = survey.defaultInjection ? undefined : istiod?.revision;
  if (revision !== undefined) notes.push(`Sidecars come from the revision ${revision} (label istio.io/rev).`);
  return { refusals, notes, istio: istiod?.version, revision };
}

/** Those of our namespaces that exist without our label: somebody else's. */
export function foreign(survey: Survey): string[] {
  return Object.entries(survey.namespaces).flatMap(([namespace, labels]) =>
    labels !== null && !isOurs({ metadata: { labels } }) ? [namespace] : [],
  );
}

export function foreignRefusal(namespace: string): Refusal {
  return {
    what: `The namespace ${namespace} exists and was not made by istio-tutor.`,
    why: "istio-tutor does not write into other people's namespaces.",
    next: [
      '--prefix tutor-   puts its namespaces under other names',
      '--learner NAME    does so for one learner',
    ],
  };
}
