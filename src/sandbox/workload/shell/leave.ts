/** Ends a loop, a function, or the shell; `stop`: a command cannot go on, which ends a script, and at a terminal the line. */
export class Leave extends Error {
  readonly what: 'break' | 'continue' | 'return' | 'exit' | 'stop';
  /** How many loops, or the exit code. */
  readonly count: number;

  constructor(what: Leave['what'], count: number) {
    super(what);
    this.what = what;
    this.count = count;
  }
}
