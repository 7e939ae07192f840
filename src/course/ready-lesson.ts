/** A lesson as this learner meets it: addresses put in, and the learner's own namespaces. Pure. */
import type { WorldNames } from '../world/names.ts';
import type { Lesson } from './course.ts';
import { fill, fillAll, fillKnown, ownNamespace, withNamespaces } from './manifest.ts';
import type { Call, Change, Step } from './schema.ts';

/**
 * The lesson with its manifests, texts, calls and expectations for this world: nothing looks for placeholders after
 * this. Without a cluster there are no addresses yet: `placeholders` is null, and what names one keeps its placeholder.
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
  const words = (text: string) => fillKnown(text, known);
  const call = (each: Call): Call => ({ ...each, curl: each.curl.map(words) });
  const steps = lesson.steps.map((step): Step => {
    switch (step.kind) {
      case 'apply':
        return { ...step, changes: step.changes.map(change) };
      case 'predict':
        return {
          ...step,
          ...{ call: call(step.call), options: fillAll(step.options, known) },
          ...(step.again === undefined ? {} : { again: fillAll(step.again, known) }),
        };
      case 'probe':
        return { ...step, call: call(step.call), expect: fillAll(step.expect, known) };
      case 'fix': {
        const checks = step.checks.map(check => ({
          ...check,
          title: words(check.title),
          call: call(check.call),
          expect: fillAll(check.expect, known),
        }));
        return { ...step, task: words(step.task), checks, hints: step.hints.map(words) };
      }
      default:
        return step;
    }
  });
  const prose = fillAll(lesson.prose, known);
  const playground = lesson.playground && {
    ...lesson.playground,
    calls: lesson.playground.calls.map(each => ({ ...each, call: call(each.call) })),
  };
  return {
    ...lesson,
    ...(playground && { playground }),
    files,
    start: lesson.start.map(change),
    steps,
    prose,
  };
}
