/**
 * What the sandbox can run in place of images: the external API's script, and the client with curl. Nothing is pulled
 * and nothing of a manifest is executed. Pure.
 */
import { PROXY } from './injection.ts';
import type { Container, PodSpec } from './kube-types.ts';

export type Program = 'api-server' | 'client' | 'sidecar' | 'init';

export const CAN_RUN =
  'the sandbox pulls no images: it runs curl images as clients, and node images with the command "node .../api-server.mjs" as API servers';

/** What runs for a container; null: nothing can. */
export function programOf(container: Container): Program | null {
  const repository = (container.image ?? '').replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  const image = repository.slice(repository.lastIndexOf('/') + 1);
  if (container.name === PROXY) return 'sidecar';
  if (container.name === 'istio-init') return 'init';
  if (image === 'curl') return 'client';
  const [program, script = ''] = [...(container.command ?? []), ...(container.args ?? [])];
  return image === 'node' && program === 'node' && /(^|\/)api-server\.mjs$/.test(script)
    ? 'api-server'
    : null;
}

/** A client waits for exec: what its own command does besides is not run. */
const WAITS = /\b(sleep|wait|tail -f)\b/;

/** Warnings for what of a pod will not run as it would on a cluster. `path` is where its spec stands. */
export function podWarnings(spec: PodSpec, path: string): string[] {
  const list = (field: 'containers' | 'initContainers') =>
    (spec[field] ?? []).flatMap((container, index) =>
      containerWarnings(container, `${path}.${field}[${index}]`),
    );
  return [...list('initContainers'), ...list('containers')];
}

function containerWarnings(container: Container, path: string): string[] {
  const program = programOf(container);
  const command = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  const fromElsewhere = (container.env ?? []).find(each => each.valueFrom !== undefined);
  return [
    ...(program === null ? [`${path}.image: ${container.image ?? ''} will not start: ${CAN_RUN}`] : []),
    ...(program === 'client' && command !== '' && !WAITS.test(command)
      ? [`${path}.command: the sandbox does not run it; the container waits for kubectl exec`]
      : []),
    ...(fromElsewhere && program !== 'sidecar'
      ? [`${path}.env: ${fromElsewhere.name} stays unset; the sandbox knows no valueFrom`]
      : []),
  ];
}
