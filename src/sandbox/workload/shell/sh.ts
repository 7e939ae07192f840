/** `sh`: a script of its command line, of a file, of stdin, or a terminal's lines. */
import type { ExecStreams } from '../../rooms.ts';
import { runLines } from './at-terminal.ts';
import { Shell, type ShellPlace } from './interpreter.ts';
import { pathIn } from './paths.ts';
import { listsFrom, listsIn, runScript } from './script.ts';
import { streamsOf } from './streams.ts';

const NOT_FOUND = 127;

export async function runShell(
  place: ShellPlace,
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  given: ExecStreams,
): Promise<number> {
  const streams = streamsOf(given);
  const at = argv.findIndex((word, index) => index > 0 && !/^[-+][a-zA-Z]+$/.test(word));
  const letters = argv
    .slice(1, at < 0 ? undefined : at)
    .join('')
    .replaceAll('-', '');
  const rest = at < 0 ? [] : argv.slice(at);
  const [name = 'sh'] = argv;
  const begin = (own: string, positional: readonly string[]) => {
    const shell = new Shell(place, own, positional, env);
    for (const letter of ['e', 'u', 'x']) if (letters.includes(letter)) shell.options.add(letter);
    return shell;
  };
  if (letters.includes('c')) {
    const [script, own = name, ...positional] = rest;
    if (script !== undefined) return runScript(begin(own, positional), listsIn(script), streams);
    streams.stderr.write(`${name}: -c requires an argument\n`);
    return 2;
  }
  const [file, ...positional] = rest;
  if (file !== undefined) {
    const data = place.files.read(pathIn(env.PWD ?? '/', file));
    if (data !== null) return runScript(begin(file, positional), listsIn(data.toString()), streams);
    streams.stderr.write(`${name}: can't open '${file}': No such file or directory\n`);
    return NOT_FOUND;
  }
  if (given.tty) return runLines(begin(name, []), streams);
  return runScript(begin(name, []), streams.stdin ? listsFrom(streams.stdin) : [], streams);
}
