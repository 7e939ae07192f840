/** A call that makes a difference visible, and how it is judged: plain data. */
import type { Difference } from '../difference/types.ts';
import type { Sent } from './argv.ts';
import type { Impostor } from './impostors.ts';
import type { Judging } from './judge.ts';
import type { Watched } from './observation.ts';
import type { ClientName } from './sides.ts';

export interface Experiment {
  readonly from: ClientName;
  /** curl's arguments. */
  readonly argv: readonly string[];
  readonly watched: Watched;
  readonly judging: Judging;
  /**
   * It opens breakers, or needs other servers than there are: it is sent in a copy of the answer, in the twin, where it
   * disturbs nobody. Null: in the learner's world.
   */
  readonly inCopy: Servers | null;
  readonly difference: Difference;
}

/** Who serves while it is sent: those of the task, all of them, or an impostor in place of each. */
type Servers = 'as the task has them' | 'all' | Impostor;

/** Makes an experiment of a difference; unless `how` says otherwise, of its own call. */
export type Make = (judging: Judging, how?: Partial<Sent & Pick<Experiment, 'inCopy'>>) => Experiment;
