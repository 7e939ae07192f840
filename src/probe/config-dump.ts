/**
 * This sidecar's configuration in readable lines, as `istioctl proxy-config` shows it, plus what the lessons turn on:
 * TLS to the API, limits, ejections, timeouts, mirrors. The lines are made by sidecar-lines.ts.
 */
import type { Kube } from '../kube/client.ts';
import { readyPod } from '../kube/wait.ts';
import { ToolError } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { askSidecar, configDump } from './sidecar-admin.ts';
import { readConfigDump } from './sidecar-config.ts';
import { clusterLines, endpointLines, listenerLines, routeLines } from './sidecar-lines.ts';

export type DumpPart = 'clusters' | 'listeners' | 'routes' | 'endpoints';

/**
 * `match`: only rows that contain this text; their heading and details stay.
 * Returns lines; one that says so when nothing is left.
 * Throws ToolError when the sidecar is out of reach.
 */
export async function inspectSidecar(
  kube: Kube,
  names: WorldNames,
  look: DumpPart,
  match?: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const { name: pod } = await readyPod(
    kube,
    names.mesh,
    CLIENT.selector,
    signal === undefined ? {} : { signal },
  );
  if (look === 'endpoints') {
    const text = await askSidecar(kube, names, pod, 'clusters?format=json', signal);
    return endpointLines(parsed(text), match);
  }
  const config = readConfigDump(await configDump(kube, names, pod, signal));
  if (look === 'clusters') return clusterLines(config.clusters, match);
  return look === 'listeners' ? listenerLines(config.listeners, match) : routeLines(config.routes, match);
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ToolError(
      {
        what: "The sidecar's endpoints could not be read.",
        why: (cause as Error).message,
        next: ['istio-tutor status'],
      },
      cause,
    );
  }
}
