/** Reads a script. */
import { Reader } from './reader.ts';
import type { Assignment, Command, Item, List, Pipeline, Redirect, Statement, Word } from './syntax.ts';
import { SyntaxFault } from './syntax.ts';
import { readParts, readWord } from './words.ts';

/** Throws a SyntaxFault. */
export function parse(script: string): List {
  const reader = new Reader(script);
  const list = readList(reader, []);
  if (!reader.atEnd) throw unexpected(reader);
  if (reader.awaitsDocument) throw new SyntaxFault('here-document without its text', '');
  return list;
}

/** Words that begin or end a compound command, where a command may begin. */
const CLOSING = ['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}'];
const RESERVED = /(?:then|else|elif|fi|do|done|esac|if|while|until|for|case|\{|\}|!)(?=[\s;&|<>()]|$)/y;

function readList(reader: Reader, until: readonly string[]): List {
  const statements: Statement[] = [];
  for (;;) {
    skipLines(reader);
    const word = reader.match(RESERVED, 0);
    if (reader.atEnd || reader.char === ')' || reader.startsWith(';;')) return statements;
    if (word !== null && CLOSING.includes(word)) {
      if (until.includes(word)) return statements;
      throw unexpected(reader);
    }
    statements.push(readStatement(reader));
  }
}

const readInner = (reader: Reader) => readList(reader, []);

function skipLines(reader: Reader): void {
  for (;;) {
    reader.skipBlanks();
    if (reader.char !== '\n') return;
    reader.skipLineEnd();
  }
}

function readStatement(reader: Reader): Statement {
  const items: Item[] = [{ when: 'always', pipeline: readPipeline(reader) }];
  for (;;) {
    reader.skipBlanks();
    const when = reader.startsWith('&&') ? 'success' : reader.startsWith('||') ? 'failure' : null;
    if (when === null) break;
    reader.skip(2);
    skipLines(reader);
    items.push({ when, pipeline: readPipeline(reader) });
  }
  const background = reader.char === '&';
  if (background || (reader.char === ';' && !reader.startsWith(';;'))) reader.skip(1);
  else if (reader.char === '\n') reader.skipLineEnd();
  return { items, background };
}

function readPipeline(reader: Reader): Pipeline {
  reader.skipBlanks();
  const negated = reader.match(RESERVED, 0) === '!';
  if (negated) reader.skip(1);
  const commands = [readCommand(reader)];
  for (;;) {
    reader.skipBlanks();
    if (reader.char !== '|' || reader.startsWith('||')) return { negated, commands };
    reader.skip(1);
    skipLines(reader);
    commands.push(readCommand(reader));
  }
}

function readCommand(reader: Reader): Command {
  reader.skipBlanks();
  const word = reader.match(RESERVED, 0);
  if (reader.char === '(') {
    reader.skip(1);
    const body = readList(reader, []);
    reader.expect(')');
    return { kind: 'subshell', body, redirects: readRedirects(reader) };
  }
  switch (word) {
    case null:
      return readSimple(reader);
    case '{':
      reader.skip(1);
      return { kind: 'group', body: readUpTo(reader, '}'), redirects: readRedirects(reader) };
    case 'if':
      return readIf(reader);
    case 'while':
    case 'until': {
      reader.skip(word.length);
      const test = readUpTo(reader, 'do');
      const body = readUpTo(reader, 'done');
      return { kind: 'while', until: word === 'until', test, body, redirects: readRedirects(reader) };
    }
    case 'for':
      return readFor(reader);
    case 'case':
      return readCase(reader);
    default:
      throw unexpected(reader);
  }
}

/** The list before this word, which is skipped. */
function readUpTo(reader: Reader, word: string): List {
  const list = readList(reader, [word]);
  if (reader.match(RESERVED, 0) !== word) throw unexpected(reader, word);
  reader.skip(word.length);
  return list;
}

function readIf(reader: Reader): Command {
  const branches: { test: List; body: List }[] = [];
  let otherwise: List | null = null;
  for (let word = 'if'; ; ) {
    reader.skip(word.length);
    if (word === 'else') {
      otherwise = readUpTo(reader, 'fi');
      break;
    }
    const test = readUpTo(reader, 'then');
    branches.push({ test, body: readList(reader, ['elif', 'else', 'fi']) });
    word = reader.match(RESERVED, 0) ?? '';
    if (word === 'fi') {
      reader.skip(2);
      break;
    }
    if (word === '') throw unexpected(reader, 'fi');
  }
  return { kind: 'if', branches, otherwise, redirects: readRedirects(reader) };
}

const NAME = /[A-Za-z_]\w*/y;
const IN = /in(?=\s|;|$)/y;

