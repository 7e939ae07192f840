/**
 * The thread of regular expressions, started when it is first needed. It answers one job after the other, as one of
 * Envoy's workers would; a caller that no longer waits withdraws its job, and if the thread is working on it, the
 * thread is ended too.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { RegexAnswer, RegexQuestion } from './regex-question.ts';

interface Job {
  readonly questions: readonly RegexQuestion[];
  /** Called without answers if the questions have killed the thread: it may not have enough memory for them. */
  readonly done: (answers: readonly RegexAnswer[]) => void;
}

const waiting: Job[] = [];
let current: Job | null = null;
let thread: Worker | null = null;

/** Returns a function that withdraws the questions. */
export function askThread(questions: readonly RegexQuestion[], done: Job['done']): () => void {
  const job = { questions, done };
  waiting.push(job);
  next();
  return () => {
    const place = waiting.indexOf(job);
    if (place !== -1) waiting.splice(place, 1);
    if (current !== job) return;
    void thread?.terminate();
    thread = current = null;
    next();
  };
}

function next(): void {
  // An idle thread does not keep the process alive; a working one does.
  thread?.unref();
  if (current !== null) thread?.ref();
  if (current !== null || waiting.length === 0) return;
  current = waiting.shift() ?? null;
  thread ??= startThread();
  thread.ref();
  thread.postMessage(current?.questions);
}

function startThread(): Worker {
  const started = new Worker(...workerFile());
  const answered = (answers: readonly RegexAnswer[]) => {
    const job = current;
    current = null;
    next();
    job?.done(answers);
  };
  started.on('message', (answers: readonly RegexAnswer[]) => {
    if (thread === started) answered(answers);
  });
  started.on('error', () => {
    if (thread !== started) return;
    thread = null;
    answered([]);
  });
  return started;
}

/**
 * In dist/ a file of its own, above the chunks; in the sources the one beside this file, which Node cannot load by
 * itself.
 */
function workerFile(): ConstructorParameters<typeof Worker> {
  const here = import.meta.url;
  if (!here.endsWith('.ts'))
    return [new URL(here.includes('/chunks/') ? '../regex-worker.js' : './regex-worker.js', here)];
  const reader = createRequire(here).resolve('tsx/cjs/api');
  const script = `require(${JSON.stringify(reader)}).require('./regex-worker.ts', ${JSON.stringify(here)})`;
  return [script, { eval: true, execArgv: [] }];
}
