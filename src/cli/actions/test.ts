/** Reads the scenes, runs them, and says what came of each. */
import { nearest } from '../../course/address.ts';
import { readScenes, type Unreadable } from '../../course/find-scenes.ts';
import { checksOf, type Scene } from '../../course/scene.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import { countScenes, exitOf, sceneData, scenesJunit, unreadableData } from '../../scene/report.ts';
import type { Place, SceneReport } from '../../scene/run-scenes.ts';
import { steadyNow, systemClock } from '../../shared/clock.ts';
import { UserError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import type { TestFlags } from '../commands/test.ts';
import { Ended } from '../exit.ts';
import { jobsOf } from '../jobs.ts';
import { checkJunit, writeJunit } from '../junit-file.ts';
import { openCluster } from '../open/cluster.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stderr, stdout } from '../print/out.ts';
import { signs } from '../print/paint.ts';
import { problemText } from '../print/problem.ts';
import { sceneClosing, sceneText } from '../print/scene-lines.ts';
import { interruptSignal } from '../process/interrupt.ts';

/** Scenes side by side. A real cluster runs five pods for each. */
const JOBS = { sandbox: 4, elsewhere: 2 } as const;

export async function test(words: readonly string[], options: TestFlags): Promise<void> {
  const jobs = jobsOf(options.jobs);
  if (options.junit !== undefined) await checkJunit(options.junit);
  const { scenes, unreadable } = await readScenes(words, options.root);
  const [broken, ...others] = unreadable;
  if (broken !== undefined && others.length === 0 && scenes.length === 0) throw broken.error;
  for (const { error } of unreadable) stderr.write(problemText(error, options));
  mustHave(options.only, scenes, unreadable);
  const began = steadyNow();
  const out = options.json ? stderr : stdout;
  const show = (report: SceneReport) => out.write(sceneText(report, options));
  const { provider, reports } = await runAll(scenes, jobs, options, show);
  const seconds = Math.round((steadyNow() - began) / 100) / 10;
  const exit = unreadable.length > 0 ? 2 : exitOf(reports);
  const counts = countScenes(reports);
  const all = { ok: exit === 0, provider, seconds };
  if (options.junit !== undefined) await writeJunit(options.junit, scenesJunit(reports, unreadable, seconds));
  if (options.json) {
    const data = { scenes: reports.map(sceneData), unreadable: unreadable.map(unreadableData) };
    printJson({ provider, ok: all.ok, seconds, counts, ...data });
  } else out.write(sceneClosing(reports, unreadable.length, all, options));
  if (exit !== 0) throw new Ended(exit);
}

function mustHave(
  only: string | undefined,
  scenes: readonly Scene[],
  unreadable: readonly Unreadable[],
): void {
  const ids = scenes.flatMap(each => checksOf(each).map(check => check.id));
  if (only === undefined || ids.includes(only)) return;
  // It may well be in one that could not be read.
  const [broken] = unreadable;
  if (broken !== undefined) throw broken.error;
  const near = nearest(only, ids);
  throw new UserError({
    what: `No scene has a check ${JSON.stringify(only)}.`,
    why: near === null ? undefined : `Did you mean ${near}?`,
    next: near === null ? ['leave --only out'] : [`--only ${near}`],
  });
}

async function runAll(
  scenes: readonly Scene[],
  jobs: number | undefined,
  options: TestFlags,
  onDone: (report: SceneReport) => void,
): Promise<{ readonly provider: string; readonly reports: readonly SceneReport[] }> {
  if (scenes.length === 0) return { provider: options.on ?? 'sandbox', reports: [] };
  const { inWorlds, runScenes, sandboxPlace } = await import('../../scene/run-scenes.ts');
  const { only, calls: look = false, on = 'sandbox', yes } = options;
  const signal = interruptSignal();
  const run = (places: readonly Place[]) =>
    runScenes(places, scenes, {
      clock: systemClock,
      signal,
      only,
      look,
      onDone,
      progressOf: patience(options),
    });
  if (on === 'sandbox') {
    const open = (state: string, bare: boolean) => openCluster({ on, state }, { bare });
    const places = Array.from({ length: Math.min(scenes.length, jobs ?? JOBS.sandbox) }, () =>
      sandboxPlace(open),
    );
    return { provider: 'sandbox', reports: await run(places) };
  }
  for (const { sandboxOnly } of scenes) if (sandboxOnly !== null) throw sandboxOnly;
  const open = (n: number) => openCluster({ ...options, learner: `test-${n}` }, { yes });
  const first = await open(1);
  const sites: [WorldSite, ...WorldSite[]] = [first];
  while (sites.length < Math.min(scenes.length, jobs ?? JOBS.elsewhere))
    sites.push(await open(sites.length + 1));
  const reports = await inWorlds(sites, work => commandProgress(options, work), signal, run);
  return { provider: first.cluster.name, reports };
}

/** Milliseconds after which somebody who waits is told of what is under way. */
const SOON = 1000;

/** One line on stderr for a scene that takes longer than a second. */
function patience(options: TestFlags): (scene: Scene) => { progress: Progress; done(): void } {
  return scene => {
    let at = '';
    const timer = setTimeout(() => {
      stderr.write(`${signs(options).todo} ${scene.file}  ${at === '' ? 'its calls are under way' : at}\n`);
    }, SOON);
    const stage = (title: string) => {
      at = title;
    };
    return { progress: { stage, line: () => {} }, done: () => clearTimeout(timer) };
  };
}
