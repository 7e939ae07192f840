/**
 * Regular expressions within a bounded time. RE2 needs steps of the program times letters of the text, and a table of
 * routes can ask for that a thousand times: whatever exceeds a few milliseconds goes to another thread. The matchers
 * stay plain functions: a look that meets an expensive question takes "no" as the answer for now, and is repeated when
 * the answers are there.
 */
import { answerRegex, costOf, type RegexAnswer, type RegexQuestion } from './regex-question.ts';
import { askThread } from './regex-thread.ts';

/** Steps times letters that one look may cost on this thread: some ten milliseconds at worst. */
const HERE = 400_000;
/** How many questions go to the thread together; most of what a look could ask would be asked in vain. */
const TOGETHER = 100;

/** By text, then by question: a long text is not copied for each question. */
type Known = Map<string, Map<string, RegexAnswer>>;

interface Look {
  readonly known: Known;
  spent: number;
  asked: RegexQuestion[];
}

let look: Look | null = null;

/** Whether the whole of `text` matches. A pattern that Envoy would refuse matches nothing: Envoy never gets one. */
export function matchesRegex(regex: string, text: string): boolean {
  return ask({ kind: 'match', regex, text }, false) === true;
}

/** RE2::GlobalReplace. */
export function replaceRegex(regex: string, text: string, by: string): string {
  return String(ask({ kind: 'replace', regex, text, by }, text));
}

/** Which of `texts`, each one line, contain a match; null: Envoy does not accept the expression. */
export function searchRegex(regex: string, texts: readonly string[]): readonly boolean[] | null {
  const found = ask({ kind: 'search', regex, text: texts.join('\n') }, []);
  return Array.isArray(found) ? found : null;
}

/**
 * Calls `done` with what `looking` returns, at once if that is cheap. `looking` may be called several times, so it must
 * not change anything. Returns a function that cancels: `done` is then not called.
 */
export function afterRegexes<T>(looking: () => T, done: (seen: T) => void): () => void {
  const known: Known = new Map();
  let ended = false;
  let takeBack = () => {};
  let spent = 0;
  const go = (): void => {
    if (ended) return;
    const mine: Look = { known, spent, asked: [] };
    const outer = look;
    look = mine;
    let seen: T;
    try {
      seen = looking();
    } finally {
      look = outer;
    }
    spent = mine.spent;
    if (mine.asked.length === 0) {
      done(seen);
      return;
    }
    takeBack = askThread(mine.asked, answers => {
      mine.asked.forEach((question, index) => {
        const answer = answers[index] ?? unanswered(question);
        note(known, question, answer);
        remember(question, answer);
      });
      go();
    });
  };
  go();
  return () => {
    ended = true;
    takeBack();
  };
}

/** The same, as a promise. */
export function withRegexes<T>(looking: () => T): Promise<T> {
  const held = () => {
    try {
      const seen = looking();
      return () => seen;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  };
  return new Promise<() => T>(resolve => {
    afterRegexes(held, resolve);
  }).then(seen => seen());
}

function ask(question: RegexQuestion, forNow: RegexAnswer): RegexAnswer {
  const known = recall(look?.known, question) ?? recall(remembered, question);
  if (known !== undefined) return known;
  if (look === null) return answerRegex(question);
  const cost = costOf(question);
  if (look.spent + cost > HERE) {
    const again = look.asked.some(one => one.text === question.text && keyOf(one) === keyOf(question));
    if (!again && look.asked.length < TOGETHER) look.asked.push(question);
    return forNow;
  }
  look.spent += cost;
  const answer = answerRegex(question);
  note(look.known, question, answer);
  return answer;
}

/** As for a pattern that Envoy does not accept: it matches nothing. */
const unanswered = ({ kind, text }: RegexQuestion): RegexAnswer =>
  kind === 'match' ? false : kind === 'replace' ? text : null;

/** The thread's recent answers: a request that was routed is asked about again when it is forwarded or traced. */
const remembered: Known = new Map();
const MAX_REMEMBERED = 16;
const MAX_REMEMBERED_OF_TEXT = 64;

function remember(question: RegexQuestion, answer: RegexAnswer): void {
  keepNewest(note(remembered, question, answer), MAX_REMEMBERED_OF_TEXT);
  keepNewest(remembered, MAX_REMEMBERED);
}

function keepNewest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) break;
    map.delete(oldest);
  }
}

function note(known: Known, question: RegexQuestion, answer: RegexAnswer): Map<string, RegexAnswer> {
  const ofText = known.get(question.text) ?? new Map<string, RegexAnswer>();
  ofText.set(keyOf(question), answer);
  // Moved to the end, as the newest.
  known.delete(question.text);
  known.set(question.text, ofText);
  return ofText;
}

function recall(known: Known | undefined, question: RegexQuestion): RegexAnswer | undefined {
  return known?.get(question.text)?.get(keyOf(question));
}

function keyOf(question: RegexQuestion): string {
  return question.kind === 'replace'
    ? `${question.kind} ${question.by}\n${question.regex}`
    : `${question.kind} ${question.regex}`;
}
