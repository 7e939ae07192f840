/** Reports the stages of work that takes longer than a second. */
export interface Progress {
  /** A new stage has begun; the one before it is done. */
  stage(title: string): void;
  /** The last line printed by the tool that the current stage runs. */
  line(text: string): void;
  /** Something that must stay on the screen: a warning about the cluster, a decision that was taken. */
  note?(text: string): void;
}

/** For work whose stages nobody is shown. */
export const SILENT: Progress = { stage: () => {}, line: () => {} };
