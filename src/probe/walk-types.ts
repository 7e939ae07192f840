/** The walk: what a call met on its way, as data. walk.ts makes it from evidence, draw-walk.ts draws it. */

export type HopState =
  | 'passed' // the call went through here
  | 'failed' // and here it ended badly
  | 'partly' // of many calls some ended badly here, the others went through
  | 'not-reached' // it never came here
  | 'unknown'; // no evidence from this side

export interface Hop {
  readonly id: 'app' | 'sidecar' | 'cluster' | 'api';
  /** 'app', 'sidecar', 'cluster', 'API stable'. */
  readonly title: string;
  readonly state: HopState;
  /** Short facts to go below it, at most three, each at most 34 columns. */
  readonly notes: readonly string[];
}

/** Counts, for a probe of many calls: 'stable 180, canary 20', drawn as bars. */
export interface Tally {
  readonly label: string;
  readonly count: number;
  readonly of: number;
}

export interface Walk {
  readonly hops: readonly Hop[];
  /** What happened, and the meaning of the flag or the exit code, in one or two plain sentences. */
  readonly sentence: string;
  /** Empty for a single call. `answers` by what the caller saw; `mirrored` what other servers saw besides. */
  readonly answers: readonly Tally[];
  readonly mirrored: readonly Tally[];
  /** The raw facts, for the lines 'log' and 'api' below the drawing. */
  readonly logLine: string | null;
  readonly apiLine: string | null;
}

/** Drawn text keeps meaning apart from colour: a span has a role, theme.ts gives it a colour. */
export type Role = 'plain' | 'good' | 'bad' | 'accent' | 'dim';
export interface Span {
  readonly text: string;
  readonly role: Role;
}
export type DrawnLine = readonly Span[];
