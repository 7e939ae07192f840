/** The options that every command takes, read in one place. */
import type { Command } from 'commander';
import { UserError } from '../shared/errors.ts';
import { shellWord } from '../shared/shell.ts';
import { isAsciiLocale } from './ascii-locale.ts';

export interface GlobalOptions {
  readonly on?: string | undefined;
  readonly json: boolean;
  /** False after --no-color, where NO_COLOR is set, and where stdout is no terminal. */
  readonly color: boolean;
  /** After --ascii, and in a locale that has nothing more. */
  readonly ascii: boolean;
  /** Text that only grows, for a screen reader: asked for by the flag, or by the variable that Ink's programs obey. */
  readonly screenReader: boolean;
  /** Clicks and the wheel are taken: not after --no-mouse, nor where ISTIO_TUTOR_NO_MOUSE is set. */
  readonly mouse: boolean;
  readonly verbose: boolean;
  readonly learner?: string | undefined;
  readonly prefix?: string | undefined;
  readonly name?: string | undefined;
  readonly work?: string | undefined;
  readonly state?: string | undefined;
  readonly course?: string | undefined;
  /** Where what is done is written down. */
  readonly transcript?: string | undefined;
}

/** The global options of a command, checked. Throws a UserError that names the flag. */
export function globals(command: Command): GlobalOptions {
  const raw = command.optsWithGlobals<Record<string, unknown>>();
  const text = (key: string) => (typeof raw[key] === 'string' ? raw[key] : undefined);
  const options: GlobalOptions = {
    on: text('on'),
    learner: text('learner'),
    prefix: text('prefix'),
    name: text('name'),
    work: text('work'),
    state: text('state'),
    transcript: text('transcript'),
    course: text('lessons') ?? text('course'),
    json: raw.json === true,
    color: raw.color !== false && !process.env.NO_COLOR && process.stdout.isTTY === true,
    ascii: raw.ascii === true || isAsciiLocale(process.env),
    screenReader: raw.screenReader === true || process.env.INK_SCREEN_READER === 'true',
    mouse: raw.mouse !== false && !process.env.ISTIO_TUTOR_NO_MOUSE,
    verbose: raw.verbose === true,
  };
  checkLabel('name', options.name, 40);
  checkLabel('learner', options.learner, 30);
  return options;
}

/** A learner and a cluster name end up in names of namespaces and containers, which are short of characters. */
function checkLabel(flag: string, value: string | undefined, most: number): void {
  if (value === undefined) return;
  if (value.length <= most && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(value)) return;
  throw new UserError({
    what: `--${flag} ${JSON.stringify(value)} cannot be used as a name.`,
    why: `It has at most ${most} characters: small letters, digits and dashes, with a letter or digit at both ends.`,
    next: [`--${flag} ${suggestLabel(value, most)}`],
  });
}

function suggestLabel(value: string, most: number): string {
  const label = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, most)
    .replace(/^-+|-+$/g, '');
  return label === '' ? 'ana' : label;
}

/** The flags that lead to the same cluster and world again: ' --name h2 --learner ana', or nothing. */
export function sameAgain(options: GlobalOptions): string {
  const flags = ['on', 'name', 'learner', 'prefix', 'state'] as const;
  return flags
    .flatMap(flag => (options[flag] === undefined ? [] : ` --${flag} ${shellWord(options[flag])}`))
    .join('');
}
