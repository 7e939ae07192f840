/**
 * The world that a command in a second terminal is about: while an exam is taken, that of its open question; else the
 * lessons' own.
 */
import { existsSync } from 'node:fs';
import { type ExamState, readExam } from '../../exam/exam-state.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import { UserError } from '../../shared/errors.ts';
import { isHeldNow } from '../../shared/lock.ts';
import { paths } from '../../shared/paths.ts';
import { examNames } from '../../world/exam-world.ts';
import { examOptions } from '../actions/exam/options.ts';
import type { GlobalOptions } from '../globals.ts';
import { openCluster, openRunningCluster } from './cluster.ts';
import { drillsOf } from './exam-drills.ts';

/** For the commands that send or follow a call. */
export interface QuestionFlags extends GlobalOptions {
  /** The number of a question of the exam, as it was typed. */
  readonly question?: string | undefined;
}

export interface AskedWorld extends WorldSite {
  /** As the last line of an output says it: 'sandbox', 'sandbox, question 3 (exam-3)'. */
  readonly from: string;
  /** Whether a namespace is another question's, which on a cluster for each would not be there at all. */
  readonly isOthers: (namespace: string) => boolean;
}

/** Throws a UserError for a question that there is not, and while an exam is taken and none of its questions is open. */
export async function openAskedWorld(options: QuestionFlags): Promise<AskedWorld> {
  const asked = await askedQuestion(options);
  if (asked === null) {
    const site = await openRunningCluster(options);
    return { ...site, from: site.cluster.name, isOthers: () => false };
  }
  const { exam, number } = asked;
  const { cluster, names: base } = await openCluster(examOptions(exam, options));
  const drill = (await drillsOf(exam))[number - 1];
  const names = examNames(base, number, drill?.changesServers === true);
  const others = exam.questions.filter(each => each.number !== number);
  const theirs = others.map(each => examNames(base, each.number, true));
  return {
    ...{ cluster, names, from: `${cluster.name}, question ${number} (${names.mesh})` },
    isOthers: namespace =>
      theirs.some(
        ({ mesh, outside }) => [mesh, outside].includes(namespace) || namespace.startsWith(`${mesh}-`),
      ),
  };
}

/** The exam that a running istio-tutor of this data folder is in the middle of. What is wrong with its file is its own to say. */
async function examBeingTaken({ state }: Pick<GlobalOptions, 'state'>): Promise<ExamState | null> {
  const place = paths(state);
  if (!(await isHeldNow(place.lock))) return null;
  const exam = await readExam(place.exam).catch(() => null);
  return exam?.ended === undefined && exam?.report === undefined ? exam : null;
}

/** The file for kubectl while an exam is taken: its default namespace is the open question's. Null: none is taken here. */
export async function examKubeconfig(options: GlobalOptions): Promise<string | null> {
  const exam = await examBeingTaken(options);
  const path = paths(options.state).kubeconfig('exam');
  return exam === null || isElsewhere(exam, options) || !existsSync(path) ? null : path;
}

interface AskedQuestion {
  readonly exam: ExamState;
  readonly number: number;
}

async function askedQuestion(options: QuestionFlags): Promise<AskedQuestion | null> {
  const { question } = options;
  const exam = await examBeingTaken(options);
  if (question === undefined) {
    if (exam === null || isElsewhere(exam, options)) return null;
    if (exam.at === null) throw noneOpen(exam);
    return { exam, number: exam.at };
  }
  if (exam === null) {
    throw new UserError({
      what: `There is no question ${question}: no exam is being taken.`,
      why: 'The worlds of its questions are there while its program runs.',
      next: ['istio-tutor exam   in another terminal', 'leave --question out'],
    });
  }
  const number = Number(question);
  if (exam.questions.some(each => each.number === number)) return { exam, number };
  throw new UserError({
    what: `The exam has no question ${question}.`,
    why: `Its questions are 1 to ${exam.questions.length}.`,
    next: ['--question 1', 'leave --question out: it is the open one'],
  });
}

/** Whoever names another cluster or world means that one. */
function isElsewhere(exam: ExamState, options: QuestionFlags): boolean {
  return (['on', 'name', 'learner', 'prefix'] as const).some(
    flag => options[flag] !== undefined && options[flag] !== exam[flag],
  );
}

function noneOpen({ questions }: ExamState): UserError {
  return new UserError({
    what: 'An exam is being taken, and none of its questions is open.',
    why: 'Each has a client of its own.',
    next: [`--question 1   is the first of ${questions.length}`, 'open one in the exam'],
  });
}
