/** `test`, `[ ]`. Source: POSIX.1-2017, test */
import type { ContainerFiles } from './files.ts';
import { pathIn } from './paths.ts';

interface Tested {
  isFolder(path: string): boolean;
  /** Bytes; null: there is no file. */
  size(path: string): number | null;
  /** '0', '1' or '2'. */
  isTerminal(stream: string): boolean;
}

/** `test WORDS` and `[ WORDS ]`: how it ends, and what it finds wrong. */
export function tested(
  [name, ...words]: readonly string[],
  files: ContainerFiles,
  folder: string,
  isTerminal: Tested['isTerminal'],
): { exit: number; fault: string | null } {
  const bracket = name === '[';
  if (bracket && words.at(-1) !== ']') return { exit: 2, fault: '[: missing ]' };
  try {
    const holds = condition(words.slice(0, bracket ? -1 : undefined), {
      isFolder: path => files.isFolder(pathIn(folder, path)),
      size: path => files.read(pathIn(folder, path))?.length ?? null,
      isTerminal,
    });
    return { exit: holds ? 0 : 1, fault: null };
  } catch (error) {
    return { exit: 2, fault: `${name}: ${(error as Error).message}` };
  }
}

/** Throws an Error with a sentence for what is no condition. */
function condition(words: readonly string[], files: Tested): boolean {
  const at = { index: 0 };
  const result = either(words, at, files);
  if (at.index < words.length) throw new Error(`${words[at.index]}: unexpected operator`);
  return result;
}

interface At {
  index: number;
}

function either(words: readonly string[], at: At, files: Tested): boolean {
  let result = both(words, at, files);
  while (words[at.index] === '-o') {
    at.index += 1;
    const right = both(words, at, files);
    result = result || right;
  }
  return result;
}

function both(words: readonly string[], at: At, files: Tested): boolean {
  let result = primary(words, at, files);
  while (words[at.index] === '-a') {
    at.index += 1;
    const right = primary(words, at, files);
    result = result && right;
  }
  return result;
}

const BINARY = ['=', '==', '!=', '-eq', '-ne', '-lt', '-le', '-gt', '-ge'];
const UNARY = /^-[nzefdrwxst]$/;

function primary(words: readonly string[], at: At, files: Tested): boolean {
  const [first, second, third] = words.slice(at.index);
  if (first === undefined) return false;
  if (second !== undefined && BINARY.includes(second) && third !== undefined) {
    at.index += 3;
    return compare(first, second, third);
  }
  if (first === '!') {
    at.index += 1;
    return !primary(words, at, files);
  }
  if (first === '(') {
    at.index += 1;
    const result = either(words, at, files);
    if (words[at.index] !== ')') throw new Error('closing paren expected');
    at.index += 1;
    return result;
  }
  if (UNARY.test(first) && second !== undefined) {
    at.index += 2;
    return unary(first, second, files);
  }
  at.index += 1;
  return first !== '';
}

function unary(operator: string, word: string, files: Tested): boolean {
  switch (operator) {
    case '-n':
      return word !== '';
    case '-z':
      return word === '';
    case '-d':
      return files.isFolder(word);
    case '-f':
      return files.size(word) !== null;
    case '-s':
      return (files.size(word) ?? 0) > 0;
    case '-t':
      return files.isTerminal(word);
    case '-x':
      return files.isFolder(word);
    default:
      return files.isFolder(word) || files.size(word) !== null;
  }
}

function compare(left: string, operator: string, right: string): boolean {
  if (operator === '=' || operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const [a, b] = [left, right].map(word => {
    if (!/^\s*[-+]?\d+\s*$/.test(word)) throw new Error(`Illegal number: ${word}`);
    return Number(word);
  }) as [number, number];
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}
