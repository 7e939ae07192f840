/** The thread that runs what would hold up the screens and the API: questions come in, their answers go out. */
import { parentPort } from 'node:worker_threads';
import { answerRegex, type RegexQuestion } from './regex-question.ts';

parentPort?.on('message', (questions: readonly RegexQuestion[]) => {
  parentPort?.postMessage(questions.map(answerRegex));
});
