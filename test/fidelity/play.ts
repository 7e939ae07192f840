/** Plays a case in a world, over the Kubernetes API as kubectl would, and records what happened. Interprets nothing. */
import { parseAllDocuments } from 'yaml';
import { apply, readObject, remove } from '../../src/kube/apply.ts';
import type { Kube, KubeObject } from '../../src/kube/client.ts';
import { exec } from '../../src/kube/exec.ts';
import { readLog } from '../../src/kube/logs.ts';
import { readyPod } from '../../src/kube/wait.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { CLIENT, type WorldNames } from '../../src/world/names.ts';
import type { Case, LogRow, Outcome, ProbeOutcome, Transfer } from './recording.ts';

const KINDS = {
  ServiceEntry: 'serviceentries',
  DestinationRule: 'destinationrules',
  VirtualService: 'virtualservices',
  Sidecar: 'sidecars',
};
const ISTIO = 'networking.istio.io/v1';
/** Milliseconds that a line which was recorded may take to come; then it is missing. */
const PATIENCE = 1500;
/** Milliseconds in which a line that was not recorded would show. */
const LATE = 60;
/** Milliseconds without a new line after which none is to come. */
const QUIET = 150;

export interface World {
  readonly kube: Kube;
  readonly names: WorldNames;
  /** Milliseconds from an accepted object to its effect, and from a call to its lines; left out: at once. */
  readonly delay?: { readonly effect: number; readonly lines: number };
}

/** All Istio configuration gone, the fence too: what a case left would colour the next. */
async function reset({ kube }: World): Promise<void> {
  for (const [kind, plural] of Object.entries(KINDS)) {
    const { body } = await kube.request('GET', `/apis/${ISTIO}/${plural}`);
    for (const { metadata } of (body as { items: KubeObject[] }).items) {
      const { name, namespace = '' } = metadata;
      await remove(kube, { apiVersion: ISTIO, kind, name, namespace });
    }
  }
}

/** @param recorded tells how many log lines are to be waited for; null: nobody knows, so as long as more come */
export async function play(world: World, test: Case, recorded: Outcome | null): Promise<Outcome> {
  await reset(world);
  const applied = await applyAll(world, test);
  if (world.delay) await systemClock.wait(world.delay.effect);
  const probes: ProbeOutcome[] = [];
  const pods = await readyPods(world);
  for (const [at] of test.probes.entries()) {
    const expected = recorded === null ? null : recorded.probes[at];
    if (expected !== undefined) probes.push(await probe(world, pods, test, at, expected));
  }
  await removeOthers(world, test);
  return { name: test.name, applied, probes };
}

/** What reset() does not know of: a Service, a WorkloadEntry. */
async function removeOthers({ kube }: World, { apply: text }: Case): Promise<void> {
  const objects = parseAllDocuments(text).flatMap(each => (each.toJS() as KubeObject | null) ?? []);
  for (const { apiVersion, kind, metadata } of objects) {
    if (kind in KINDS) continue;
    const { name, namespace = '' } = metadata;
    await remove(kube, { apiVersion, kind, name, namespace });
  }
}

async function applyAll(world: World, { apply: text, gap = 0 }: Case): Promise<Outcome['applied']> {
  const { kube } = world;
  const ips = text.includes('{{') ? await serviceIPs(world) : {};
  const filled = text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => ips[name] ?? whole);
  const applied: [string, string][] = [];
  const objects = parseAllDocuments(filled).flatMap(each => (each.toJS() as KubeObject | null) ?? []);
  const kinds = objects.map(each => each.kind);
  if (gap === 0 && new Set(kinds).size < kinds.length) await roomInThisSecond();
  for (const object of objects) {
    if (applied.length > 0 && gap > 0) await systemClock.wait(gap * 1000);
    const result = await apply(kube, object);
    const said = result.outcome === 'refused' ? refusalAsKubectlSays(object, result) : 'ok';
    applied.push([`${object.kind}/${object.metadata.name}`, said]);
  }
  return applied;
}

/**
 * Age decides some conflicts, and has whole seconds: what kubectl applied at once was of one age, so it must be here as
 * well. Where little of this second is left the next one is awaited.
 */
async function roomInThisSecond(): Promise<void> {
  const left = 1000 - (systemClock.now() % 1000);
  if (left < 600) await systemClock.wait(left);
}

function refusalAsKubectlSays(
  object: KubeObject,
  { code, message }: { code: number; message: string },
): string {
  // A schema's causes come as 'KIND "NAME" is invalid: [a, b]'; kubectl puts a star before each.
  const list = /is invalid: \[(.*)\]$/s.exec(message)?.[1];
  const text =
    list === undefined
      ? message
      : message.replace(
          `[${list}]`,
          `* ${list.replaceAll(', spec.', ' * spec.').replace(', <nil>', ' * <nil>')}`,
        );
  const kind = `${object.kind}.${object.apiVersion.split('/')[0]}`;
  return code === 422 ? text.replace(kind, object.kind) : text.replace(/\s+/g, ' ').trim();
}

