/**
 * "Available" is not yet "reached": kube-proxy follows a change of pods with up to a second's delay, longer on
 * a busy machine, and until then calls to a Service are refused or hang. This tries the Services themselves,
 * from the pod of `catalog`, which has no sidecar: bare TCP connections, which no server counts or logs.
 */
import { listObjects } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { exec } from '../kube/exec.ts';
import { readyPod } from '../kube/wait.ts';
import { steadyNow, systemClock } from '../shared/clock.ts';
import { ToolError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { SERVERS, type WorldNames } from './names.ts';

/** What a server's Service should do with a connection: lead to a server, or refuse (no replicas). */
export type Reach = 'open' | 'refused';

const ALL_OPEN: Readonly<Record<string, Reach>> = Object.fromEntries(
  Object.keys(SERVERS).map(name => [name, 'open' as const]),
);

/** Milliseconds after which it gives up. */
const PATIENCE = 20_000;
/** Milliseconds that pods may take to come back after a node's restart. */
const RETURN = 60_000;

/**
 * Returns when each of these servers' Services does as wanted; a Service that is not there is skipped.
 * Throws ToolError, which names the first that does not, after 20 s.
 */
export async function untilReachable(
  kube: Kube,
  names: WorldNames,
  wanted: Readonly<Record<string, Reach>> = ALL_OPEN,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal ? { signal } : {};
  const lists = await Promise.all(
    [names.mesh, names.outside].map(namespace => listObjects(kube, 'v1', 'Service', namespace)),
  );
  const targets = lists.flat().flatMap(({ metadata: { name }, spec }) => {
    const { clusterIP } = spec as { clusterIP?: string };
    const want = wanted[name];
    return clusterIP && want ? [{ name, host: clusterIP, want }] : [];
  });
  if (targets.length === 0) return;
  const command = ['node', '-e', TRY, JSON.stringify(targets), String(PATIENCE)];
  const { exit, stdout, stderr } = await inCatalog(kube, names, command, options);
  if (exit === 0 && stdout === '') return;
  throw new ToolError({
    what: `The Services of the lab world do not lead where they should: ${stdout.trim() || 'they could not be tried'}.`,
    detail: stderr.trim() || undefined,
    next: [
      'istio-tutor up   repairs the lab world',
      `kubectl -n ${names.outside} get services,endpointslices`,
    ],
  });
}

/**
 * Runs a command in the pod of `catalog`. Right after a node's restart the API still calls pods ready that are not
 * there any more, and a command in them fails: it is tried again for as long as pods may take to come back.
 */
async function inCatalog(
  kube: Kube,
  names: WorldNames,
  command: readonly string[],
  options: { readonly signal?: AbortSignal | undefined },
): ReturnType<typeof exec> {
  const end = steadyNow() + RETURN;
  for (;;) {
    try {
      const { name: pod } = await readyPod(kube, names.mesh, 'app=catalog', options);
      return await exec(kube, { namespace: names.mesh, pod, container: 'api' }, command, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!(error instanceof ToolError) || steadyNow() > end) throw error;
      log('world', `catalog cannot be asked yet: ${error.problem.why ?? error.message}`);
      await systemClock.wait(500, options.signal);
    }
  }
}

/**
 * Runs in the container and prints what is not as wanted when time is up. Each try is a new connection: kube-proxy's
 * choice holds for a connection's life. The sandbox runs no script: it reads the targets and the patience from the
 * arguments behind it and answers the same question from its own network (sandbox/workload/exec/reach.ts).
 */
const TRY = `
const net = require('node:net');
const [targets, patience] = process.argv.slice(1).map(text => JSON.parse(text));
const end = Date.now() + patience;
const look = host => new Promise(done => {
  const socket = net.connect({ host, port: 80, timeout: 400 });
  const say = what => { socket.destroy(); done(what); };
  socket.on('connect', () => say('open'));
  socket.on('timeout', () => say('silent'));
  socket.on('error', error => say(error.code === 'ECONNREFUSED' ? 'refused' : error.code));
});
(async () => {
  let left = targets;
  for (;;) {
    const found = await Promise.all(left.map(async each => ({ ...each, is: await look(each.host) })));
    left = found.filter(each => each.is !== each.want);
    if (left.length === 0) return;
    if (Date.now() > end) {
      console.log(left.map(each => each.name + ' is ' + each.is).join(', '));
      return;
    }
    await new Promise(done => setTimeout(done, 100));
  }
})();
`;
