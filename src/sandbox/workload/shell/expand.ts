/** From words to the texts that a command gets. Source: POSIX.1-2017, Shell Command Language, 2.6 */
import { hasPattern, type PatternText, patternSource } from './patterns.ts';
import type { List, Part, Word } from './syntax.ts';

/** What an expansion asks of the shell. */
export interface ShellState {
  /** undefined: not set. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  readonly positional: readonly string[];
  /** `set -u` */
  readonly strict: boolean;
  calculate(expression: string): string;
  /** The output of a command substitution. */
  output(list: List): Promise<string>;
  /** Paths that there are, for a pattern with slashes or without. */
  paths(pattern: readonly PatternText[]): readonly string[];
}

/** A message for stderr; the command does not run. */
export class ExpansionFault extends Error {}

/** The fields that words become: split, and with their patterns replaced by paths. */
export async function expandWords(words: readonly Word[], shell: ShellState): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) {
    for (const field of split(await pieces(word, shell), shell)) {
      const paths = hasPattern(field) ? shell.paths(field) : [];
      if (paths.length > 0) fields.push(...paths);
      else fields.push(field.map(piece => piece.text).join(''));
    }
  }
  return fields;
}

/** One text, neither split nor replaced by paths: of an assignment, a redirection, a here-document. */
export async function expandText(word: Word, shell: ShellState): Promise<string> {
  return (await expandPattern(word, shell)).map(piece => piece.text).join('');
}

export async function expandPattern(word: Word, shell: ShellState): Promise<PatternText[]> {
  return (await pieces(word, shell)).map(({ text, quoted }) => ({ text, quoted }));
}

interface Piece extends PatternText {
  /** Came from an expansion outside quotes, and is split at IFS. */
  readonly splits: boolean;
  /** A field ends behind it, as between the parameters of "$@". */
  readonly ends?: boolean;
}

async function pieces(word: Word, shell: ShellState): Promise<Piece[]> {
  const list: Piece[] = [];
  for (const [index, part] of word.entries()) {
    if (part.kind === 'text') {
      const text = index === 0 && !part.quoted ? withHome(part.text, shell) : part.text;
      list.push({ text, quoted: part.quoted, splits: false });
    } else if (part.kind === 'parameter' && part.name === '@' && part.quoted) {
      const { positional } = shell;
      for (const [at, text] of positional.entries())
        list.push({ text, quoted: true, splits: false, ends: at < positional.length - 1 });
    } else {
      const text = await expanded(part, shell);
      list.push({ text, quoted: part.quoted, splits: !part.quoted });
    }
  }
  return list;
}

function withHome(text: string, shell: ShellState): string {
  return /^~(?=\/|$)/.test(text) ? `${shell.get('HOME') ?? '/'}${text.slice(1)}` : text;
}

async function expanded(part: Exclude<Part, { kind: 'text' }>, shell: ShellState): Promise<string> {
  if (part.kind === 'command') return (await shell.output(part.list)).replace(/\n+$/, '');
  if (part.kind === 'arithmetic') return shell.calculate(await expandText(part.expression, shell));
  const value = shell.get(part.name);
  if (part.length) return String((value ?? '').length);
  if (part.change !== null) return changed(part.name, value, part.change, shell);
  if (value === undefined && shell.strict && !/^[@*]$/.test(part.name))
    throw new ExpansionFault(`${part.name}: parameter not set`);
  return value ?? '';
}

async function changed(
  name: string,
  value: string | undefined,
  { operator, word }: { readonly operator: string; readonly word: Word },
  shell: ShellState,
): Promise<string> {
  const lacks = operator.startsWith(':') ? (value ?? '') === '' : value === undefined;
  switch (operator.replace(':', '')) {
    case '-':
      return lacks ? expandText(word, shell) : (value ?? '');
    case '=':
      if (lacks) shell.set(name, await expandText(word, shell));
      return shell.get(name) ?? '';
    case '+':
      return lacks ? '' : expandText(word, shell);
    case '?':
      if (!lacks) return value ?? '';
      throw new ExpansionFault(`${name}: ${(await expandText(word, shell)) || 'parameter not set or null'}`);
    default:
      return trimmed(value ?? '', operator, await expandPattern(word, shell));
  }
}

/** `${NAME#PATTERN}` and its kin: the shortest or the longest beginning or end is taken away. */
function trimmed(value: string, operator: string, pattern: readonly PatternText[]): string {
  const front = operator.startsWith('#');
  const longest = operator.length === 2;
  const lengths = Array.from({ length: value.length + 1 }, (_, at) => at);
  if (longest) lengths.reverse();
  const regex = new RegExp(`^(?:${patternSource(pattern)})$`);
  const found = lengths.find(length =>
    regex.test(front ? value.slice(0, length) : value.slice(value.length - length)),
  );
  if (found === undefined) return value;
  return front ? value.slice(found) : value.slice(0, value.length - found);
}

/** Splits what was expanded outside quotes at the characters of IFS. */
function split(list: readonly Piece[], shell: ShellState): PatternText[][] {
  const separators = shell.get('IFS') ?? ' \t\n';
  const fields: PatternText[][] = [];
  let field: PatternText[] = [];
  const finish = () => {
    if (field.length > 0) fields.push(field);
    field = [];
  };
  for (const piece of list) {
    if (!piece.splits) {
      field.push({ text: piece.text, quoted: piece.quoted });
      if (piece.ends) finish();
      continue;
    }
    for (const part of partsOf(piece.text, separators)) {
      if (part === null) finish();
      else field.push({ text: part, quoted: false });
    }
  }
  finish();
  return fields;
}

/** null: a separator. */
function partsOf(text: string, separators: string): (string | null)[] {
  if (separators === '') return text === '' ? [] : [text];
  const parts: (string | null)[] = [];
  let part = '';
  let visible = false;
  for (const char of text) {
    if (!separators.includes(char)) {
      part += char;
      visible = true;
      continue;
    }
    // Another separator than a blank makes a field of nothing as well.
    if (part !== '' || (!/\s/.test(char) && !visible)) parts.push(part);
    parts.push(null);
    part = '';
    visible = /\s/.test(char) && visible;
  }
  if (part !== '') parts.push(part);
  return parts;
}
