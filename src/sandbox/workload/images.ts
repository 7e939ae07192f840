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

/** Warnings for what of a pod will not run as it would on a cluster. */
export function podWarnings(spec: PodSpec, path: string): string[] {
  return (spec.containers ?? []).flatMap((container, index) =>
    programOf(container) === null
      ? [`${path}.containers[${index}].image: ${container.image ?? ''} will not start: ${CAN_RUN}`]
      : [],
  );
}
