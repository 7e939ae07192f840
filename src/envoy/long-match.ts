/**
 * Whether a pattern matches the whole of a text when both are long: runs re2js's own program, one letter at a time,
 * with the reached places in plain arrays. re2js itself caches sets of places; when each letter leads to a new set of
 * thousands, it takes three to ten times as long. RE2 takes about as long as this.
 * Left out: lines and word boundaries (null), which re2js does.
 */
import type { RE2JS } from 're2js';

/** re2js's instructions (Inst.js). */
const ALT = 1;
const ALT_MATCH = 2;
const CAPTURE = 3;
const EMPTY_WIDTH = 4;
const MATCH = 6;
const NOP = 7;
const FIRST_LETTER_OP = 8;
const LAST_LETTER_OP = 11;

/** re2js's positions in a text that are not letters (Utils.js). */
const BEGIN_TEXT = 4;
const END_TEXT = 8;

interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  matchRune(letter: number): boolean;
}

/** Null: the pattern contains something that is not handled here. */
export function matchesLong(pattern: RE2JS, text: string): boolean | null {
  const { prog } = pattern.re2();
  const program: Instruction[] = Array.from({ length: prog.numInst() }, (_, at) => prog.getInst(at));
  if (!program.every(isDoneHere)) return null;
  const ops = Uint8Array.from(program, each => each.op);
  const outs = Int32Array.from(program, each => each.out);
  const args = Int32Array.from(program, each => each.arg);
  const takers = new Map<number, Uint8Array>();
  const takersOf = (letter: number): Uint8Array => {
    const known = takers.get(letter);
    if (known !== undefined) return known;
    const made = Uint8Array.from(program, ({ op }, at) =>
      op >= FIRST_LETTER_OP && program[at]?.matchRune(letter) ? 1 : 0,
    );
    takers.set(letter, made);
    return made;
  };

  /** The letter, counted from 1, at which a place was last reached. */
  const reached = new Int32Array(program.length);
  const stack = new Int32Array(2 * program.length + 2);
  let now = new Int32Array(program.length);
  let next = new Int32Array(program.length);
  let count = 0;
  let matched = false;
  let turn = 0;
  let where = 0;
  /** Marks all places that can be reached from this one without a letter. */
  const reach = (from: number): void => {
    let top = 0;
    stack[top++] = from;
    while (top > 0) {
      const at = stack[--top] as number;
      if (reached[at] === turn) continue;
      reached[at] = turn;
      const op = ops[at] as number;
      if (op >= FIRST_LETTER_OP) next[count++] = at;
      else if (op === MATCH) matched = true;
      else if (op === ALT || op === ALT_MATCH) {
        stack[top++] = args[at] as number;
        stack[top++] = outs[at] as number;
      } else if (
        op === CAPTURE ||
        op === NOP ||
        (op === EMPTY_WIDTH && ((args[at] as number) & ~where) === 0)
      ) {
        stack[top++] = outs[at] as number;
      }
    }
  };
  const letters = Array.from(text, letter => letter.codePointAt(0) ?? 0);
  for (let i = 0; i <= letters.length; i++) {
    turn++;
    where = (i === 0 ? BEGIN_TEXT : 0) | (i === letters.length ? END_TEXT : 0);
    matched = false;
    const before = count;
    count = 0;
    if (i === 0) reach(prog.start);
    else {
      const takes = takersOf(letters[i - 1] as number);
      for (let k = 0; k < before; k++) {
        const at = now[k] as number;
        if (takes[at] === 1) reach(outs[at] as number);
      }
    }
    [now, next] = [next, now];
    if (count === 0) return matched && i === letters.length;
  }
  return matched;
}

function isDoneHere({ op, arg }: Instruction): boolean {
  return op === EMPTY_WIDTH ? (arg & ~(BEGIN_TEXT | END_TEXT)) === 0 : op <= LAST_LETTER_OP;
}
