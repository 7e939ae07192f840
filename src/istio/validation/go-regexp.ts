/**
 * Whether Go accepts a text as a regular expression (RE2). Envoy and Istio use RE2; JavaScript's syntax differs: RE2
 * has no lookaheads or back references. Source: Go's regexp/syntax/parse.go, including its error texts. Left out: the
 * limits on size and height of the tree, which cannot be reached with Istio's limit of 1024 characters.
 */

class SyntaxProblem extends Error {}

const fail = (code: string, expression: string): never => {
  throw new SyntaxProblem(`error parsing regexp: ${code}: \`${expression}\``);
};

/** Go's error, or null for an expression that compiles. */
export function regexpError(expression: string): string | null {
  try {
    new Parser(expression).run();
    return null;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

const CLASSES = 'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(
  ' ',
);
const POSIX = new Set(CLASSES.flatMap(name => [`[:${name}:]`, `[:^${name}:]`]));

const MAX_REPEATS = 1000;

/** A counted repetition, and those inside it. */
interface Count {
  readonly times: number;
  readonly inner: readonly Count[];
}

/** Nested counts multiply, and their product may be up to a thousand. */
function fits({ times, inner }: Count, most: number): boolean {
  if (times === 0) return true;
  return times <= most && inner.every(count => fits(count, Math.floor(most / times)));
}

class Parser {
  readonly #whole: string;
  #at = 0;
  #depth = 0;
  /** Whether there is something before the cursor, in this alternative, that can be repeated. */
  #repeatable = false;
  readonly #outer: Count[][] = [];
  /** The counts in the open group, and how many of them there were before the last operand. */
  #counts: Count[] = [];
  #before = 0;
  /** Where the last repetition operator began, if it ends exactly at the cursor. */
  #lastRepeat = -1;

  constructor(expression: string) {
    this.#whole = expression;
  }

  run(): void {
    while (this.#at < this.#whole.length) {
      const start = this.#at;
      const repeated = this.#step();
      this.#lastRepeat = repeated ? start : -1;
    }
    if (this.#depth > 0) fail('missing closing )', this.#whole);
  }

  #rest(from = this.#at): string {
    return this.#whole.slice(from);
  }

  #operand(length: number): false {
    this.#at += length;
    this.#before = this.#counts.length;
    this.#repeatable = true;
    return false;
  }

  /** True: a repetition operator was read. */
  #step(): boolean {
    const char = this.#whole[this.#at] ?? '';
    switch (char) {
      case '(':
        if (this.#whole[this.#at + 1] === '?') this.#perlGroup();
        else this.#open(1);
        return false;
      case ')':
        if (this.#depth === 0) fail('unexpected )', this.#whole);
        this.#depth -= 1;
        return this.#close();
      case '|':
        this.#at += 1;
        this.#repeatable = false;
        return false;
      case '[':
        return this.#operand(this.#classEnd() - this.#at);
      case '*':
      case '+':
      case '?':
        return this.#repeat(this.#at + 1);
      case '{':
        return this.#count();
      case '\\':
        return this.#escape();
      default:
        return this.#operand(String.fromCodePoint(this.#whole.codePointAt(this.#at) ?? 0).length);
    }
  }

  #open(length: number): void {
    this.#at += length;
    this.#depth += 1;
    this.#outer.push(this.#counts);
    this.#repeatable = false;
    this.#counts = [];
  }

  #close(): false {
    const inner = this.#counts;
    this.#counts = this.#outer.pop() ?? [];
    this.#operand(1);
    this.#counts.push(...inner);
    return false;
  }

  #perlGroup(): void {
    const text = this.#rest();
    const named = /^\(\?P?</.exec(text);
    if (named && text.length > named[0].length) {
      const end = text.indexOf('>');
      if (end < 0) fail('invalid named capture', text);
      if (!/^[A-Za-z0-9_]+$/.test(text.slice(named[0].length, end))) {
        fail('invalid named capture', text.slice(0, end + 1));
      }
      this.#open(end + 1);
      return;
    }
    const flags = /^\(\?(?:[imsU]*(?:-[imsU]+)?)([:)])/.exec(text);
    if (!flags) {
      const upTo = /^\(\?[imsU]*(?:-[imsU]*)?/.exec(text)?.[0].length ?? 2;
      const bad = String.fromCodePoint(text.codePointAt(upTo) ?? 0);
      fail('invalid or unsupported Perl syntax', text.slice(0, upTo + (upTo < text.length ? bad.length : 0)));
    }
    if (flags?.[1] === ':') this.#open(flags[0].length);
    else this.#at += flags?.[0].length ?? 0;
  }

  #repeat(end: number): true {
    const start = this.#at;
    const after = this.#whole[end] === '?' ? end + 1 : end;
    if (this.#lastRepeat >= 0)
      fail('invalid nested repetition operator', this.#whole.slice(this.#lastRepeat, after));
    if (!this.#repeatable) fail('missing argument to repetition operator', this.#whole.slice(start, after));
    this.#at = after;
    return true;
  }

  /** A brace that does not begin a count is a literal. */
  #count(): boolean {
    const found = /^\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/.exec(this.#rest());
    if (!found) return this.#operand(1);
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? -1 : Number(found[3]);
    if (min > MAX_REPEATS || max > MAX_REPEATS || (max >= 0 && min > max))
      fail('invalid repeat count', found[0]);
    const start = this.#at;
    this.#repeat(start + found[0].length);
    const inner = this.#counts.splice(this.#before);
    const count = { times: max < 0 ? Math.max(1, min) : max, inner };
    if (count.times >= 2 && !fits(count, MAX_REPEATS)) {
      fail('invalid repeat count', this.#whole.slice(start, this.#at));
    }
    this.#counts.push(count);
    return true;
  }

  #escape(): false {
    const next = this.#whole[this.#at + 1] ?? '';
    if ('AbBz'.includes(next) && next !== '') return this.#operand(2);
    if (next === 'C') fail('invalid escape sequence', '\\C');
    if (next === 'Q') {
      const end = this.#whole.indexOf('\\E', this.#at + 2);
      const empty = end === this.#at + 2 || (end < 0 && this.#at + 2 === this.#whole.length);
      this.#at = end < 0 ? this.#whole.length : end + 2;
      this.#repeatable ||= !empty;
      this.#before = this.#counts.length;
      return false;
    }
    return this.#operand(this.#atom(this.#at).end - this.#at);
  }

  /** One escape (\d, \pL, \x41, \.): where it ends, and which character it stands for, if any. */
  #atom(from: number): { end: number; code: number | null } {
    const text = this.#rest(from);
    const unicode = /^\\[pP](\{|.|$)/su.exec(text);
    if (unicode) return { end: from + this.#unicodeLength(text, unicode), code: null };
    if (/^\\[dDsSwW]/.test(text)) return { end: from + 2, code: null };
    if (text.length === 1) fail('trailing backslash at end of expression', '');
    const found =
      /^\\(?:(0[0-7]{0,2}|[1-7][0-7]{1,2})|x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|([afnrtv])|([^A-Za-z0-9]))/su.exec(
        text,
      );
    if (!found || Number.parseInt(found[3] ?? '0', 16) > 0x10ffff || /^\\[^\0-\x7f]/.test(text)) {
      return fail('invalid escape sequence', badEscape(text));
    }
    const [whole, octal, hex, braced, letter, literal] = found;
    const code = octal
      ? Number.parseInt(octal, 8)
      : letter
        ? (CONTROL[letter] ?? 0)
        : literal
          ? (literal.codePointAt(0) ?? 0)
          : Number.parseInt(hex ?? braced ?? '0', 16);
    return { end: from + whole.length, code };
  }

  #unicodeLength(text: string, found: RegExpExecArray): number {
    const braced = found[1] === '{';
    const end = braced ? text.indexOf('}') : found[0].length - 1;
    if (end < 0) fail('invalid character class range', text);
    const sequence = text.slice(0, end + 1);
    const name = (braced ? sequence.slice(3, -1) : sequence.slice(2)).replace(/^\^/, '');
    if (!knownUnicodeClass(name)) fail('invalid character class range', sequence);
    return end + 1;
  }

  /** Where the class that begins at the cursor ends. */
  #classEnd(): number {
    const whole = this.#rest();
    let at = this.#at + (this.#whole[this.#at + 1] === '^' ? 2 : 1);
    for (let first = true; first || this.#whole[at] !== ']'; first = false) {
      const named = /^\[:.*?:\]/s.exec(this.#rest(at))?.[0];
      if (named !== undefined) {
        if (!POSIX.has(named)) fail('invalid character class range', named);
        at += named.length;
        continue;
      }
      const low = this.#classChar(at, whole);
      at = low.end;
      if (low.code === null) continue;
      if (this.#whole[at] !== '-' || this.#whole[at + 1] === ']' || this.#whole[at + 1] === undefined)
        continue;
      const high = this.#rangeEnd(at + 1, whole);
      if (high.code < low.code) fail('invalid character class range', this.#whole.slice(low.start, high.end));
      at = high.end;
    }
    return at + 1;
  }

  #classChar(at: number, whole: string): { start: number; end: number; code: number | null } {
    if (at >= this.#whole.length) fail('missing closing ]', whole);
    if (this.#whole[at] === '\\') return { start: at, ...this.#atom(at) };
    const code = this.#whole.codePointAt(at) ?? 0;
    return { start: at, end: at + String.fromCodePoint(code).length, code };
  }

  /** \d and \pL cannot end a range. */
  #rangeEnd(at: number, whole: string): { end: number; code: number } {
    if (/^\\[dDsSwWpP]/.test(this.#rest(at))) fail('invalid escape sequence', this.#whole.slice(at, at + 2));
    const found = this.#classChar(at, whole);
    return { end: found.end, code: found.code ?? 0 };
  }
}

const CONTROL: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** The part that Go has read when it gives up. */
function badEscape(text: string): string {
  if (!text.startsWith('\\x'))
    return text.slice(0, 1 + String.fromCodePoint(text.codePointAt(1) ?? 0).length);
  if (text[2] !== '{') return [...text].slice(0, 4).join('');
  const digits = /^\\x\{[0-9A-Fa-f]*/.exec(text)?.[0].length ?? 3;
  return text.slice(0, digits + 1);
}

/** Unicode's long category names, as Go compares them: Lowercase_Letter is Lowercaseletter. */
const CATEGORY_ALIASES = new Set(
  'Casedletter Closepunctuation Combiningmark Connectorpunctuation Control Currencysymbol Dashpunctuation Decimalnumber Enclosingmark Finalpunctuation Format Initialpunctuation Letter Letternumber Lineseparator Lowercaseletter Mark Mathsymbol Modifierletter Modifiersymbol Nonspacingmark Number Openpunctuation Other Otherletter Othernumber Otherpunctuation Othersymbol Paragraphseparator Privateuse Punctuation Separator Spaceseparator Spacingmark Surrogate Symbol Titlecaseletter Unassigned Uppercaseletter Cntrl Digit Punct'.split(
    ' ',
  ),
);
const SPECIAL = new Set(['Any', 'Assigned', 'Ascii', 'Lc']);

function knownUnicodeClass(written: string): boolean {
  const plain = written.replace(/[-_ ]/g, '');
  const name = plain.slice(0, 1).toUpperCase() + plain.slice(1).toLowerCase();
  if (SPECIAL.has(name) || CATEGORY_ALIASES.has(name)) return true;
  const property = name.length <= 2 ? 'General_Category' : 'Script';
  try {
    new RegExp(`\\p{${property}=${name}}`, 'u');
    return true;
  } catch {
    return false;
  }
}
