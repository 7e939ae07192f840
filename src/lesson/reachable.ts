/**
 * Waits until a Service's address leads where its endpoints say. The API knows of a new pod first; kube-proxy
 * writes its rules up to a second later (its minSyncPeriod), and a call in between meets a pod that is gone or
 * is refused. Asked from a server's pod, which has no sidecar: nothing of it is in the learner's evidence.
 */
import type { Kube } from '../cluster/client.ts';
import { exec } from '../cluster/exec.ts';
import { readyPod } from '../cluster/wait.ts';
import { log } from '../shared/log.ts';
import { SERVERS, type WorldNames } from '../world/names.ts';
import { namespaceOf } from '../world/servers.ts';

/** Milliseconds: a cluster whose proxy answers otherwise (drops instead of refusing) must not hold us up. */
const PATIENCE = 5000;

/** Connects again and again until the address accepts, or refuses where nobody is left to accept. */
const KNOCK = `
const [address, port, wanted, patience] = process.argv.slice(1);
const end = Date.now() + Number(patience);
const knock = () => {
  const socket = require('node:net').connect({ host: address, port: Number(port) });
  socket.setTimeout(300);
  const done = found => {
    socket.destroy();
    if (found === wanted || Date.now() > end) process.exit(found === wanted ? 0 : 1);
    setTimeout(knock, 50);
  };
  socket.once('connect', () => done('accepts'));
  socket.once('timeout', () => done('silence'));
  socket.once('error', error => done(error.code === 'ECONNREFUSED' ? 'refuses' : error.code));
};
knock();
`;

/** Returns when the address of `service` accepts (`replicas` > 0) or refuses connections, after 5 seconds in any case. */
export async function reachable(
  kube: Kube,
  names: WorldNames,
  service: string,
  ip: string,
  replicas: number,
  signal?: AbortSignal,
): Promise<void> {
  const abort = signal === undefined ? {} : { signal };
  const from = Object.keys(SERVERS).find(name => name !== service) as string;
  const namespace = namespaceOf(from, names);
  const wanted = replicas > 0 ? 'accepts' : 'refuses';
  try {
    const { name: pod } = await readyPod(kube, namespace, `app=${from}`, { timeoutMs: PATIENCE, ...abort });
    const command = ['node', '-e', KNOCK, ip, '80', wanted, String(PATIENCE)];
    const { exit } = await exec(kube, { namespace, pod, container: 'api' }, command, abort);
    if (exit !== 0) log('workloads', `${service} does not look as if it ${wanted} after ${PATIENCE} ms`);
  } catch (error) {
    signal?.throwIfAborted();
    // Only a courtesy: the step goes on, and a check that meets the gap is tried again.
    log('workloads', `${service} could not be asked from ${from}: ${(error as Error).message}`);
  }
}
