/** What an exam is given: its questions' worlds, clocks, and a place to keep its state. */
import type { KubeObject } from '../kube/client.ts';
import type { ExamState } from './exam-state.ts';
import type { ExamWorld } from './grading.ts';

export interface ExamDeps {
  readonly worlds: readonly ExamWorld[];
  readonly provider: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from any beginning, never backwards. */
  monotonic(): number;
  save(state: ExamState): Promise<void>;
  /** Worlds that are made, and questions that are graded, at the same time. */
  readonly atOnce: number;
  /** Worlds that are ready before the clock starts: as many as a candidate could open before the next one is ready. */
  readonly ahead: number;
  /** What is in namespaces that belong to no question. */
  readonly beside: {
    look(all?: readonly KubeObject[]): Promise<string>;
    prepare(seen: string, signal: AbortSignal): Promise<void>;
  };
  /** Called before anything is made. What it throws, `begin` throws. */
  onBegin?(): void;
  /** Called with the number of the question that is opened, before anything else is done about it. */
  onOpen?(number: number): void;
  /** Called when the exam is let go of. */
  onEnd?(): void;
  /** Given where the worlds end with this process: whatever changes in them is kept as soon as it has changed. */
  readonly fleeting?: {
    /** Says in which namespace something has changed; null: it may be any. */
    watch(onChange: (namespace: string | null) => void, signal: AbortSignal): void;
    /** What there is in all namespaces, as the watch has it, or (`afresh`) as the cluster has it. */
    all(afresh: boolean): Promise<readonly KubeObject[]>;
  };
}
