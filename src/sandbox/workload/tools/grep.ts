/** grep. Source: POSIX.1-2017, grep; -o, -w and -m as BusyBox has them */
import type { ExecStreams } from '../../rooms.ts';
import { regexOf } from './regex.ts';
import { linesOf, Misuse, numberOf, optionsOf, type ToolPlace } from './tool.ts';

export async function grep(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, values, all, words } = optionsOf(argv, 'EFGPivcnqolLwxhHs', 'emABC', {
    ...{ count: 'c', 'ignore-case': 'i', 'invert-match': 'v', quiet: 'q', 'only-matching': 'o' },
    ...{ 'line-number': 'n', 'extended-regexp': 'E', 'fixed-strings': 'F', regexp: 'e', 'max-count': 'm' },
    ...{ 'word-regexp': 'w', 'line-buffered': 's', color: 's' },
  });
  const given = all.filter(([letter]) => letter === 'e').map(([, pattern]) => pattern);
  if (given.length === 0 && words.length === 0) throw new Misuse('no pattern', 2);
  const patterns = (given.length > 0 ? given : [words[0] ?? '']).flatMap(pattern => pattern.split('\n'));
  const files = given.length > 0 ? words : words.slice(1);
  const regexes = patterns.map(pattern => {
    const { source } = regexOf(pattern, {
      extended: flags.has('E') || flags.has('P'),
      fixed: flags.has('F'),
    });
    const whole = flags.has('x')
      ? `^(?:${source})$`
      : flags.has('w')
        ? `(?<!\\w)(?:${source})(?!\\w)`
        : source;
    return new RegExp(whole, flags.has('i') ? 'gi' : 'g');
  });
  const context = values.get('C') ?? '0';
  const [after, before] = [values.get('A') ?? context, values.get('B') ?? context].map(numberOf) as [
    number,
    number,
  ];
  const most = values.has('m') ? numberOf(values.get('m') ?? '') : Number.POSITIVE_INFINITY;
  const named = (files.length > 1 || flags.has('H')) && !flags.has('h');

  let exit = 1;
  let failed = false;
  const told = (message: string) => {
    if (!flags.has('s')) streams.stderr(`grep: ${message}\n`);
    failed = true;
  };
  const counts = new Map<string, number>();
  const numbers = new Map<string, number>();
  let held: string[] = [];
  let following = 0;
  const show = (text: string, file: string, number: number, sign: string) =>
    streams.stdout(`${named ? `${file}${sign}` : ''}${flags.has('n') ? `${number}${sign}` : ''}${text}\n`);
  for await (const { line, file } of linesOf(place, files, streams, told)) {
    const number = (numbers.get(file) ?? 0) + 1;
    numbers.set(file, number);
    const found = regexes.flatMap(regex => [...line.matchAll(regex)].map(match => match[0]));
    const hit = found.length > 0 !== flags.has('v');
    const count = counts.get(file) ?? 0;
    if (!hit || count >= most) {
      if (following > 0) {
        following -= 1;
        show(line, file, number, '-');
      } else if (before > 0) held = [...held, line].slice(-before);
      if (count >= most && files.length <= 1 && following === 0) break;
      continue;
    }
    exit = 0;
    counts.set(file, count + 1);
    if (flags.has('q')) return 0;
    if (flags.has('c') || flags.has('l') || flags.has('L')) continue;
    held.forEach((text, at) => {
      show(text, file, number - held.length + at, '-');
    });
    held = [];
    following = after;
    if (flags.has('o')) for (const text of found.filter(each => each !== '')) show(text, file, number, ':');
    else show(line, file, number, ':');
  }
  if (flags.has('c'))
    for (const file of files.length === 0 ? ['-'] : files)
      streams.stdout(`${named ? `${file}:` : ''}${counts.get(file) ?? 0}\n`);
  if (flags.has('l'))
    for (const file of counts.keys()) streams.stdout(`${file === '-' ? '(standard input)' : file}\n`);
  return failed ? 2 : exit;
}
