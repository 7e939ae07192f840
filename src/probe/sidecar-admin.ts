/**
 * Asks the client's sidecar about itself: `pilot-agent request GET ...` in the istio-proxy container, the one way
 * that every proxy image has (distroless ones have no shell). Read only.
 */
import type { Kube } from '../kube/client.ts';
import { exec } from '../kube/exec.ts';
import { ToolError } from '../shared/errors.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';

/**
 * One GET at Envoy's admin port: 'config_dump?include_eds', 'stats?filter=...'.
 * Throws ToolError when the pod is out of reach or the sidecar does not answer.
 */
export async function askSidecar(
  kube: Kube,
  names: WorldNames,
  pod: string,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  const target = { namespace: names.mesh, pod, container: CLIENT.proxy };
  const options = signal === undefined ? {} : { signal };
  const { exit, stdout, stderr } = await exec(kube, target, ['pilot-agent', 'request', 'GET', path], options);
  if (exit === 0) return stdout;
  throw new ToolError({
    what: 'The sidecar did not give its configuration.',
    why: `pilot-agent request GET ${path} ended with exit code ${exit}.`,
    detail: stderr.trim(),
    next: ['istio-tutor status'],
  });
}

/** Its configuration: everything but secrets, endpoints included. */
export async function configDump(
  kube: Kube,
  names: WorldNames,
  pod: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const text = await askSidecar(kube, names, pod, 'config_dump?include_eds', signal);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ToolError(
      {
        what: "The sidecar's configuration could not be read.",
        why: (cause as Error).message,
        next: ['istio-tutor status'],
      },
      cause,
    );
  }
}
