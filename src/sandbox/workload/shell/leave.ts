/** Ends a loop, a function, or the shell. */
export class Leave extends Error {
  readonly what: 'break' | 'continue' | 'return' | 'exit';
  /** How many loops, or the exit code. */
  readonly count: number;

  constructor(what: Leave['what'], count: number) {
    super(what);
    this.what = what;
    this.count = count;
  }
}
