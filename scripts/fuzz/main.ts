/**
 * npm run fuzz [-- --seconds 60] [--seed N]
 * Sends the sandbox what nobody should: manifests, built-in objects and their status that are nearly right, and HTTP
 * that is nearly right, to its API and through its sidecar. After each round a plain call must be answered, and nothing
 * may have crashed. A seed that found something is reported; those of seeds.json are always tried first.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { sandboxCluster } from '../../src/cluster/providers/sandbox/sandbox.ts';
import { connect, type Kube } from '../../src/kube/client.ts';
import { type ExecTarget, exec } from '../../src/kube/exec.ts';
import { readyPod } from '../../src/kube/wait.ts';
import { setLogSink } from '../../src/shared/log.ts';
import { paths } from '../../src/shared/paths.ts';
import { CLIENT, worldNames } from '../../src/world/names.ts';
import { readCases } from '../../test/fidelity/recording.ts';
import { mutated } from './manifests.ts';
import { Objects } from './objects.ts';
import { Random } from './random.ts';
import { rawSidecar } from './raw-sidecar.ts';
import { apiRequest, rawRequest } from './requests.ts';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const names = worldNames();
const PLURALS: Readonly<Record<string, string>> = {
  ServiceEntry: 'serviceentries',
  DestinationRule: 'destinationrules',
  VirtualService: 'virtualservices',
  Sidecar: 'sidecars',
  Gateway: 'gateways',
  WorkloadEntry: 'workloadentries',
};
const manifests = readCases().flatMap(({ apply }) =>
  parseAllDocuments(apply).flatMap(document => (document.toJS() ? [document.toJS()] : [])),
);
const count = { objects: 0, taken: 0, manifests: 0, accepted: 0, api: 0, http: 0, calls: 0 };
const crashes: string[] = [];
process.on('uncaughtException', error => crashes.push(`uncaught: ${error.stack}`));
setLogSink(line => {
  if (line.includes('went on after')) crashes.push(line);
});
process.on('unhandledRejection', error => crashes.push(`unhandled: ${(error as Error)?.stack ?? error}`));

const state = mkdtempSync(join(tmpdir(), 'istio-tutor-fuzz-'));
const cluster = sandboxCluster({ names, paths: paths(state) });
const quiet = { stage: () => {}, line: () => {} };
await cluster.up(quiet, new AbortController().signal);
const kube = await connect(cluster.kubeconfig);
const objects = await Objects.of(kube, names.mesh);
const raw = await rawSidecar();
const known = JSON.parse(readFileSync(join(import.meta.dirname, 'seeds.json'), 'utf8')) as number[];
const end = Date.now() + Number(values.seconds) * 1000;
const seeds = values.seed === undefined ? known : [Number(values.seed)];
const handles = process.getActiveResourcesInfo().length;
let failed = 0;
for (let round = 0; round < seeds.length || (values.seed === undefined && Date.now() < end); round++) {
  const seed = seeds[round] ?? Date.now() + round;
  try {
    await play(new Random(seed));
    if (crashes.length > 0) throw new Error(crashes.splice(0).join('\n'));
  } catch (error) {
    failed++;
    console.error(`seed ${seed}: ${(error as Error).stack}`);
  }
}
await clear(kube);
console.log(JSON.stringify({ ...count, failed, handles, after: process.getActiveResourcesInfo().length }));
await raw.close();
await cluster.down(quiet, new AbortController().signal);
rmSync(state, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);

async function play(random: Random): Promise<void> {
  await clear(kube);
  for (let left = 1 + random.below(5); left > 0; left--) await sendManifest(random);
  const sent: string[] = [];
  for (let left = random.below(60); left > 0; left--) sent.push(await sendObject(random));
  if (sent.length > 0) await readLists(sent);
  for (let left = random.below(4); left > 0; left--) await sendToApi(random);
  for (let left = random.below(4); left > 0; left--) await sendThroughSidecar(random);
  if (sent.length > 0) await objects.restore();
  await callsStillEnd(random);
}

async function sendObject(random: Random): Promise<string> {
  const { method, path, body, contentType } = objects.request(random);
  const fieldValidation = random.pick(['Strict', 'Warn', 'Ignore']);
  const url = `${path}?fieldValidation=${fieldValidation}`;
  const answer = await kube.request(method, url, { body, ...(contentType ? { contentType } : {}) });
  const what = `${method} ${path} ${JSON.stringify(body).slice(0, 3000)}`;
  count.objects++;
  if (answer.status < 300) count.taken++;
  expectStatus(answer, what);
  if (crashes.length > 0) throw new Error(`${crashes.splice(0).join('\n')}\nafter ${what}`);
  return what;
}

/** Everything that was accepted can be read, as objects and as kubectl's tables. */
async function readLists(sent: readonly string[]): Promise<void> {
  for (const path of objects.lists()) {
    expectStatus(await kube.request('GET', path), `${path} after ${sent.join('\n')}`);
    expectStatus(await table(path), `table ${path} after ${sent.join('\n')}`);
  }
}