function readFor(reader: Reader): Command {
  reader.skip(3);
  reader.skipBlanks();
  const name = reader.match(NAME, 0);
  if (name === null) throw new SyntaxFault('syntax error: bad for loop variable', reader.atEnd ? '' : null);
  reader.skip(name.length);
  skipLines(reader);
  let words: Word[] | null = null;
  if (reader.match(IN, 0) !== null) {
    reader.skip(2);
    words = [];
    for (reader.skipBlanks(); ; reader.skipBlanks()) {
      const word = readWord(reader, readInner);
      if (word === null) break;
      words.push(word);
    }
  }
  reader.skipBlanks();
  if (reader.char === ';') reader.skip(1);
  skipLines(reader);
  if (reader.match(RESERVED, 0) !== 'do') throw unexpected(reader, 'do');
  reader.skip(2);
  return { kind: 'for', name, words, body: readUpTo(reader, 'done'), redirects: readRedirects(reader) };
}

function readCase(reader: Reader): Command {
  reader.skip(4);
  reader.skipBlanks();
  const word = readWord(reader, readInner);
  skipLines(reader);
  if (word === null || reader.match(IN, 0) === null) throw unexpected(reader, 'in');
  reader.skip(2);
  const arms: { patterns: Word[]; body: List }[] = [];
  for (skipLines(reader); reader.match(RESERVED, 0) !== 'esac'; skipLines(reader)) {
    if (reader.atEnd) throw unexpected(reader, 'esac');
    if (reader.char === '(') reader.skip(1);
    const patterns: Word[] = [];
    for (;;) {
      reader.skipBlanks();
      const pattern = readWord(reader, readInner);
      if (pattern === null) throw unexpected(reader, ')');
      patterns.push(pattern);
      reader.skipBlanks();
      if (reader.char !== '|') break;
      reader.skip(1);
    }
    reader.expect(')');
    arms.push({ patterns, body: readList(reader, ['esac']) });
    if (reader.startsWith(';;')) reader.skip(2);
  }
  reader.skip(4);
  return { kind: 'case', word, arms, redirects: readRedirects(reader) };
}

const ASSIGNED = /[A-Za-z_]\w*=/y;
const FUNCTION = /[A-Za-z_]\w*[ \t]*\([ \t]*\)/y;

function readSimple(reader: Reader): Command {
  const named = reader.match(FUNCTION, 0);
  if (named !== null) {
    reader.skip(named.length);
    skipLines(reader);
    return { kind: 'function', name: named.replace(/\W/g, ''), body: readCommand(reader), redirects: [] };
  }
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirects: Redirect[] = [];
  for (;;) {
    reader.skipBlanks();
    const redirect = readRedirect(reader);
    if (redirect !== null) {
      redirects.push(redirect);
      continue;
    }
    const assigned = words.length === 0 ? reader.match(ASSIGNED, 0) : null;
    if (assigned !== null) {
      reader.skip(assigned.length);
      assignments.push({ name: assigned.slice(0, -1), value: readWord(reader, readInner) ?? [] });
      continue;
    }
    const word = readWord(reader, readInner);
    if (word === null) break;
    words.push(word);
  }
  if (assignments.length + words.length + redirects.length === 0) throw unexpected(reader);
  return { kind: 'simple', assignments, words, redirects };
}

function readRedirects(reader: Reader): Redirect[] {
  const redirects: Redirect[] = [];
  for (;;) {
    reader.skipBlanks();
    const redirect = readRedirect(reader);
    if (redirect === null) return redirects;
    redirects.push(redirect);
  }
}

const REDIRECT = /\d?(?:<<-?|<&|>&|>>|>\||<|>)/y;

function readRedirect(reader: Reader): Redirect | null {
  const read = reader.match(REDIRECT, 0);
  if (read === null) return null;
  reader.skip(read.length);
  const [, digit = '', operator = ''] = /^(\d?)(.*)$/.exec(read) ?? [];
  const fd = digit === '' ? (operator.startsWith('<') ? 0 : 1) : Number(digit);
  reader.skipBlanks();
  const target = readWord(reader, readInner);
  if (target === null) throw unexpected(reader);
  if (operator.startsWith('<<')) return readDocument(reader, fd, target, operator === '<<-');
  return { fd, operator: operator === '>|' ? '>' : (operator as Redirect['operator']), target };
}

function readDocument(reader: Reader, fd: number, end: Word, stripTabs: boolean): Redirect {
  const text: Word[number][] = [];
  reader.awaitDocument(end, stripTabs, (document, quoted) => {
    if (quoted) text.push({ kind: 'text', text: document, quoted: true });
    else text.push(...readParts(reader.of(document), readInner, true, () => false));
  });
  return { fd, operator: '<<', target: text };
}

function unexpected(reader: Reader, expecting?: string): SyntaxFault {
  const wanted = expecting === undefined ? '' : ` (expecting "${expecting}")`;
  if (reader.atEnd) return new SyntaxFault(`syntax error: unexpected end of file${wanted}`, expecting ?? '');
  const found = /^(?:\n|[;&|<>()]{1,2}|[^\s;&|<>()]+)/.exec(reader.text.slice(reader.at))?.[0] ?? reader.char;
  const shown = found === '\n' ? 'newline' : `"${found}"`;
  return new SyntaxFault(`syntax error: unexpected ${shown}${wanted}`);
}
