/**
 * How a world was made, as far as what is there shows it: its images, its certificates, its access log. What this
 * program recorded on the objects goes before their present contents, which anybody may have changed.
 */
import { asApplied, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { worldCertificates } from './kept-certificates.ts';
import { CLIENT, IMAGE, isOurs, type WorldNames } from './names.ts';
import { ACCESS_LOG, namespaces, type WorldOptions } from './objects.ts';
import { listDeployments } from './rollout.ts';

export interface MadeOf {
  readonly options: WorldOptions;
  /** New ones where those of the world are lost. */
  readonly certificates: Certificates;
  /** As they were made, with the marks of an exam or a workshop. */
  readonly namespaces: readonly KubeObject[];
}

export async function madeOf(kube: Kube, names: WorldNames): Promise<MadeOf> {
  const [mesh, outside, deployments, telemetry, certificates] = await Promise.all([
    readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.mesh }),
    readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.outside }),
    listDeployments(kube, names),
    readObject(kube, { ...ACCESS_LOG, namespace: names.mesh }),
    worldCertificates(kube, names),
  ]);
  const clients = deployments.filter(each => each.metadata.name === CLIENT.deployment);
  const servers = deployments.filter(each => isOurs(each) && !clients.includes(each));
  const curl = imageOf(clients, CLIENT.container);
  const node = imageOf(servers, 'api');
  const images = { curl, node };
  const { revision, namespaces } = namespacesOf(names, [mesh, outside]);
  const options = {
    ...{ fenced: true, images, telemetry: telemetry !== null && isOurs(telemetry) },
    revision,
  };
  return { options, certificates: certificates ?? (await makeCertificates()), namespaces };
}

const REVISION = 'istio.io/rev';

/** The labels by which Istio injects a namespace's pods, or leaves them alone. */
const isInjection = (label: string) => label === 'istio-injection' || label === REVISION;

function namespacesOf(names: WorldNames, live: readonly (KubeObject | null)[]) {
  const given = live.map(each => {
    const applied = (each === null ? null : asApplied(each)) ?? each;
    const marks = Object.entries(each?.metadata.labels ?? {}).filter(([key]) =>
      key.startsWith('istio-tutor/'),
    );
    return { ...applied?.metadata.labels, ...Object.fromEntries(marks) };
  });
  const revision = given[0]?.[REVISION] ?? live[0]?.metadata.labels?.[REVISION];
  const usual = namespaces(names, { fenced: true, revision });
  const wanted = usual.map((each, i): KubeObject => {
    const { 'kubernetes.io/metadata.name': _name, ...labels } = given[i] ?? {};
    const others = Object.entries(labels).filter(([label]) => !isInjection(label));
    return {
      ...each,
      metadata: { ...each.metadata, labels: { ...Object.fromEntries(others), ...each.metadata.labels } },
    };
  });
  return { revision, namespaces: wanted };
}

function imageOf(deployments: readonly KubeObject[], container: string): string | undefined {
  const said = deployments.map(each => each.metadata.annotations?.[IMAGE]);
  const standing = [...deployments.map(asApplied), ...deployments].map(each => inTemplate(each, container));
  return [...said, ...standing].find(image => image !== undefined);
}

interface Templated {
  readonly template?: { readonly spec?: { readonly containers?: { name: string; image: string }[] } };
}

function inTemplate(deployment: KubeObject | null, container: string): string | undefined {
  const { template } = (deployment?.spec ?? {}) as Templated;
  return template?.spec?.containers?.find(each => each.name === container)?.image;
}
