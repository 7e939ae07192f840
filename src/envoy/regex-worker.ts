/** The thread for regular expressions that would hold up the screens and the API: questions come in, answers go out. */
import { parentPort } from 'node:worker_threads';
import { answerRegex, type RegexQuestion } from './regex-question.ts';

parentPort?.on('message', (questions: readonly RegexQuestion[]) => {
  parentPort?.postMessage(questions.map(answerRegex));
});
