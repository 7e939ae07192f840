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
  /** Who decided this: 'VirtualService api, route 2 of 3', 'DestinationRule rule: tls SIMPLE'; null: not known, or nobody. */
  readonly by: string | null;
  /** What travels to here: 'TLS(app) in TLS(sidecar)', 'clear text'; null: not known. */
  readonly wire: string | null;
}

/** What travels where nobody has opened TLS. */
export const CLEAR_TEXT = 'clear text';

/** Whether anything but clear text travels on a walk: only then is it worth a row. */
export const isHidden = (hops: readonly Hop[]) =>
  hops.some(({ wire }) => wire !== null && wire !== CLEAR_TEXT);

/** One of several ways that calls took, or one of the tries of a call. */
export interface Branch {
  readonly kind: 'answered' | 'failed' | 'copy';
  /** Calls that went this way; of a try: which one it was, from 1. */
  readonly count: number;
  readonly of: number;
  /** True: the branches are tries of one call, not shares of many. */
  readonly try?: boolean;
  /** As the log has it; '' where none is named. */
  readonly cluster: string;
  /** 'API stable', '503 UO'. */
  readonly target: string;
  readonly reached: Hop['id'];
  /** A few words on what happened there; '' for none. */
  readonly note: string;
}

/** Counts, for a probe of many calls: 'stable 180, canary 20', drawn as bars. */
export interface Tally {
  readonly label: string;
  readonly count: number;
  readonly of: number;
}

export interface Walk {
  readonly hops: readonly Hop[];
  /** Where the calls parted behind the sidecar, two at least; empty: they all went one way. */
  readonly branches: readonly Branch[];
  /** The sidecar carried it and governed nothing of it: PassthroughCluster. */
  readonly bypass: boolean;
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
