/** What came of a check, as lines of text and for --json. */
import { join } from 'node:path';
import type { Finding } from '../../author/lint-prose.ts';
import { countsOf as mutantCounts, scoreOf } from '../../author/mutation.ts';
import type { Proof } from '../../author/prove.ts';
import type { Lesson } from '../../course/course.ts';
import { placeText } from '../../lesson/refusal.ts';
import { tilde } from '../../shared/paths.ts';
import { amount } from '../../shared/texts.ts';
import type { GlobalOptions } from '../globals.ts';
import { mutationLines, scoreWords, together } from './mutation-lines.ts';
import { paint, signs } from './paint.ts';

interface Counts {
  readonly lessons: number;
  readonly drills: number;
  readonly steps: number;
  readonly checks: number;
  /** Right ones: solutions and alternatives. */
  readonly answers: number;
  readonly nearMisses: number;
  readonly symptoms: number;
}

export function countsOf(lessons: readonly Lesson[], proofs: readonly Proof[]): Counts {
  const sum = (of: (proof: Proof) => number) => proofs.reduce((total, proof) => total + of(proof), 0);
  return {
    lessons: lessons.filter(each => each.drill === undefined).length,
    drills: lessons.filter(each => each.drill !== undefined).length,
    steps: sum(each => each.counts.steps),
    checks: sum(each => each.counts.checks),
    answers: sum(each => each.counts.fixes + each.counts.alternatives),
    nearMisses: sum(each => each.counts.nearMisses),
    symptoms: sum(each => each.counts.symptoms),
  };
}

function sign(ok: boolean, options: GlobalOptions): string {
  return ok ? paint(options, 'green', signs(options).good) : paint(options, 'red', signs(options).bad);
}

export function findingLine(
  { file, line, what }: Finding,
  options: GlobalOptions,
  weight: 'finding' | 'advice' = 'finding',
): string {
  const mark = weight === 'advice' ? paint(options, 'yellow', '!') : sign(false, options);
  return `${mark} ${file}${line > 0 ? `:${line}` : ''}  ${what}`;
}

export function closing(
  all: {
    ok: boolean;
    bad: number;
    seconds: number;
    provider: string | null;
    counts: Counts;
    findings: number;
    proofs: readonly Proof[];
  },
  options: GlobalOptions,
): string {
  const { counts, bad, findings, provider, seconds } = all;
  const what = [
    ...(counts.lessons > 0 ? [amount(counts.lessons, 'lesson')] : []),
    ...(counts.drills > 0 || counts.lessons === 0 ? [amount(counts.drills, 'drill')] : []),
  ].join(', ');
  if (provider === null) {
    return `\n${sign(all.ok, options)} ${what} read; ${findings === 0 ? 'prose and manifests hold' : amount(findings, 'finding')}.\n`;
  }
  const proven = `${counts.checks} checks, ${counts.answers} answers and ${counts.nearMisses} near-misses on ${provider}`;
  const verdict = all.ok
    ? 'all as they must be'
    : `${bad} do not hold${findings > 0 ? `, ${amount(findings, 'finding')} in the prose` : ''}`;
  const mutations = all.proofs.flatMap(each => each.mutation ?? []);
  const mutants = mutations.length < 2 ? '' : `  ${scoreWords(together(mutations))}\n`;
  return `\n${sign(all.ok, options)} ${what}: ${proven}, ${verdict}. ${seconds} s\n${mutants}`;
}

/** So many of the mutants that matter must be caught. */
const MUST_CATCH = 0.95;

export function holds({ failures, mutation }: Proof): boolean {
  return failures.length === 0 && (mutation === undefined || scoreOf(mutation) >= MUST_CATCH);
}

export function itemOf(proof: Proof) {
  const { of, counts, seconds, failures, refused, mutation } = proof;
  return {
    id: of.id,
    kind: of.drill === undefined ? 'lesson' : 'drill',
    title: of.title,
    ok: holds(proof),
    seconds: Math.round(seconds * 10) / 10,
    counts,
    failures: failures.map(({ lesson: _, ...failure }) => failure),
    refused,
    mutation: mutation && { score: scoreOf(mutation), ...mutantCounts(mutation), ...mutation },
  };
}

export function proofLines(proof: Proof, options: GlobalOptions): string {
  const { of, counts, seconds, failures, refused, mutation } = proof;
  const kind = of.drill === undefined ? 'lesson' : 'drill';
  const name = of.number === 0 ? `${kind} ${of.id}` : `${kind} ${of.number}  ${of.id}`;
  const answers = counts.fixes + counts.alternatives;
  const size = `${counts.checks} checks, ${answers} answers, ${counts.nearMisses} near-misses`;
  const place = (at: { file?: string | undefined; line?: number | undefined }) =>
    at.file === undefined
      ? []
      : [`      in       ${placeText({ ...at, file: tilde(join(of.folder, at.file)) })}`];
  const lines = failures.flatMap(({ step, what, expected, found, ...at }) => [
    `    ${step}: ${what}`,
    `      expected ${expected}`,
    `      found    ${found}`,
    ...place(at),
  ]);
  const caught = refused.flatMap(({ step, what, message, ...at }) => [
    `    ${step}: the API itself catches the near-miss ${at.file}`,
    `      ${what} refused: ${message}`,
    ...place(at),
  ]);
  const ofMutants = mutation === undefined ? [] : mutationLines(mutation, options);
  const head = `${sign(holds(proof), options)} ${name.padEnd(34)} ${size.padEnd(40)} ${seconds.toFixed(0).padStart(4)} s`;
  return `${[head, ...lines, ...caught, ...ofMutants].join('\n')}\n`;
}
