/**
 * Servers that pass themselves off as the API: one with a certificate of the lab's CA for another name, one with a
 * certificate for the right names that no one has vouched for. Only a sidecar that looks tells them apart.
 */
import { applyOurs, readObject, refOf } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { until } from '../kube/wait.ts';
import { type Certificates, makeCertificates, SECRET } from '../world/certificates.ts';
import { SERVERS, type WorldNames } from '../world/names.ts';
import { rolledOut } from '../world/rollout.ts';
import { serverDeployments } from '../world/servers.ts';

export type Impostor = 'namesake' | 'stranger';

/** Whom the lab's CA vouches for, and nobody calls. */
export const OTHER_NAME = 'other.example.com';

/** Deployments, each with a Service of its name. */
export const API_SERVERS: readonly string[] = Object.keys(SERVERS).filter(each => each !== 'catalog');

const PATIENCE = 10_000;

/** Makes both, and returns when they run. */
export async function makeImpostors(
  kube: Kube,
  names: WorldNames,
  ca: string,
  namesake: Certificates['server'],
  signal: AbortSignal,
): Promise<void> {
  const stranger = (await makeCertificates()).server;
  const objects = [
    ...impostor('namesake', names, ca, namesake),
    ...impostor('stranger', names, ca, stranger),
  ];
  for (const object of objects) {
    await applyOurs(kube, object, message => ({ what: message, next: [] }), signal);
  }
  const deployments = objects.filter(each => each.kind === 'Deployment').map(refOf);
  const done = async () => {
    const found = await Promise.all(deployments.map(ref => readObject(kube, ref)));
    return found.every(
      each => each !== null && rolledOut(each as KubeObject & Parameters<typeof rolledOut>[0]),
    );
  };
  await until('the impostors to run', done, { timeoutMs: PATIENCE, everyMs: 20, signal });
}

/** Leads all calls to the API's servers to an impostor, until the world is rebuilt. */
export async function impersonate(kube: Kube, names: WorldNames, who: Impostor): Promise<void> {
  await Promise.all(
    API_SERVERS.map(name =>
      kube.request('PATCH', `/api/v1/namespaces/${names.outside}/services/${name}`, {
        body: { spec: { selector: { app: who } } },
        contentType: 'application/merge-patch+json',
      }),
    ),
  );
}

function impostor(
  name: Impostor,
  names: WorldNames,
  ca: string,
  { cert, key }: Certificates['server'],
): KubeObject[] {
  const secretName = `${name}-certs`;
  const model = serverDeployments(names).find(each => each.metadata.name !== 'catalog') as KubeObject;
  const text = JSON.stringify(model)
    .replaceAll(`"${SECRET}"`, JSON.stringify(secretName))
    .replaceAll(`"${model.metadata.name}"`, JSON.stringify(name));
  const encoded = (value: string) => Buffer.from(value).toString('base64');
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace: names.outside },
      type: 'Opaque',
      data: { 'ca.crt': encoded(ca), 'tls.crt': encoded(cert), 'tls.key': encoded(key) },
    },
    JSON.parse(text) as KubeObject,
  ];
}
