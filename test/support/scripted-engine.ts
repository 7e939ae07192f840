/**
 * An Engine of plain data for tests of screens: what it shows is set by the test, what is asked of it is
 * written down. It does nothing by itself but what `script` says.
 */
import type { Lesson } from '../../src/course/course.ts';
import type { Step } from '../../src/course/schema.ts';
import type { Engine, LessonProgress, LessonSnapshot, StepState } from '../../src/lesson/state.ts';
import type { Why } from '../../src/lesson/why.ts';
import { readAccessLog } from '../../src/probe/access-log.ts';
import type { LoggedLine } from '../../src/probe/log-rows.ts';
import { UserError } from '../../src/shared/errors.ts';

type Asked = readonly [action: string, ...args: unknown[]];

export interface ScriptedEngine extends Engine {
  readonly asked: Asked[];
  /** Resolves when so many things have been asked for. */
  whenAsked(count: number): Promise<void>;
  set(change: Partial<LessonSnapshot>): void;
  /** Changes the state of a step; the current one unless it is named. */
  step(change: Partial<StepState>, id?: string): void;
  /** What a plan says. */
  planned: Awaited<ReturnType<Engine['plan']>> | Promise<Awaited<ReturnType<Engine['plan']>>>;
  /** What `why` answers; a test sets it. */
  explains: () => Promise<Why>;
  /** What an action does when it is asked for. */
  script: Partial<Record<keyof Engine, (...args: never[]) => void>>;
}

export function lessonOf(steps: readonly Step[], more: Partial<Lesson> = {}): Lesson {
  return {
    format: 1,
    id: 'destination-rule',
    title: 'Step 2: DestinationRule',
    summary: 'The outage it causes, and TLS origination done right.',
    minutes: 25,
    number: 3,
    folder: '/course/03-destination-rule',
    start: [],
    steps: [...steps],
    prose: {},
    files: {},
    ...more,
  };
}

export function snapshotOf(change: Partial<LessonSnapshot> = {}): LessonSnapshot {
  return {
    provider: 'kind, Istio 1.31',
    connected: true,
    kubeconfig: '/state/kind.kubeconfig',
    lessons: [],
    ending: null,
    lesson: null,
    at: 0,
    steps: {},
    busy: null,
    problem: null,
    notice: null,
    strangers: [],
    folder: '/work/03-destination-rule',
    files: {},
    live: {},
    kubectl: null,
    last: null,
    namespaces: { mesh: 'mesh-network', outside: 'outside' },
    ...change,
  };
}

export const FRESH: StepState = { phase: 'todo', hints: 0, solutionShown: false };

export function scriptedEngine(start: Partial<LessonSnapshot> = {}): ScriptedEngine {
  let snapshot = snapshotOf(start);
  const listeners = new Set<() => void>();
  const asked: Asked[] = [];
  const waiting = new Set<() => void>();
  const set = (change: Partial<LessonSnapshot>) => {
    snapshot = { ...snapshot, ...change };
    for (const listener of [...listeners]) listener();
  };
  const note =
    (action: keyof Engine) =>
    (...args: unknown[]) => {
      asked.push([action, ...args]);
      for (const check of [...waiting]) check();
      engine.script[action]?.(...(args as never[]));
    };
  const later = (action: keyof Engine) => {
    const noted = note(action);
    return async (...args: unknown[]) => noted(...args);
  };
  const engine: ScriptedEngine = {
    asked,
    whenAsked: count =>
      new Promise(resolve => {
        const check = () => {
          if (asked.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    script: {},
    explains: () => Promise.reject(new UserError({ what: 'No call was made on this step yet.', next: [] })),
    set,
    step(change, id) {
      const name = id ?? snapshot.lesson?.steps[snapshot.at]?.id ?? '';
      const before = snapshot.steps[name] ?? FRESH;
      set({ steps: { ...snapshot.steps, [name]: { ...before, ...change } } });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    // The real engine is a class: its methods need their object.
    getSnapshot() {
      if (this !== engine) throw new Error('getSnapshot was called without its engine');
      return snapshot;
    },
    open: later('open'),
    close: note('close'),
    advance: later('advance'),
    back: later('back'),
    goTo: later('goTo'),
    answer: later('answer'),
    apply: later('apply'),
    probe: later('probe'),
    check: later('check'),
    hint: note('hint'),
    solution: later('solution'),
    reset: later('reset'),
    startAnew: later('startAnew'),
    saveScene: later('saveScene'),
    bringBack: later('bringBack'),
    sidecarLog: async lines => {
      asked.push(['sidecarLog', lines]);
      return LOG;
    },
    plan: async () => {
      asked.push(['plan']);
      return engine.planned;
    },
    planned: null,
    why: async () => {
      asked.push(['why']);
      for (const check of [...waiting]) check();
      return engine.explains();
    },
    dismiss: note('dismiss'),
    interrupt: note('interrupt'),
    dispose: later('dispose'),
  };
  return engine;
}

/** The learner's connection and request, with two requests of somebody else's between them. */
const LOG: readonly LoggedLine[] = (
  [
    [true, '[2026-11-23T10:00:01.000Z] "- - -" 0 - - - "-" 883 3011 22 - "-" "-" "-" "-" "10.244.0.9:8443" outbound|443||api.safedata-zone.io 10.244.0.7:41002 10.96.1.7:443 10.244.0.7:41000 api.safedata-zone.io -'],
    [false, '[2026-11-23T10:00:01.500Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 51 2 1 "-" "wget" "a" "catalog" "10.244.0.8:8080" outbound|80||catalog.mesh-network.svc.cluster.local 10.244.0.7:41010 10.96.1.8:80 10.244.0.7:41008 - default'],
    [false, '[2026-11-23T10:00:01.600Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 51 2 1 "-" "wget" "b" "catalog" "10.244.0.8:8080" outbound|80||catalog.mesh-network.svc.cluster.local 10.244.0.7:41010 10.96.1.8:80 10.244.0.7:41009 - default'],
    [true, '[2026-11-23T10:00:02.000Z] "GET /v2/data HTTP/1.1" 404 NR route_not_found - "-" 0 0 0 - "-" "curl/8.16.0" "c" "api.safedata-zone.io" "-" - - 10.96.1.7:80 10.244.0.7:41004 - -'],
  ] as const
).map(([own, text]) => {
  const found = readAccessLog(text);
  return { text, own, line: found.kind === 'access' ? found.line : null };
}); // biome-ignore format: data

export const progressOf = (
  titles: readonly string[],
  done: readonly (readonly [number, number])[] = [],
): LessonProgress[] =>
  titles.map((title, at) => ({
    id: `lesson-${at + 1}`,
    number: at + 1,
    title,
    minutes: 10 + at,
    steps: done[at]?.[1] ?? 8,
    done: done[at]?.[0] ?? 0,
    foreseen: { right: 0, asked: 0 },
    weak: [],
    drills: [],
    onlyRecap: false,
    summary: `what ${title} shows`,
  }));
