/** `find [PATH]... [-name PATTERN] [-type f|d] [-maxdepth N] [-mindepth N] [-print]`, in the order of the names. */
import { posix } from 'node:path';
import type { ExecStreams } from '../../rooms.ts';
import { pathIn } from '../shell/paths.ts';
import { matches } from '../shell/patterns.ts';
import { Misuse, numberOf, type ToolPlace } from './tool.ts';

interface Wanted {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly least: number;
  readonly most: number;
}

export function find(place: ToolPlace, argv: readonly string[], { stdout, stderr }: ExecStreams): number {
  const end = argv.findIndex(word => /^[-(!]/.test(word));
  const paths = end < 0 ? argv : argv.slice(0, end);
  const wanted = wantedBy(end < 0 ? [] : argv.slice(end));
  let exit = 0;
  const visit = (shown: string, level: number) => {
    const path = pathIn(place.folder, shown);
    const isFolder = place.files.isFolder(path);
    if (level >= wanted.least && fits(posix.basename(path), isFolder, wanted)) stdout(`${shown}\n`);
    if (!isFolder || level >= wanted.most) return;
    for (const name of place.files.list(path))
      visit(shown.endsWith('/') ? shown + name : `${shown}/${name}`, level + 1);
  };
  for (const each of paths.length === 0 ? ['.'] : paths) {
    const path = pathIn(place.folder, each);
    if (place.files.isFolder(path) || place.files.read(path) !== null) visit(each, 0);
    else {
      stderr(`find: ${each}: No such file or directory\n`);
      exit = 1;
    }
  }
  return exit;
}

function wantedBy(words: readonly string[]): Wanted {
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '-print') continue;
    if (!['-name', '-type', '-maxdepth', '-mindepth'].includes(word))
      throw new Misuse(`here it knows -name, -type, -maxdepth, -mindepth and -print, not ${word}`);
    const value = words[++at];
    if (value === undefined) throw new Misuse(`${word} requires an argument`);
    values.set(word, value);
  }
  const type = values.get('-type');
  if (type !== undefined && type !== 'f' && type !== 'd')
    throw new Misuse(`-type is f or d here, not ${type}`);
  return {
    ...{ name: values.get('-name'), type },
    least: numberOf(values.get('-mindepth') ?? '0'),
    most: values.has('-maxdepth') ? numberOf(values.get('-maxdepth') ?? '') : Number.POSITIVE_INFINITY,
  };
}

function fits(name: string, isFolder: boolean, wanted: Wanted): boolean {
  if (wanted.type !== undefined && (wanted.type === 'd') !== isFolder) return false;
  return wanted.name === undefined || matches([{ text: wanted.name, quoted: false }], name);
}
