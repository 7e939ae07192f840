/** A plan as rows, for every printer alike: what each row is, and its text without signs or indents. Pure. */
import type { PlannedCall, PlannedCalls, StepPlan } from './planning.ts';

export interface PlanRow {
  /** head: how many calls change. call, today, after, by: one of them. aside: what is to be known beside. */
  readonly kind: 'head' | 'call' | 'today' | 'after' | 'by' | 'aside';
  readonly text: string;
}

/** Whether a row begins a block of its own. */
export const beginsBlock = ({ kind }: PlanRow): boolean => ['head', 'call', 'aside'].includes(kind);

export function planRows(plan: StepPlan): PlanRow[] {
  if (plan.state === 'unknown') return [aside(`What calls would notice is not known: ${plan.why}`)];
  return [
    // The API refuses an object once, whoever calls.
    ...(plan.clients[0]?.refused ?? []).map(aside),
    ...plan.clients.flatMap(clientRows),
    ...(plan.partial
      ? [aside('What else the step does (replicas, environment, Services) is not in it.')]
      : []),
  ];
}

/** Of one caller's calls. */
export function clientRows({ caller, calls, unexplained }: Omit<PlannedCalls, 'refused'>): PlanRow[] {
  return [
    { kind: 'head', text: changeSentence(caller, calls.length) },
    ...callRows(calls),
    ...(unexplained.length === 0 ? [] : [aside(UNEXPLAINED), ...callRows(unexplained)]),
  ];
}

const aside = (text: string): PlanRow => ({ kind: 'aside', text });

function changeSentence(caller: string, calls: number): string {
  if (calls === 0) return `No call of ${caller} would change.`;
  return `${calls === 1 ? 'One call' : `${calls} kinds of calls`} of ${caller} would change:`;
}

const UNEXPLAINED =
  "The sidecar does not have what today's objects make of it, as far as it is known here (an EnvoyFilter, a push under way). For these calls the plan may be wrong:";

function callRows(calls: readonly PlannedCall[]): PlanRow[] {
  return calls.flatMap(({ call, changes, by }) => [
    { kind: 'call' as const, text: call },
    ...changes.flatMap(({ today, after }) => [
      { kind: 'today' as const, text: today },
      { kind: 'after' as const, text: after },
    ]),
    ...(by.length === 0 ? [] : [{ kind: 'by' as const, text: `by ${by.join(', ')}` }]),
  ]);
}
