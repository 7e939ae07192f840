/** How long the difference of a drill's two states takes: as it is found, and as its solution leaves it. */
import { readFileSync } from 'node:fs';
import type { Lesson } from '../../src/course/course.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { readyLesson } from '../../src/course/ready-lesson.ts';
import { findDifferences } from '../../src/difference/find.ts';
import type { EnvoyConfig } from '../../src/envoy/config.ts';
import { withRegexes } from '../../src/envoy/regex-work.ts';
import type { Resource } from '../../src/istio/resource.ts';
import { type DesiredState, entryState, stateOf } from '../../src/lesson/state-of.ts';
import { around } from '../../src/plan/surroundings.ts';
import { translate } from '../../src/sandbox/istiod/translate.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { HOSTS, SERVERS, worldNames } from '../../src/world/names.ts';
import { clientOf, snapshotOf } from '../../test/support/recorded-snapshot.ts';
import { median } from './measure.ts';

interface DrillDifference {
  readonly drill: string;
  /** Envoy's resources on both sides, routes and virtual hosts among them. */
  readonly resources: number;
  /** Milliseconds, each time from configurations that nobody has asked anything yet. */
  readonly ms: number;
}

/** Of every drill, those with most resources first. */
async function drillDifferences(rounds: number): Promise<readonly DrillDifference[]> {
  const world = JSON.parse(
    readFileSync(packageFile('test/fixtures/istiod/world.json'), 'utf8'),
  ) as Resource[];
  const drills = await loadDrills(packageFile('lessons'));
  const found: DrillDifference[] = [];
  for (const { id, lesson } of drills) found.push(await measured(id, lesson, world, rounds));
  return found.sort((a, b) => b.resources - a.resources);
}

export async function slowestDifferenceMs(rounds: number): Promise<number> {
  return Math.max(...(await drillDifferences(rounds)).map(each => each.ms));
}

async function measured(
  drill: string,
  plain: Lesson,
  world: Resource[],
  rounds: number,
): Promise<DrillDifference> {
  const names = worldNames();
  const lesson = readyLesson(plain, names, { ...addressesIn(world), ...names } as Record<string, string>);
  const states = [entryState(lesson, 0, names.mesh), stateOf(lesson, 1, names.mesh)];
  const snapshots = states.map(state => snapshotOf([...world, ...resourcesOf(state)]));
  const client = clientOf(world);
  const configs = () => snapshots.map(each => translate(each, client)) as [EnvoyConfig, EnvoyConfig];
  const hostAliases = Object.values(HOSTS).map((host, at) => ({
    ip: `10.96.99.${at + 1}`,
    hostnames: [host],
  }));
  const [config] = configs();
  const workload = { ...client, name: 'deploy/client', pod: 'client', hostAliases, config };
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [before, after] = configs();
    const place = around(snapshots, workload);
    const [a, b] = [place.side(before), place.side(after)];
    const started = performance.now();
    await withRegexes(() => findDifferences([a], b, place.calls, { whole: true }));
    taken.push(performance.now() - started);
  }
  return { drill, resources: configs().reduce((sum, each) => sum + resources(each), 0), ms: median(taken) };
}

/** The addresses of the lab's servers, by the placeholders of manifests. */
function addressesIn(world: readonly Resource[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(SERVERS).map(([service, name]) => {
      const found = world.find(each => each.kind === 'Service' && each.metadata.name === service);
      return [`${name}IP`, (found?.spec as { clusterIP?: string } | undefined)?.clusterIP ?? ''];
    }),
  );
}

function resourcesOf({ objects }: DesiredState): Resource[] {
  return objects.map(({ object }, at) => {
    const creationTimestamp = new Date(Date.UTC(2026, 10, 24, 12, 0, at)).toISOString().replace('.000Z', 'Z');
    return { ...object, metadata: { ...object.metadata, creationTimestamp } } as Resource;
  });
}

function resources({ listeners, routes, clusters, endpoints }: EnvoyConfig): number {
  const hosts = routes.flatMap(each => each.virtual_hosts ?? []);
  const inside = hosts.flatMap(each => each.routes ?? []);
  return [listeners, routes, hosts, inside, clusters, endpoints].reduce((sum, each) => sum + each.length, 0);
}
