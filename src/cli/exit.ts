/**
 * How a command says that it has printed everything itself and how it ended: well (0), with a failed check (1), a
 * cluster that is not ready (3). Errors that still must be drawn are TutorErrors. Only main.ts sets the
 * process's exit code.
 */
export class Ended extends Error {
  readonly exitCode: 0 | 1 | 2 | 3 | 130;

  constructor(exitCode: 0 | 1 | 2 | 3 | 130) {
    super(`ended with ${exitCode}`);
    this.exitCode = exitCode;
    this.name = 'Ended';
  }
}
