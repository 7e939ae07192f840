/**
 * The search, as the lessons' engine and an exam ask for it: its findings are results like those of written checks. What it
 * is made of, a sandbox among it, is loaded when it is first needed.
 */
import type { Cluster } from '../cluster/cluster.ts';
import type { Lesson } from '../course/course.ts';
import { ALSO_TRIED, type AlsoTried } from '../lesson/engine-core.ts';
import type { CheckResult } from '../lesson/state.ts';
import { walk } from '../probe/walk.ts';
import { asTutorError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { shellLine } from '../shared/shell.ts';
import type { WorldNames } from '../world/names.ts';
import type { AnswerWorld, Counterexample } from './search.ts';
import type { Sending } from './send.ts';
import type { Twin } from './twin.ts';

/** Shown at most: the first says enough, and each is one to put right. */
const MOST_SHOWN = 3;

/** One twin, made when it is first needed. */
export interface Searcher {
  /** Begins to make the twin, which takes a moment. */
  ready(): void;
  /** Never throws but for an abort: what cannot be tried is a result that says so. */
  results(
    lesson: Lesson,
    index: number,
    world: AnswerWorld,
    sending: Sending,
  ): Promise<readonly CheckResult[]>;
  close(): Promise<void>;
}

export function openSearcher(): Searcher {
  const closing = new AbortController();
  let twin: Promise<Twin> | null = null;
  const opened = () => {
    twin ??= import('./twin.ts').then(({ openTwin }) => openTwin(closing.signal));
    twin.catch((error: Error) => {
      log('search', error.message);
      twin = null;
    });
    return twin;
  };
  return {
    ready: () => void opened().catch(() => {}),
    async results(lesson, index, world, sending) {
      try {
        const { search } = await import('./search.ts');
        const found = await search(lesson, index, world, await opened(), sending);
        return resultsOf(found.counterexamples);
      } catch (error) {
        sending.signal.throwIfAborted();
        const { what, why = '' } = asTutorError(error).problem;
        return [result(ALSO_TRIED, TITLE, { state: 'could-not-check', why: `${what} ${why}`.trim() })];
      }
    },
    async close() {
      closing.abort();
      await (await twin?.catch(() => null))?.close();
    },
  };
}

/** The same for one world, as an engine wants it. */
export function alsoTriedIn(cluster: Pick<Cluster, 'kubeconfig'>, names: WorldNames): AlsoTried {
  const searcher = openSearcher();
  return {
    ready: () => searcher.ready(),
    async results(lesson, index, mesh, sending) {
      const { connect } = await import('../kube/client.ts');
      const kube = await connect(cluster.kubeconfig);
      return searcher.results(lesson, index, { kube, names, mesh }, sending);
    },
    close: () => searcher.close(),
  };
}

const TITLE = 'no other call tells it from a right answer';

function resultsOf(found: readonly Counterexample[]): readonly CheckResult[] {
  if (found.length === 0) return [result(ALSO_TRIED, TITLE, { state: 'passed', found: '' })];
  return found.slice(0, MOST_SHOWN).map(({ from, argv, expected, found: seen, evidence }, at) => {
    const who = from === undefined ? '' : `from client ${from}, `;
    const title = `also tried: ${who}${shellLine(['curl', ...argv.filter(isTelling)])}`;
    return result(`${ALSO_TRIED}-${at + 1}`, title, {
      ...{ state: 'failed', expected, found: seen },
      walk: walk(evidence),
    });
  });
}

/** Options that only bound the call. */
const isTelling = (word: string, at: number, argv: readonly string[]) =>
  word !== '-g' && word !== '-m' && argv[at - 1] !== '-m';

function result(id: string, title: string, verdict: CheckResult['verdict']): CheckResult {
  return { id, title, guard: false, verdict };
}