function table(path: string): Promise<{ status: number; body: unknown }> {
  const server = new URL(kube.config.getCurrentCluster()?.server ?? '');
  const ca = Buffer.from(kube.config.getCurrentCluster()?.caData ?? '', 'base64');
  const headers = {
    accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    authorization: `Bearer ${kube.config.getCurrentUser()?.token}`,
  };
  return new Promise((resolve, reject) => {
    const read = get({ host: server.hostname, port: server.port, path, ca, headers }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    read.on('error', reject);
  });
}

async function clear(on: Kube): Promise<void> {
  for (const plural of Object.values(PLURALS)) {
    const path = `/apis/networking.istio.io/v1/namespaces/${names.mesh}/${plural}`;
    expectStatus(await on.request('DELETE', path), `clearing ${plural}`);
  }
}

async function sendManifest(random: Random): Promise<void> {
  const manifest = mutated(random.pick(manifests), random) as { kind?: unknown };
  const plural = PLURALS[String(manifest?.kind)] ?? 'virtualservices';
  const path = `/apis/networking.istio.io/v1beta1/namespaces/${names.mesh}/${plural}?fieldValidation=${random.pick(['Strict', 'Warn', 'Ignore'])}`;
  const answer = await kube.request('POST', path, { body: manifest });
  count.manifests++;
  if (answer.status < 300) count.accepted++;
  expectStatus(answer, JSON.stringify(manifest).slice(0, 2000));
}

async function sendToApi(random: Random): Promise<void> {
  const { method, path, type, body } = apiRequest(random);
  if (path.includes('watch') || path.includes('follow')) return sendAndLeave(path);
  const answer = await kube.request(method, path, { body, contentType: type || 'x' });
  count.api++;
  expectStatus(answer, `${method} ${path} ${type} ${body.slice(0, 200)}`);
}

/** A client that leaves in the middle. */
async function sendAndLeave(path: string): Promise<void> {
  const leave = AbortSignal.timeout(20);
  await kube.request('GET', path, { signal: leave }).catch(() => {});
  count.api++;
}

/** No answer of the API may be its own fault: a 5xx, or a body that is neither a Status nor an object. */
function expectStatus(answer: { status: number; body: unknown }, what: string): void {
  if (answer.status < 500 || answer.status === 501) return;
  throw new Error(`${answer.status} ${JSON.stringify(answer.body)} to ${what}`);
}

/** Raw bytes, as an app could write them; the connection must end, or be left, without harm. */
async function sendThroughSidecar(random: Random): Promise<void> {
  const bytes = rawRequest(random);
  count.http++;
  await new Promise<void>(resolve => {
    const socket = dial(raw.port, '127.0.0.1');
    const leave = setTimeout(() => socket.destroy(), 50 + random.below(200));
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => {
      clearTimeout(leave);
      resolve();
    });
    if (random.chance(0.5)) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** A round may have scaled the client down; then it comes back as another pod. */
async function liveClient(): Promise<ExecTarget> {
  const path = `/apis/apps/v1/namespaces/${names.mesh}/deployments/${CLIENT.deployment}/scale`;
  const contentType = 'application/merge-patch+json';
  expectStatus(
    await kube.request('PATCH', path, { body: { spec: { replicas: 1 } }, contentType }),
    'scaling',
  );
  const { name: pod } = await readyPod(kube, names.mesh, CLIENT.selector);
  return { namespace: names.mesh, pod, container: CLIENT.container };
}

/** Whatever the configuration is by now: curl ends, with an answer or with an error, within its time. */
async function callsStillEnd(random: Random): Promise<void> {
  const url = random.pick([
    'http://api.safedata-zone.io/v2/data',
    'https://api.safedata-zone.io/v2/data',
    'http://catalog/',
  ]);
  const target = await liveClient();
  const { exit } = await exec(kube, target, ['curl', '-sS', '-m', '2', '-o', '/dev/null', url]);
  count.calls++;
  if (exit === 127) throw new Error('curl could not be run');
  const dump = await exec(kube, { ...target, container: CLIENT.proxy }, [
    'pilot-agent',
    'request',
    'GET',
    'config_dump?include_eds',
  ]);
  JSON.parse(dump.stdout);
}
