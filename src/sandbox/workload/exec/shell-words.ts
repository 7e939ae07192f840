/**
 * The small part of a shell that `sh -c` has here: commands separated by ; && || and line ends, quotes, $NAME, $?, and
 * output redirected to >&2, 2>&1 or /dev/null. Anything else is refused by name rather than misread. Pure.
 */

export interface ShellCommand {
  /** When it runs: always, or depending on how the command before it ended. */
  readonly when: 'always' | 'success' | 'failure';
  readonly words: readonly string[];
  readonly stdout: 'stdout' | 'stderr' | 'nowhere';
  readonly stderr: 'stdout' | 'stderr' | 'nowhere';
}

/** The value of $NAME in a word: it is inserted when the command runs, because $? changes. */
type Expand = (name: string) => string;

export class NotHere extends Error {}

interface Token {
  readonly kind: 'word' | 'operator';
  /** For words: pieces of text, and names to look up. */
  readonly pieces: readonly (string | { readonly variable: string })[];
}

export interface ShellLine {
  readonly when: ShellCommand['when'];
  command(expand: Expand): ShellCommand;
}

/** Throws NotHere, with a sentence, for what this shell does not have. */
export function readShell(script: string): ShellLine[] {
  const lines: ShellLine[] = [];
  let words: Token[] = [];
  let when: ShellCommand['when'] = 'always';
  const finish = (next: ShellCommand['when']) => {
    if (words.length > 0) {
      const [own, rule] = [words, when];
      lines.push({ when: rule, command: expand => commandOf(own, rule, expand) });
    } else if (next !== 'always') throw new NotHere('a command is missing before && or ||');
    words = [];
    when = next;
  };
  for (const token of tokens(script)) {
    const operator = token.kind === 'operator' ? String(token.pieces[0]) : '';
    if (operator === ';') finish('always');
    else if (operator === '&&') finish('success');
    else if (operator === '||') finish('failure');
    else {
      const [first] = token.pieces;
      if (words.length === 0 && typeof first === 'string' && RESERVED.test(first)) throw tooMuch(first);
      words.push(token);
    }
  }
  finish('always');
  return lines;
}

function commandOf(tokens: readonly Token[], when: ShellCommand['when'], expand: Expand): ShellCommand {
  const words: string[] = [];
  let [stdout, stderr]: [ShellCommand['stdout'], ShellCommand['stderr']] = ['stdout', 'stderr'];
  for (const { kind, pieces } of tokens) {
    const text = pieces.map(piece => (typeof piece === 'string' ? piece : expand(piece.variable))).join('');
    if (kind === 'word') words.push(text);
    else if (text === '>&2' || text === '1>&2') stdout = stderr;
    else if (text === '2>&1') stderr = stdout;
    else if (text === '2>/dev/null') stderr = 'nowhere';
    else stdout = 'nowhere';
  }
  return { when, words, stdout, stderr };
}

const BLANK = /^[ \t]+/;
const COMMENT = /^#[^\n]*/;
const OPERATOR = /^(?:&&|\|\||;|\n|[12]?>&[12]|[12]?>\s*\/dev\/null(?![\w./-]))/;
const QUOTED = /^'([^']*)'/;
const VARIABLE = /^\$(?:(\w+|\?)|\{(\w+)\})/;
/** There are no files for * and ? to match, so they stay as they are, as in a shell. */
const PLAIN = /^[^\s'"\\$`;&|<>()]+|^\$(?!\()/;
/** First words that only a real shell can handle. */
const RESERVED = /^(?:[{!]|if|for|while|until|case|function|trap|exec|eval|set|export|read|cd)$/;

function* tokens(script: string): Generator<Token> {
  let rest = script;
  let pieces: Token['pieces'][number][] | null = null;
  const take = (length: number) => {
    rest = rest.slice(length);
  };
  while (rest !== '') {
    const blank = BLANK.exec(rest)?.[0];
    const operator = OPERATOR.exec(rest)?.[0];
    // The digit of '2>' belongs to the redirection only at the beginning of a word; inside a word it is part of it.
    if (blank || (operator && (pieces === null || !/^[12]/.test(operator)))) {
      if (pieces) yield word(pieces);
      pieces = null;
      if (!blank && operator) yield { kind: 'operator', pieces: [operatorName(operator)] };
      take((blank ?? operator ?? '').length);
      continue;
    }
    const comment = pieces === null ? COMMENT.exec(rest)?.[0] : undefined;
    if (comment) {
      take(comment.length);
      continue;
    }
    pieces ??= [];
    const quoted = QUOTED.exec(rest);
    const variable = VARIABLE.exec(rest);
    const plain = PLAIN.exec(rest)?.[0];
    if (quoted) {
      pieces.push(quoted[1] ?? '');
      take(quoted[0].length);
    } else if (rest.startsWith('"')) take(doubleQuoted(rest, pieces));
    else if (rest.startsWith('\\') && rest.length > 1) {
      pieces.push(rest[1] ?? '');
      take(2);
    } else if (variable) {
      pieces.push({ variable: variable[1] ?? variable[2] ?? '' });
      take(variable[0].length);
    } else if (plain) {
      pieces.push(plain);
      take(plain.length);
    } else throw tooMuch(rest[0] ?? '');
  }
  if (pieces) yield word(pieces);
}

/** Returns how many characters were consumed. */
function doubleQuoted(text: string, pieces: Token['pieces'][number][]): number {
  pieces.push('');
  for (let at = 1; at < text.length; ) {
    const rest = text.slice(at);
    if (rest.startsWith('"')) return at + 1;
    const variable = VARIABLE.exec(rest);
    if (variable) {
      pieces.push({ variable: variable[1] ?? variable[2] ?? '' });
      at += variable[0].length;
    } else if (/^\\[\\"$`]/.test(rest)) {
      pieces.push(rest[1] ?? '');
      at += 2;
    } else if (/^(?:`|\$\()/.test(rest)) {
      throw tooMuch(rest[0] ?? '');
    } else {
      pieces.push(rest[0] ?? '');
      at += 1;
    }
  }
  throw new NotHere('a quote is not closed');
}

function word(pieces: Token['pieces']): Token {
  return { kind: 'word', pieces };
}

function tooMuch(what: string): NotHere {
  return new NotHere(`'${what}' is more shell than this container has`);
}

function operatorName(operator: string): string {
  return operator === '\n' ? ';' : operator.replace(/\s+/, '');
}
