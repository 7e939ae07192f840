/**
 * Parses a curl command line into options, each checked against what a pod may use. The result is rewritten with long
 * names, so that no other reading of the words (bundles, abbreviations, values in one word) can slip through.
 */
import { OPTIONS, SHORT } from './options.ts';
import { optionRefusal } from './refusals.ts';
import { schemeProblem } from './scheme.ts';
import { type CallFiles, checkValue } from './values.ts';

export interface CurlOption {
  /** Long name, without dashes; 'url' for an argument that is not an option. */
  readonly name: string;
  readonly value?: string;
}

/** The options of one --next group; curl resets them all at the next. */
export type Group = readonly CurlOption[];

/**
 * curl's own exit codes for calls that are refused: a command line that it cannot use, a protocol that it does not
 * support.
 */
export const NOT_USED = 2;
const NO_PROTOCOL = 1;

interface Refused {
  /** One sentence for stderr. */
  readonly refused: string;
  readonly exit: number;
}

export type CurlWords = { readonly groups: readonly Group[] } | Refused;

/** `argv` without the word curl. */
export function readCurlWords(argv: readonly string[], place: CallFiles): CurlWords {
  const groups: CurlOption[][] = [[]];
  try {
    for (const { name, word, value } of split(argv)) {
      if (name === 'next') groups.push([]);
      else if (name !== 'disable') groups.at(-1)?.push(checked(name, word, value, place));
    }
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message, exit: error.exit };
    throw error;
  }
  return { groups };
}

class Refusal extends Error {
  readonly exit: number;

  constructor(message: string, exit = NOT_USED) {
    super(message);
    this.exit = exit;
  }
}

interface Word {
  readonly name: string;
  /** As it was written. */
  readonly word: string;
  readonly value?: string;
}

function checked(name: string, word: string, value: string | undefined, place: CallFiles): CurlOption {
  const kind = OPTIONS.get(name);
  if (kind === undefined || kind === 'flag' || value === undefined) return { name };
  const found = checkValue(kind, value, place);
  const scheme = kind === 'url' ? schemeProblem(value) : null;
  if (scheme !== null) throw new Refusal(`sandbox: curl cannot call ${value} here: ${scheme}.`, NO_PROTOCOL);
  if ('value' in found) return { name, value: found.value };
  throw new Refusal(`sandbox: curl's ${word} cannot be ${value} here: ${found.why}.`);
}

function* split(argv: readonly string[]): Generator<Word> {
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') {
      for (const url of argv.slice(at + 1)) yield { name: 'url', word: url, value: url };
      return;
    }
    if (!word.startsWith('-')) yield { name: 'url', word, value: word };
    else if (word.startsWith('--')) at += yield* option(word.slice(2), word, argv[at + 1]);
    else at += yield* bundle(word, argv[at + 1]);
  }
}

/** Yields the option; returns how many of the following words it took. */
function* option(name: string, word: string, following: string | undefined): Generator<Word, number> {
  if (name === 'no-disable') throw unknown(name, word);
  const positive = name.startsWith('no-') ? name.slice(3) : name;
  if (positive !== name && OPTIONS.get(positive) === 'flag') {
    yield { name, word };
    return 0;
  }
  if (name === 'help') {
    // The category of --help is optional.
    const takes = following !== undefined && !following.startsWith('-');
    yield { name, word, ...(takes ? { value: following } : {}) };
    return takes ? 1 : 0;
  }
  const kind = OPTIONS.get(name);
  if (kind === undefined) throw unknown(name, word);
  if (kind === 'flag') {
    yield { name, word };
    return 0;
  }
  if (following === undefined) throw new Refusal(`curl: option ${word}: requires parameter`);
  yield { name, word, value: following };
  return 1;
}

/** '-sSo' 'file' and '-sSofile': letters until one takes the rest, or the next word, as its value. */
function* bundle(word: string, following: string | undefined): Generator<Word, number> {
  if (word === '-') throw new Refusal("sandbox: '-' alone is no option and no URL.");
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const name = SHORT.get(letter);
    if (name === undefined) throw unknown(letter, `-${letter}`);
    const used = yield* option(name, `-${letter}`, word.slice(at + 1) || following);
    if (used === 0) continue;
    return at === word.length - 1 ? 1 : 0;
  }
  return 0;
}

function unknown(name: string, word: string): Refusal {
  const short = /^-[^-]/.test(word) ? word : word.replace(/=.*$/s, '');
  return new Refusal(optionRefusal(name, short));
}
