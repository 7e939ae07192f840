/** The last stage of every `up`: the client's pod is ready with its sidecar, and a real curl through it answers. */

import { ToolError } from '../../shared/errors.ts';
import { CLIENT, HOSTS, type WorldNames } from '../../world/names.ts';
import type { Kube } from '../client.ts';
import type { Progress } from '../cluster.ts';
import { exec } from '../exec.ts';
import { readyPod, until } from '../wait.ts';

const COMMAND = [
  'curl',
  '-sS',
  '-o',
  '/dev/null',
  '-w',
  '%{http_code}',
  '--max-time',
  '5',
  `https://${HOSTS.api}/`,
];

/** Sends curl from the client's pod until something answers. Throws a ToolError that names what is missing. */
export async function firstProbe(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const pod = await readyPod(kube, names.mesh, CLIENT.selector, { timeoutMs: 120_000, signal });
  const target = { namespace: names.mesh, pod: pod.name, container: CLIENT.container };
  let last = '';
  try {
    await until(
      'an answer to the first call',
      async () => {
        const { exit, stdout, stderr } = await exec(kube, target, COMMAND, { signal });
        last = exit === 0 ? `HTTP ${stdout}` : stderr.trim() || `curl ended with ${exit}`;
        progress.line(last);
        return exit === 0;
      },
      { timeoutMs: 30_000, everyMs: 300, signal },
    );
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    throw new ToolError(
      {
        what: 'The client in the mesh reaches nothing outside.',
        why: `The first call to https://${HOSTS.api}/ was not answered within 30 seconds.`,
        next: ['istio-tutor up      checks and repairs what is there', 'istio-tutor status'],
        ...(last === '' ? {} : { detail: last }),
      },
      error,
    );
  }
}
