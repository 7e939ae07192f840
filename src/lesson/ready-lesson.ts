/** A lesson as this learner meets it: addresses put in, and the learner's own namespaces. Pure. */
import type { WorldNames } from '../world/names.ts';
import type { Lesson } from './course.ts';
import { fill, fillAll, fillKnown, ownNamespace, withNamespaces } from './manifest.ts';
import type { Change, Step } from './schema.ts';

/**
 * The lesson with its manifests and texts for this world. Calls and expectations keep their placeholders; they
 * are put in when a call is sent. Without a cluster there are no addresses yet, and `placeholders` has none.
 */
export function readyLesson(
  lesson: Lesson,
  names: WorldNames,
  placeholders: Readonly<Record<string, string>> | null,
): Lesson {
  const known = placeholders ?? { mesh: names.mesh, outside: names.outside };
  const files = Object.fromEntries(
    Object.entries(lesson.files).map(([path, text]) => {
      const own = withNamespaces(text, names);
      return [path, placeholders === null ? own : fill(own, known)];
    }),
  );
  const change = (each: Change): Change => {
    if (!('remove' in each) || each.remove.namespace === undefined) return each;
    return { remove: { ...each.remove, namespace: ownNamespace(each.remove.namespace, names) } };
  };
  const steps = lesson.steps.map((step): Step => {
    if (step.kind === 'apply') return { ...step, changes: step.changes.map(change) };
    if (step.kind !== 'fix') return step;
    const words = (text: string) => fillKnown(text, known);
    const checks = step.checks.map(check => ({ ...check, title: words(check.title) }));
    return { ...step, task: words(step.task), checks, hints: step.hints.map(words) };
  });
  return { ...lesson, files, start: lesson.start.map(change), steps };
}

/** A call's arguments for reading and for a kubectl line. */
export function readableArgs(
  argv: readonly string[],
  names: WorldNames,
  placeholders: Readonly<Record<string, string>> | null,
): readonly string[] {
  if (placeholders !== null) return fillAll(argv, placeholders);
  return argv.map(arg => fillKnown(arg, { mesh: names.mesh, outside: names.outside }));
}
