/**
 * What the API would refuse of a lesson's manifests, by Istio's schema and validation as they are built in here: found
 * without a cluster, with file and line. What a lesson wants to be refused, and near-misses, which may be, are left out.
 * Pure.
 */
import { join } from 'node:path';
import type { Lesson } from '../course/course.ts';
import { STAND_INS } from '../course/lab-hosts.ts';
import { fillKnown, type ManifestObject, parseManifest } from '../course/manifest.ts';
import type { Change, Step } from '../course/schema.ts';
import { refusalOf } from '../istio/refusal.ts';
import type { Resource } from '../istio/resource.ts';
import { refusedField } from '../lesson/refusal.ts';
import { tilde } from '../shared/paths.ts';
import type { Finding } from './lint-prose.ts';

export function lintManifests(lesson: Lesson): Finding[] {
  const used = new Set([...appliedBy(lesson.start), ...lesson.steps.flatMap(filesOf)]);
  return [...used].flatMap(path => {
    const name = tilde(join(lesson.folder, path));
    return parseManifest(fillKnown(lesson.files[path] ?? '', STAND_INS), name).flatMap(each => {
      const words = refusalOf(each.object as Resource);
      return words === null ? [] : [{ file: name, line: lineOf(words, each), what: words }];
    });
  });
}

/** The manifests that must be accepted. */
function filesOf(step: Step): readonly string[] {
  if (step.kind === 'apply') return step.effect === 'refused-by-api' ? [] : appliedBy(step.changes);
  if (step.kind !== 'fix') return [];
  return [...step.files, ...step.solution, ...(step.alternatives ?? []).flat()];
}

const appliedBy = (changes: readonly Change[]) =>
  changes.flatMap(each => ('apply' in each ? [each.apply] : []));

function lineOf(words: string, manifest: ManifestObject): number {
  return refusedField(words, manifest).line ?? manifest.line;
}
