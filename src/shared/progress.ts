/** What stages report while something takes longer than a second. */
export interface Progress {
  /** A new stage has begun; the one before it is done. */
  stage(title: string): void;
  /** The tool's last line, for the stage that runs. */
  line(text: string): void;
  /** Something that must stay on the screen: a warning about the cluster, a decision that was taken. */
  note?(text: string): void;
}