async function serviceIPs({ kube, names }: World): Promise<Record<string, string>> {
  const pairs = ['stable', 'canary'].map(async version => {
    const ref = { apiVersion: 'v1', kind: 'Service', name: `safedata-${version}`, namespace: names.outside };
    const spec = (await readObject(kube, ref))?.spec as { clusterIP: string } | undefined;
    return [`${version}IP`, spec?.clusterIP ?? ''];
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** The pods that a case is played in, which it leaves as they are. */
interface Pods {
  readonly client: string;
  /** By version. */
  readonly servers: Readonly<Record<string, string>>;
}

async function readyPods({ kube, names }: World): Promise<Pods> {
  const { name: client } = await readyPod(kube, names.mesh, CLIENT.selector);
  const pairs = ['stable', 'canary'].map(
    async version =>
      [version, (await readyPod(kube, names.outside, `app=safedata-${version}`)).name] as const,
  );
  return { client, servers: Object.fromEntries(await Promise.all(pairs)) };
}

async function probe(
  world: World,
  { client: pod, servers }: Pods,
  test: Case,
  at: number,
  recorded: ProbeOutcome | null,
): Promise<ProbeOutcome> {
  const { kube, names } = world;
  const { curl = [], pause = 0, max = 8 } = test.probes[at] ?? {};
  if (pause > 0) await systemClock.wait(pause * 1000);
  const target = { namespace: names.mesh, pod, container: CLIENT.container };
  const agent = `probe-${at}`; // A recorded case matches on it.
  const command = ['curl', '-sS', '-m', String(max), '-A', agent, '-w', '\n@@%{json}\n', ...curl];
  // A log grows over hundreds of cases: only what came since is read, again and again.
  const since = new Date();
  const mark = {
    log: await sidecarLines(world, pod, since),
    servers: await serverLines(world, servers, since),
  };
  const { stdout } = await exec(kube, target, command);
  const look = async () => {
    const lines = (await sidecarLines(world, pod, since)).slice(mark.log.length).flatMap(readRow);
    const log = lines
      .filter(row => row.agent === agent || row.agent === '-')
      .map(({ agent: _, ...row }) => row);
    const heard = await serverLines(world, servers, since);
    const upstream = Object.fromEntries(
      Object.entries(heard).map(([version, all]) => [
        version,
        all
          .slice(mark.servers[version]?.length ?? 0)
          .filter(line => line.includes(`"${agent}"`))
          .map(line => JSON.parse(line) as unknown),
      ]),
    );
    return { log, upstream };
  };
  const heard = (of: ProbeOutcome['upstream']) =>
    Object.values(of).reduce((sum, each) => sum + each.length, 0);
  const quiet = world.delay?.lines ?? QUIET;
  let begun = systemClock.now();
  let before = 0;
  for (;;) {
    const { log, upstream } = await look();
    const now = log.length + heard(upstream);
    if (recorded === null && now > before) begun = systemClock.now();
    before = now;
    const complete =
      recorded !== null && log.length >= recorded.log.length && heard(upstream) >= heard(recorded.upstream);
    const enough = recorded === null ? quiet : complete ? LATE : PATIENCE;
    const left = begun + enough - systemClock.now();
    if (left < 0) return { curl, transfers: transfersOf(stdout), log, upstream };
    // What is complete is looked at once more, when a line too many would have come.
    await systemClock.wait(complete ? left + 1 : 15);
  }
}

async function sidecarLines({ kube, names }: World, pod: string, sinceTime: Date): Promise<string[]> {
  return readLog(kube, { namespace: names.mesh, pod, container: CLIENT.proxy }, { sinceTime });
}

async function serverLines(
  { kube, names }: World,
  pods: Readonly<Record<string, string>>,
  sinceTime: Date,
): Promise<Record<string, string[]>> {
  const pairs = Object.entries(pods).map(async ([version, pod]) => {
    const target = { namespace: names.outside, pod, container: 'api' };
    return [version, await readLog(kube, target, { sinceTime })] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const ROW =
  /^\[[^\]]+\] "(?<req>[^"]*)" (?<code>\S+) (?<flags>\S+) (?<details>.+?) "[^"]*" \S+ \S+ \S+ \S+ "[^"]*" "(?<agent>[^"]*)" "[^"]*" "[^"]*" "[^"]*" (?<cluster>\S+) /;

function readRow(line: string): (LogRow & { agent: string })[] {
  const found = ROW.exec(line)?.groups;
  if (found === undefined) return [];
  const { req = '', code = '', flags = '', details = '', agent = '', cluster = '' } = found;
  return [{ req, code, flags, details, cluster, agent }];
}

/** Bodies and curl's facts come in turns: the body, then a line '@@{...}'. */
function transfersOf(stdout: string): Transfer[] {
  const transfers: Transfer[] = [];
  let body: string[] = [];
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('@@{')) {
      body.push(line);
      continue;
    }
    const told = JSON.parse(line.slice(2)) as {
      exitcode: number;
      http_code: number;
      time_total: number;
      redirect_url: string | null;
    };
    transfers.push({
      exit: told.exitcode,
      code: told.http_code,
      time: Math.round(told.time_total * 1000) / 1000,
      redirect: told.redirect_url,
      body: factsOf(body.join('\n')),
    });
    body = [];
  }
  return transfers;
}

function factsOf(text: string): Record<string, unknown> {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text: text.trim().slice(0, 160) };
  }
  const kept = Object.fromEntries(
    ['version', 'scheme', 'host', 'path', 'sni'].flatMap(key => (key in body ? [[key, body[key]]] : [])),
  );
  const headers = Object.entries((body.headers ?? {}) as Record<string, string>);
  const lab = headers.filter(([name]) => name.toLowerCase().startsWith('x-lab'));
  return { ...kept, headers: Object.fromEntries(lab.map(([name, value]) => [name.toLowerCase(), value])) };
}
