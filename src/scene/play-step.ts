/** From a lesson's step, or a drill, to a playground in the state in which it begins. Pure. */
import type { Lesson } from '../course/course.ts';
import { STAND_INS } from '../course/lab-hosts.ts';
import { fillKnown, parseManifest, withoutAddresses } from '../course/manifest.ts';
import type { NamedCall } from '../course/scene.ts';
import type { Step } from '../course/schema.ts';
import { keyOf } from '../kube/kinds.ts';
import { liveYaml } from '../lesson/inspect.ts';
import { type DesiredObject, entryState } from '../lesson/state-of.ts';
import { playFiles } from './play-files.ts';
import type { Played } from './play-scene.ts';
import type { ServerChange } from './playground.ts';

/** `lesson` as it was loaded, `index` of a step from 0; of a drill its one step. */
export function playStep(lesson: Lesson, index: number): Played {
  // YAML cannot be read around a placeholder; what stands in for it is taken out again below.
  const files = Object.fromEntries(
    Object.entries(lesson.files).map(([path, text]) => [path, fillKnown(text, STAND_INS)]),
  );
  const { objects, workloads, clients } = entryState({ ...lesson, files }, index, 'mesh-network');
  const sources = [...new Set(objects.map(each => each.from?.file ?? ''))];
  const step = lesson.steps[index];
  return {
    state: {
      title: (lesson.drill === undefined ? `${lesson.title}: ${step?.title ?? ''}` : lesson.title).slice(
        0,
        80,
      ),
      about: step?.kind === 'fix' ? step.task : undefined,
      ...(clients.length === 0 ? {} : { clients: [...clients] }),
      changes: changesOf(workloads),
      calls: callsOf(lesson.steps.slice(0, index + 1)),
    },
    files: playFiles(
      sources.map(file => {
        const those = objects.filter(each => (each.from?.file ?? '') === file);
        return { file, text: textOf(those, lesson.files[file] ?? '', files[file] ?? '') };
      }),
    ),
    leftOut: [],
  };
}

/** The file as its author wrote it, where all of its objects are there as it has them; else the objects alone. */
function textOf(objects: readonly DesiredObject[], written: string, readable: string): string {
  const whole = parseManifest(readable, '').map(each => keyOf(each.ref));
  const there = new Set(objects.map(each => keyOf(each.ref)));
  if (whole.length === there.size && whole.every(key => there.has(key))) return written;
  const texts = objects.map(({ object }) => liveYaml(object)).join('---\n');
  return withoutAddresses(texts, STAND_INS);
}

function changesOf({ replicas, env, services }: ReturnType<typeof entryState>['workloads']): ServerChange[] {
  return [
    ...Object.entries(replicas).map(([deployment, count]) => ({ scale: { deployment, replicas: count } })),
    ...Object.entries(env).flatMap(([deployment, values]) =>
      Object.entries(values).map(([name, value]) => ({
        env: { deployment, name: name as 'APP_VERSION' | 'FIREWALL', value },
      })),
    ),
    ...Object.entries(services).map(([name, present]) => ({ service: { name, present } })),
  ];
}

/** Of the step's checks, or its call; else the last call before it. */
function callsOf(steps: readonly Step[]): NamedCall[] {
  const last = steps.at(-1);
  if (last?.kind === 'fix') return last.checks.map(({ id, title, call }) => ({ name: id, title, call }));
  const calls = steps.flatMap(step =>
    'call' in step ? [{ name: step.id, title: step.title, call: step.call }] : [],
  );
  return calls.slice(-1);
}
