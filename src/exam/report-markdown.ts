/** The report of an exam as Markdown: for a person, on a screen, in a file, in a merge request. Pure. */
import { createTwoFilesPatch } from 'diff';
import { minuteText } from '../shared/minute-text.ts';
import { codeBlock, safeMarkdown } from '../shared/safe-markdown.ts';
import { amount } from '../shared/texts.ts';
import { percentOf, WEIGHTS, weightedPercent } from './domain-weights.ts';
import { clockText } from './exam-clock.ts';
import type { CheckReport, ExamReport, Pause, QuestionReport } from './report-schema.ts';

export function reportMarkdown(report: ExamReport): string {
  const { questions, domains, pauses } = report;
  const lines = [
    `# Exam ${report.id}: ${verdictText(report)}`,
    '',
    ...factLines(report).map(text => `- ${text}`),
    '',
    '| domain | points | percent | weight |',
    '| --- | --- | --- | --- |',
    ...domains.map(
      each =>
        `| ${each.domain} | ${each.points} of ${each.of} | ${percentOf(each)} % | ${WEIGHTS[each.domain]} % |`,
    ),
    '',
    '| # | question | domain | level | points | time |',
    '| --- | --- | --- | --- | --- | --- |',
    ...questions.map(
      q =>
        `| ${q.number} | ${q.title} | ${q.domain} | ${q.level} | ${pointsText(q)} | ${timeText(q.seconds)} |`,
    ),
    ...pauses.flatMap((each, i) => [...(i === 0 ? ['', '## Pauses', ''] : []), `- ${pauseText(each)}`]),
    ...questions.flatMap(questionLines),
    '',
  ];
  return safeMarkdown(lines.join('\n'));
}

/** '82.4 %, 56 of 68 points, passed'; 'not scored yet' where something could not be checked. */
export function verdictText({ percent, passed, passMark, questions }: ExamReport): string {
  if (percent === null) return 'not scored yet';
  const sum = (of: (each: QuestionReport) => number) =>
    questions.reduce((total, each) => total + of(each), 0);
  const points = `${sum(each => each.points ?? 0)} of ${sum(each => each.of)} points`;
  return `${percent} %, ${points}, ${passed ? 'passed' : 'not passed'} (${passMark} % is needed)`;
}

export function factLines(report: ExamReport): string[] {
  const open = report.questions.filter(each => each.points === null).map(each => each.number);
  const weighted = report.percent === null ? null : weightedPercent(report.domains);
  return [
    ...(report.candidate === undefined ? [] : [`Candidate ${report.candidate}`]),
    `${report.questions.length} questions on ${report.provider}, seed ${report.seed}${report.training ? ', training: verdicts were shown' : ''}`,
    `${timeText(report.seconds)} of ${timeText(report.minutes * 60)} used, from ${minuteText(report.started)} to ${minuteText(report.ended)} UTC`,
    ...(weighted === null ? [] : [`${weighted} % with each domain by its weight in the ICA; points decide`]),
    ...(open.length === 0
      ? []
      : [
          `Question${open.length === 1 ? '' : 's'} ${open.join(', ')} could not be checked, which is no score: \`istio-tutor exam --recheck\` tries again`,
        ]),
  ];
}

export function pointsText({ points, of }: Pick<QuestionReport, 'points' | 'of'>): string {
  return points === null ? 'could not be checked' : `${points} of ${of}`;
}

export function timeText(seconds: number): string {
  return clockText(seconds * 1000);
}

const WHY: Readonly<Record<Pause['why'], string>> = {
  asked: 'asked for',
  interrupted: 'the program was not running',
  asleep: 'the machine slept',
  'not-ready': 'a question was not ready',
};

export function pauseText({ at, seconds, why }: Pause): string {
  return `after ${timeText(at)} for ${timeText(seconds)}: ${WHY[why]}`;
}

export function checkText(check: CheckReport): string {
  const { state, title, expected, found, why, points, guard } = check;
  const worth = amount(points, 'point');
  if (state === 'passed') return `${title} (${guard ? `kept, ${worth} not lost` : worth})`;
  if (state === 'failed')
    return `${title}: expected ${expected}, found ${found} (${guard ? `minus ${worth}` : `0 of ${worth}`})`;
  return `${title}: could not check: ${why}`;
}

const SIGN: Readonly<Record<CheckReport['state'], string>> = {
  passed: '✓',
  failed: '✗',
  'could-not-check': '?',
};

function questionLines(question: QuestionReport): string[] {
  const { number, title, drill, checks, explanation } = question;
  const diff = solutionDiff(question);
  return [
    '',
    `## ${number}  ${title}: ${pointsText(question)}`,
    '',
    ...checks.map(check => `- ${SIGN[check.state]} ${checkText(check)}`),
    '',
    ...(explanation === '' ? [] : [safeMarkdown(explanation), '']),
    ...(diff.length === 0
      ? []
      : ['From what was in effect to one answer that works:', '', ...codeBlock(diff, 'diff'), '']),
    `Practise it: \`istio-tutor drill ${drill}\``,
  ];
}

/**
 * The lines of a unified diff from the answer to the solution, object by object; empty when they say the same, and as
 * long as there is no score.
 */
export function solutionDiff({
  points,
  answer,
  solution,
}: Pick<QuestionReport, 'points' | 'answer' | 'solution'>): string[] {
  if (points === null) return [];
  const [mine, right] = [byName(answer), byName(solution)];
  if (mine === right) return [];
  return createTwoFilesPatch('your answer', 'solution', mine, right).trimEnd().split('\n').slice(1);
}

/** The documents of a YAML text in the order of their kinds and names. */
function byName(yaml: string): string {
  const documents = yaml.split(/^---\n/m).filter(each => each.trim() !== '');
  const named = documents.map(text => {
    const line = (key: RegExp) => key.exec(text)?.[1] ?? '';
    return {
      text,
      key: `${line(/^kind: (.*)$/m)} ${line(/^ {2}namespace: (.*)$/m)} ${line(/^ {2}name: (.*)$/m)}`,
    };
  });
  return named
    .sort((a, b) => a.key.localeCompare(b.key))
    .map(each => each.text)
    .join('---\n');
}
