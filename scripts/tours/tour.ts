// A tour: a text file of commands with a name each, in sections that do not need each other.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Stop {
  readonly name: string;
  /** What bash runs, in a folder with the tour's files. */
  readonly command: string;
}

interface Section {
  readonly title: string;
  /** Is run by the test, too. */
  readonly quick: boolean;
  readonly stops: readonly Stop[];
}

export interface Tour {
  readonly name: string;
  /** The folder of the files that its commands name. */
  readonly files: string;
  readonly setup: readonly Stop[];
  readonly sections: readonly Section[];
  readonly teardown: readonly Stop[];
}

export const TOURS = ['kubectl', 'istioctl'] as const;

/** The folder of a tour beside this file. */
export const tourFolder = (name: string) => join(import.meta.dirname, name);

export function readTour(name: string): Tour {
  const folder = tourFolder(name);
  return parseTour(name, join(folder, 'files'), readFileSync(join(folder, 'tour.txt'), 'utf8'));
}

/** The commands of all its sections, in order; with `quick`, of those that are quick. */
export function stopsOf(tour: Tour, quick: boolean): readonly Stop[] {
  return tour.sections.filter(section => section.quick || !quick).flatMap(section => section.stops);
}

/**
 * `# comment`, `@setup`, `@section TITLE`, `@quick TITLE`, `@teardown`, and between them `NAME: COMMAND`; lines that are
 * indented go on with the command.
 */
function parseTour(name: string, files: string, text: string): Tour {
  const parts: { mark: string; title: string; stops: { name: string; command: string }[] }[] = [];
  const seen = new Set<string>();
  for (const [at, line] of text.split('\n').entries()) {
    const stops = parts.at(-1)?.stops;
    const [, mark, title = ''] = /^@(setup|section|quick|teardown)\s*(.*)$/.exec(line) ?? [];
    const [, stop, command = ''] = /^([a-z0-9-]+): (.*)$/.exec(line) ?? [];
    const last = stops?.at(-1);
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (mark !== undefined) parts.push({ mark, title, stops: [] });
    else if (line.startsWith('  ') && last) last.command += `\n${line.slice(2)}`;
    else if (stop !== undefined && stops && !seen.has(stop)) stops.push({ name: stop, command });
    else throw new Error(`${name}/tour.txt:${at + 1}: neither a part nor a command of a new name: ${line}`);
    if (stop !== undefined) seen.add(stop);
  }
  const stopsAt = (mark: string) => parts.filter(part => part.mark === mark).flatMap(part => part.stops);
  const sections = parts
    .filter(part => part.mark === 'section' || part.mark === 'quick')
    .map(part => ({ title: part.title, quick: part.mark === 'quick', stops: part.stops }));
  return { name, files, setup: stopsAt('setup'), sections, teardown: stopsAt('teardown') };
}
