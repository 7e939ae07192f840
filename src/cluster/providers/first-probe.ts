/** The last stage of every `up`: the client's pod is ready with its sidecar, and a real curl through it answers. */
import type { Kube } from '../../kube/client.ts';
import { exec } from '../../kube/exec.ts';
import { readyPod, until } from '../../kube/wait.ts';
import { ToolError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import { CLIENT, HOSTS, type WorldNames } from '../../world/names.ts';

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

/** curl found no address, or nobody accepted the connection: not even the sidecar is there yet. */
const NOBODY_THERE = [6, 7];

/**
 * Milliseconds after which any other outcome counts as an answer. In the middle of a lesson a call may have to
 * fail: a rule of the learner's wraps TLS in TLS, a policy refuses, a far side keeps silent.
 */
const CONTENT_AFTER_MS = 4000;

/** How long it may take in all, in milliseconds: after a node's restart, pods are called ready that are not. */
const PATIENCE_MS = 90_000;

/**
 * Sends curl from the client's pod until something answers, any status, or until it is plain that the sidecar
 * takes calls and the lesson's own configuration fails them. Throws a ToolError with what stood in the way last.
 */
export async function firstProbe(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  let last = '';
  const begun = Date.now();
  const say = (text: string) => {
    last = text;
    progress.line(text);
    return false;
  };
  const probe = async (): Promise<boolean> => {
    const pod = await readyPod(kube, names.mesh, CLIENT.selector, { timeoutMs: PATIENCE_MS, signal });
    const target = { namespace: names.mesh, pod: pod.name, container: CLIENT.container };
    const { exit, stderr } = await exec(kube, target, COMMAND, { signal });
    const taken = !NOBODY_THERE.includes(exit) && Date.now() - begun > CONTENT_AFTER_MS;
    return exit === 0 || taken || say(stderr.trim() || `curl ended with ${exit}`);
  };
  const patiently = () =>
    probe().catch((error: unknown) => {
      if (signal.aborted || !(error instanceof ToolError)) throw error;
      return say(error.problem.why ?? error.problem.what);
    });
  try {
    await until('an answer to the first call', patiently, { timeoutMs: PATIENCE_MS, everyMs: 300, signal });
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    throw new ToolError(
      {
        what: 'The client in the mesh reaches nothing outside.',
        why: `The first call to https://${HOSTS.api}/ was not answered within ${PATIENCE_MS / 1000} seconds.`,
        next: ['istio-tutor up      checks and repairs what is there', 'istio-tutor status'],
        detail: last || undefined,
      },
      error,
    );
  }
}
