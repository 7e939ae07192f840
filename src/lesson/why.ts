/** Why the last call of the open step goes where it goes, with the places in the learner's files that decided it. */
import { basename } from 'node:path';
import type { Change, Step } from '../course/schema.ts';
import type { CallWhy } from '../probe/why-call.ts';
import type { Decider, WhyStep } from '../probe/why-steps.ts';
import { UserError } from '../shared/errors.ts';
import { type Origin, originOf, type ReadFile, readWritten, type Written } from './decided-in.ts';
import type { Core } from './engine-core.ts';
import type { Mesh } from './mesh.ts';
import type { LessonSnapshot } from './state.ts';
import { baseName } from './state-of.ts';

export interface Why extends Omit<CallWhy, 'steps'> {
  /** curl's arguments. */
  readonly argv: readonly string[];
  /** The further client that called, by its short name; undefined: the client in mesh-network. */
  readonly from: string | undefined;
  readonly steps: readonly DecidedStep[];
}

export interface DecidedStep extends Omit<WhyStep, 'by'> {
  readonly by: readonly Decision[];
}

export interface Decision {
  /** 'VirtualService api in mesh-network'. */
  readonly object: string;
  /** 'spec.http[0].match[1]'. */
  readonly field: string;
  readonly origin: Origin;
}

/** Throws UserError where no call was made on this step; ToolError when the cluster is out of reach. */
export async function whyOfStep(core: Core, mesh: Mesh | null): Promise<Why> {
  const { snapshot } = core;
  const { lesson, namespaces } = snapshot;
  const call = callOf(snapshot);
  if (lesson === null || call === null) {
    throw new UserError({
      what: 'No call was made on this step yet, so there is nothing to explain.',
      next: ['c   makes a call of your own'],
    });
  }
  if (mesh === null) {
    throw new UserError({ what: 'There is no cluster to ask.', next: ['u   brings one up'] });
  }
  const { steps, ...rest } = await mesh.why(call.argv, undefined, call.from);
  const folder = basename(lesson.folder);
  const written = filesOf(snapshot, lesson.exam ? {} : await textsIn(core, folder));
  const files = written.map(each => readWritten(each, namespaces.mesh));
  const decided = steps.map(step => ({ ...step, by: step.by.map(each => decision(each, files)) }));
  await putGiven(core, folder, decided);
  return { ...call, ...rest, steps: decided };
}

/** The lesson's own manifests of earlier steps may not lie in the learner's folder yet: now they can be opened. */
async function putGiven(core: Core, folder: string, steps: readonly DecidedStep[]): Promise<void> {
  const named = steps.flatMap(({ by }) =>
    by.flatMap(({ origin }) => (origin.kind === 'file' && !origin.written.own ? [origin] : [])),
  );
  const texts = named
    .filter(({ place }) => place.file.startsWith(GIVEN))
    .map(({ place, written }) => [baseName(place.file), written.text] as const);
  if (texts.length === 0) return;
  const kept = await core.deps.workspace.putGiven(folder, Object.fromEntries(texts));
  if (kept.length > 0) core.remark(`Your earlier version is kept as ${kept.join(', ')}.`);
}

const GIVEN = 'manifests/';

function decision(decider: Decider, files: readonly ReadFile[]): Decision {
  const { kind, name, namespace: where, field } = decider;
  return { object: `${kind} ${name} in ${where}`, field, origin: originOf(decider, files) };
}

async function textsIn({ deps }: Core, folder: string): Promise<Readonly<Record<string, string>>> {
  const files = await deps.workspace.read(folder);
  return Object.fromEntries(Object.entries(files).map(([name, { text }]) => [name, text]));
}

/**
 * The call that was made last on this step; where something is to be put right also that of the first check that
 * fails. The calls of an exam's checks are not for the candidate.
 */
function callOf({ lesson, at, steps }: LessonSnapshot): Pick<Why, 'argv' | 'from'> | null {
  const step = lesson?.steps[at];
  const state = steps[step?.id ?? ''];
  if (state?.probe !== undefined) return { argv: state.probe.argv, from: state.probe.from };
  if (step?.kind !== 'fix' || lesson?.exam !== undefined) return null;
  const failed = state?.checks?.find(each => each.verdict.state === 'failed');
  const call = step.checks.find(each => each.id === failed?.id)?.call;
  return call === undefined ? null : { argv: call.curl, from: call.from };
}

/**
 * This step's files, then those in the learner's folder (`folder`: by name), then what the lesson put there on the way
 * here, the last first. Of an exam's question only what its world began with, for which there is no file.
 */
function filesOf(snapshot: LessonSnapshot, folder: Readonly<Record<string, string>>): Written[] {
  const { lesson, at, files } = snapshot;
  if (lesson === null) return [];
  const text = (path: string) => lesson.files[path] ?? '';
  const open = lesson.steps[at];
  const under = open?.kind === 'apply' ? GIVEN : '';
  const own = Object.entries(files).map(([name, each]) => ({ file: under + name, text: each, own: true }));
  const started = applied(lesson.start);
  if (lesson.exam !== undefined)
    return [...own, ...started.map(path => ({ file: null, text: text(path), own: false }))];
  const theirs = Object.entries(folder)
    .filter(([name]) => !own.some(each => each.file === name))
    .map(([name, each]) => ({ file: name, text: each, own: false }));
  const before = lesson.steps.slice(0, at).reverse();
  const shown = [...before.flatMap(shownIn), ...started].map(path => ({
    ...{ file: GIVEN + baseName(path), text: text(path), own: false },
  }));
  const solved = before.flatMap(step => (step.kind === 'fix' ? step.solution : []));
  return [...own, ...theirs, ...shown, ...solved.map(path => ({ file: null, text: text(path), own: false }))];
}

const shownIn = (step: Step) => (step.kind === 'apply' ? applied(step.changes) : []);
const applied = (changes: readonly Change[]) =>
  changes.flatMap(change => ('apply' in change ? [change.apply] : []));
