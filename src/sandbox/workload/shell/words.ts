/** Reads words: quotes, parameters, substitutions. */
import type { Reader } from './reader.ts';
import { type List, type Part, SyntaxFault, type Word } from './syntax.ts';

/** Reads a whole list up to a closing parenthesis, which stays. */
export type ReadList = (reader: Reader) => List;

const NAME = /[A-Za-z_]\w*|\d|[?$#@*!-]/y;
const END_OF_WORD = /[\s;&|<>()]/;

/** The word at the reader's place; null: there is none. */
export function readWord(reader: Reader, list: ReadList): Word | null {
  const parts = readParts(reader, list, false, char => END_OF_WORD.test(char));
  return parts.length === 0 ? null : parts;
}

/** Parts up to where `ends` holds, or to the end; `quoted`: within double quotes. */
export function readParts(
  reader: Reader,
  list: ReadList,
  quoted: boolean,
  ends: (char: string) => boolean,
): Part[] {
  const parts: Part[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') parts.push({ kind: 'text', text, quoted });
    text = '';
  };
  while (!reader.atEnd && !ends(reader.char)) {
    const { char } = reader;
    if (char === '\\') {
      reader.skip(1);
      const next = reader.take(1);
      if (next === '\n') continue;
      // Within quotes a backslash is one, but before what has a meaning there.
      if (quoted && !/[\\$`"]/.test(next)) text += `\\${next}`;
      else {
        flush();
        parts.push({ kind: 'text', text: next, quoted: true });
      }
    } else if (char === '$') {
      const part = readDollar(reader, list, quoted);
      if (part === null) text += reader.take(1);
      else {
        flush();
        parts.push(part);
      }
    } else if (char === '`') {
      flush();
      parts.push({ kind: 'command', list: readBackquoted(reader, list), quoted });
    } else if (char === '"' && !quoted) {
      flush();
      parts.push(...readDoubleQuoted(reader, list));
    } else if (char === "'" && !quoted) {
      flush();
      parts.push({ kind: 'text', text: readSingleQuoted(reader), quoted: true });
    } else text += reader.take(1);
  }
  flush();
  return parts;
}

function readSingleQuoted(reader: Reader): string {
  reader.skip(1);
  const text = reader.upTo("'");
  if (text === null) throw new SyntaxFault('unterminated quoted string', "'");
  return text;
}

function readDoubleQuoted(reader: Reader, list: ReadList): Part[] {
  reader.skip(1);
  const parts = readParts(reader, list, true, char => char === '"');
  if (reader.atEnd) throw new SyntaxFault('unterminated quoted string', '"');
  reader.skip(1);
  // Empty quotes make an empty word, and not none.
  return parts.length === 0 ? [{ kind: 'text', text: '', quoted: true }] : parts;
}

function readBackquoted(reader: Reader, list: ReadList): List {
  reader.skip(1);
  let script = '';
  while (!reader.atEnd && reader.char !== '`') {
    const char = reader.take(1);
    const escaped = char === '\\' && /[\\$`]/.test(reader.char);
    script += escaped ? reader.take(1) : char;
  }
  if (reader.atEnd) throw new SyntaxFault('unterminated backquoted command', '`');
  reader.skip(1);
  const inner = reader.of(script);
  const read = list(inner);
  if (!inner.atEnd) throw new SyntaxFault(`syntax error: unexpected "${inner.char}"`);
  return read;
}

/** `$NAME`, `${...}`, `$(...)`, `$((...))`; null: the dollar is one. */
function readDollar(reader: Reader, list: ReadList, quoted: boolean): Part | null {
  if (reader.startsWith('$((')) {
    const expression = readArithmetic(reader, list);
    if (expression !== null) return { kind: 'arithmetic', expression, quoted };
  }
  if (reader.startsWith('$(')) {
    reader.skip(2);
    const inner = list(reader);
    reader.expect(')');
    return { kind: 'command', list: inner, quoted };
  }
  if (reader.startsWith('${')) return readBraced(reader, list, quoted);
  const name = reader.match(NAME, 1);
  if (name === null) return null;
  reader.skip(1 + name.length);
  return { kind: 'parameter', name, quoted, length: false, change: null };
}

/** null: these two parentheses belong to a command. */
function readArithmetic(reader: Reader, list: ReadList): Word | null {
  const before = reader.at;
  reader.skip(3);
  let depth = 0;
  const parts = readParts(reader, list, true, char => {
    if (char === '(') depth += 1;
    if (char !== ')') return false;
    depth -= 1;
    return depth < 0;
  });
  if (reader.startsWith('))')) {
    reader.skip(2);
    return parts;
  }
  reader.at = before;
  return null;
}

const CHANGE = /:?[-=+?]|%%?|##?/y;

function readBraced(reader: Reader, list: ReadList, quoted: boolean): Part {
  reader.skip(2);
  const length = reader.char === '#' && reader.match(NAME, 1) !== null && !reader.startsWith('#}');
  if (length) reader.skip(1);
  const name = reader.match(NAME, 0) ?? '';
  reader.skip(name.length);
  if (name === '') throw new SyntaxFault('bad substitution');
  const operator = reader.match(CHANGE, 0);
  let change: { operator: string; word: Word } | null = null;
  if (operator !== null) {
    reader.skip(operator.length);
    change = { operator, word: readParts(reader, list, false, char => char === '}') };
  }
  if (reader.atEnd) throw new SyntaxFault('unterminated ${', '}');
  if (reader.char !== '}') throw new SyntaxFault('bad substitution');
  reader.skip(1);
  return { kind: 'parameter', name, quoted, length, change };
}
