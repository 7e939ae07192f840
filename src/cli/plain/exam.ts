/** An exam line by line: for a screen reader, a terminal without screens, or a pipe. */
import { createInterface } from 'node:readline';
import type { Exam, ExamSnapshot } from '../../exam/exam.ts';
import { clockText } from '../../exam/exam-clock.ts';
import {
  leftText,
  nextQuestion,
  questionText,
  questionTitle,
  unreadableText,
} from '../../exam/question-text.ts';
import { reportMarkdown } from '../../exam/report-markdown.ts';
import type { Engine } from '../../lesson/state.ts';
import { tilde } from '../../shared/paths.ts';
import { shellWord } from '../../shared/shell.ts';
import type { GlobalOptions } from '../globals.ts';
import { wrapHelp } from '../help-text.ts';
import { stdout } from '../print/out.ts';
import { plainColumns } from '../print/plain-columns.ts';
import { interruptSignal } from '../process/interrupt.ts';
import { obey } from './converse.ts';
import { Teller } from './teller.ts';

const KEYS = `  NUMBER  open that question      enter   apply your files
  n       the next question       c ARGS  send a call: c -I http://catalog/
  f       flag the question       l       the sidecar's log
  list    all questions           r       the question as it began
  time    what is left            d       what your files would change
  end     end the exam: asks      y       why the last call went there
  pause, resume
  q       stop the clock and quit; the same command goes on`;

/** The keys of a lesson that a question takes; `?` lists them. */
const OF_A_QUESTION = new Set(['', 'a', 'c', 'd', 'l', 'p', 'r', 'u', 'y']);

/** `notes` is the path of the candidate's notepad. */
export async function examPlain(exam: Exam, options: GlobalOptions, notes: string): Promise<void> {
  const write = (text: string) => stdout.write(`${text}\n`);
  const remark = (text: string) => write(wrapHelp(text, plainColumns(), 2).join('\n'));
  const signal = interruptSignal();
  const lines = createInterface({ input: process.stdin, terminal: false });
  const tellers = new Map<Engine, Teller>();
  let notice: string | null = null;
  const told = new Map<number, string | undefined>();
  const stopListening = exam.subscribe(() => {
    const now = exam.getSnapshot();
    if (now.notice !== null && now.notice !== notice) remark(now.notice);
    notice = now.notice;
    for (const { number, unreadable } of now.questions) {
      if (unreadable !== undefined && unreadable.what !== told.get(number))
        remark(`Question ${number}: ${unreadableText(unreadable)}`);
      told.set(number, unreadable?.what);
    }
    if (now.phase === 'ended') lines.close();
  });
  const stop = () => lines.close();
  signal.addEventListener('abort', stop);
  const open = async (number: number) => {
    const { questions } = exam.getSnapshot();
    const question = questions.find(each => each.number === number);
    if (question === undefined) return write(`The questions are 1 to ${questions.length}.`);
    await exam.open(number);
    if (question.ready !== 'ready')
      return write(`Question ${number} is ${questionText(question)}; the clock stands.`);
    const engine = await exam.engine(number);
    if (!tellers.has(engine)) {
      const look = {
        ...options,
        columns: plainColumns(),
        write: (text: string) => stdout.write(text),
      };
      tellers.set(engine, new Teller(engine, look, true));
    }
    // A line for the shell stays in one piece, however long: it is there to be copied.
    for (const each of taskLines(engine, number)) (each.startsWith('kubectl  ') ? write : remark)(each);
  };
  const commands: Readonly<Record<string, () => unknown>> = {
    list: () => write(listText(exam.getSnapshot())),
    time: () => write(`${clockText(exam.getSnapshot().left)} left`),
    pause: () => exam.pause(),
    resume: () => exam.resume(),
    end: () => {
      const left = leftText(exam.getSnapshot());
      write(`This ends the exam and grades it${left === '' ? '' : `; ${left}`}. Type: end yes`);
    },
    'end yes': async () => {
      write('Grading every question on what is in effect now ...');
      await exam.end();
    },
    f: () => withOpen(exam, write, number => exam.flag(number)),
    n: () => open(nextQuestion(exam.getSnapshot())),
    '?': () => write(KEYS),
  };
  try {
    write(listText(exam.getSnapshot()));
    write(KEYS);
    write(`  Notes, which are never graded: ${tilde(notes)}`);
    for await (const raw of lines) {
      const line = raw.trim();
      if (line === 'q') break;
      if (/^\d+$/.test(line)) await open(Number(line));
      else if (commands[line]) await commands[line]();
      else await obeyOpen(exam, tellers, line, write);
      if (exam.getSnapshot().phase === 'ended') break;
    }
    const { report } = exam.getSnapshot();
    if (report !== null) write(reportMarkdown(report));
  } finally {
    stopListening();
    signal.removeEventListener('abort', stop);
    lines.close();
  }
}

async function obeyOpen(
  exam: Exam,
  tellers: ReadonlyMap<Engine, Teller>,
  line: string,
  write: (text: string) => void,
): Promise<void> {
  const { at, phase } = exam.getSnapshot();
  if (phase === 'paused') return write('The exam is paused: resume goes on.');
  if (at === null) return write(KEYS);
  const engine = await exam.engine(at);
  const teller = tellers.get(engine);
  const [word = ''] = line.split(/\s+/);
  if (['h', 's'].includes(word)) return write('An exam has no hints and no solutions.');
  if (teller === undefined || !OF_A_QUESTION.has(word)) return write(KEYS);
  await obey(engine, teller, line);
}

function withOpen(exam: Exam, write: (text: string) => void, work: (number: number) => void): void {
  const { at } = exam.getSnapshot();
  if (at === null) write('No question is open: its number opens it.');
  else work(at);
}

function taskLines(engine: Engine, number: number): string[] {
  const { lesson, namespaces, kubeconfig, folder } = engine.getSnapshot();
  const step = lesson?.steps[0];
  const task = step?.kind === 'fix' ? step.task : '';
  return [
    '',
    `Question ${number}: ${lesson?.title}   namespace ${namespaces.mesh}`,
    '',
    ...task.split('\n'),
    '',
    `Files    ${folder}`,
    `kubectl  export KUBECONFIG=${shellWord(kubeconfig ?? '')}`,
  ];
}

function listText({ questions, left, state }: ExamSnapshot): string {
  const rows = questions.map(each => {
    const { number, drill, flagged } = each;
    const facts = `${drill.domain.padEnd(11)}${String(drill.points).padStart(2)} points`;
    return ` ${flagged ? '!' : ' '} ${String(number).padStart(2)}  ${questionTitle(drill, state.training).padEnd(44)} ${facts}  ${questionText(each)}`;
  });
  const head = `Exam ${state.id}, seed ${state.seed}: ${questions.length} questions, ${clockText(left)} left, ${state.passMark} % pass`;
  return [head, '', ...rows, ''].join('\n');
}
