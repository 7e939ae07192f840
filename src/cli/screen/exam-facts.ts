/** What the list says of exams: the terms of a new one, the one that is under way, and what came of the last. */
import { type ExamState, readExam } from '../../exam/exam-state.ts';
import { type HistoryEntry, readHistory, weakDomains } from '../../exam/history.ts';
import { asTutorError } from '../../shared/errors.ts';
import { paths } from '../../shared/paths.ts';
import type { ExamFacts } from '../../tui/screens/list/exam-tab.ts';
import { TERMS } from '../actions/exam/options.ts';
import type { GlobalOptions } from '../globals.ts';

/** Never throws: what cannot be read is told. */
export async function examFacts({ state }: Pick<GlobalOptions, 'state'>): Promise<ExamFacts> {
  const place = paths(state);
  const troubles: string[] = [];
  const attempt = async <T>(read: Promise<T>): Promise<T | null> => {
    try {
      return await read;
    } catch (error) {
      const { what, why = '' } = asTutorError(error).problem;
      troubles.push(`${what} ${why}`.trim());
      return null;
    }
  };
  const [exam, history] = [await attempt(readExam(place.exam)), await attempt(readHistory(place.history))];
  const last = history?.at(-1);
  return {
    terms: TERMS,
    underWay: exam === null || exam.report !== undefined ? null : underWay(exam),
    last: last === undefined ? null : lastOf(last),
    trouble: troubles.length === 0 ? null : troubles.join(' '),
  };
}

function underWay({ questions, minutes, worked, ended }: ExamState): NonNullable<ExamFacts['underWay']> {
  const minutesLeft = Math.max(0, Math.ceil(minutes - worked / 60_000));
  return { questions: questions.length, minutesLeft, over: ended !== undefined };
}

function lastOf(entry: HistoryEntry): NonNullable<ExamFacts['last']> {
  const { ended, percent, passed } = entry;
  const [weakest] = weakDomains([entry]).filter(each => each.points < each.of);
  return { date: ended.slice(0, 10), percent, passed, weakest: weakest?.domain ?? null };
}
