/** sed: s, y, p, d, q, =, a, i, c with addresses. Source: POSIX.1-2017, sed */
import type { ExecStreams } from '../../rooms.ts';
import { pathIn } from '../shell/paths.ts';
import { regexOf } from './regex.ts';
import { linesOf, Misuse, numberOf, optionsOf, type ToolPlace } from './tool.ts';

type Address = { readonly line: number } | { readonly last: true } | { readonly regex: RegExp };

interface Edit {
  readonly from: Address | null;
  readonly to: Address | null;
  readonly negated: boolean;
  readonly name: string;
  /** Of s: the expression and what replaces it. Of a, i, c: `text`. */
  readonly regex?: RegExp;
  readonly text: string;
  readonly all: boolean;
  readonly nth: number;
  readonly prints: boolean;
  /** Within its two addresses. */
  inside: boolean;
}

export async function sed(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, all, words } = optionsOf(argv, 'nErsi', 'e', {
    expression: 'e',
    quiet: 'n',
    'regexp-extended': 'E',
  });
  const given = all.map(([, script]) => script);
  const [first, ...rest] = words;
  if (given.length === 0 && first === undefined) throw new Misuse('no script');
  const script = given.length > 0 ? given.join('\n') : (first ?? '');
  const files = given.length > 0 ? words : rest;
  const edits = readScript(script, flags.has('E') || flags.has('r'));
  if (!flags.has('i'))
    return edit(place, edits, files, flags.has('n'), streams, text => streams.stdout(text));
  let exit = 0;
  for (const file of files) {
    const output: string[] = [];
    exit ||= await edit(place, edits, [file], flags.has('n'), streams, text => void output.push(text));
    place.files.write(pathIn(place.folder, file), Buffer.from(output.join('')), false);
  }
  return exit;
}

async function edit(
  place: ToolPlace,
  edits: readonly Edit[],
  files: readonly string[],
  quiet: boolean,
  streams: ExecStreams,
  print: (text: string) => void,
): Promise<number> {
  let exit = 0;
  const told = (message: string) => {
    streams.stderr(`sed: ${message}\n`);
    exit = 1;
  };
  const lines = linesOf(place, files, streams, told)[Symbol.asyncIterator]();
  let next = await lines.next();
  for (let number = 1; !next.done; number++) {
    let { line } = next.value;
    next = await lines.next();
    const after: string[] = [];
    let deleted = false;
    let quits = false;
    for (const each of edits) {
      if (!applies(each, line, number, next.done === true)) continue;
      if (each.name === 's') {
        const replaced = substituted(line, each);
        if (replaced === null) continue;
        line = replaced;
        if (each.prints) print(`${line}\n`);
      } else if (each.name === 'p') print(`${line}\n`);
      else if (each.name === '=') print(`${number}\n`);
      else if (each.name === 'i') print(`${each.text}\n`);
      else if (each.name === 'a') after.push(`${each.text}\n`);
      else if (each.name === 'c') {
        print(`${each.text}\n`);
        deleted = true;
      } else if (each.name === 'd') deleted = true;
      else quits = true;
      if (deleted || quits) break;
    }
    if (!deleted && !quiet) print(`${line}\n`);
    for (const text of after) print(text);
    if (quits) break;
  }
  return exit;
}

function applies(edit: Edit, line: string, number: number, last: boolean): boolean {
  return within(edit, line, number, last) !== edit.negated;
}

function within(edit: Edit, line: string, number: number, last: boolean): boolean {
  const { from, to } = edit;
  if (from === null) return true;
  if (to === null) return fits(from, line, number, last);
  if (edit.inside) {
    edit.inside = 'line' in to ? number < to.line : !fits(to, line, number, last);
    return true;
  }
  if (!fits(from, line, number, last)) return false;
  edit.inside = !('line' in to && to.line <= number) && !('last' in to && last);
  return true;
}

function fits(address: Address, line: string, number: number, last: boolean): boolean {
  if ('line' in address) return number === address.line;
  return 'last' in address ? last : address.regex.test(line);
}

/** null: nothing was found. */
function substituted(line: string, { regex, text, all, nth }: Edit): string | null {
  if (regex === undefined) return null;
  let count = 0;
  let hit = false;
  const result = line.replace(regex, (...match) => {
    const groups = match.slice(
      0,
      match.findIndex(each => typeof each === 'number'),
    ) as string[];
    count += 1;
    if (count < nth || (count > nth && !all)) return groups[0] ?? '';
    hit = true;
    return text.replace(/\\(\d)|\\n|\\(.)|&/g, (whole, group, char) => {
      if (group !== undefined) return groups[Number(group)] ?? '';
      if (whole === '&') return groups[0] ?? '';
      return whole === '\\n' ? '\n' : char;
    });
  });
  return hit ? result : null;
}

function readScript(script: string, extended: boolean): Edit[] {
  const edits: Edit[] = [];
  let rest = script.replace(/^[\s;]+/, '');
  while (rest !== '') {
    let from: Address | null = null;
    let to: Address | null = null;
    [from, rest] = readAddress(rest, extended);
    if (from !== null && rest.startsWith(',')) {
      [to, rest] = readAddress(rest.slice(1), extended);
      if (to === null) throw new Misuse("unexpected `,'");
    }
    const negated = /^\s*!/.test(rest);
    rest = rest.replace(/^\s*!?\s*/, '');
    const [name = ''] = rest;
    const base = { from, to, negated, name, text: '', all: false, nth: 1, prints: false, inside: false };
    rest = rest.slice(1);
    if (name === 's') {
      const { edit, left } = readSubstitution(rest, extended);
      edits.push({ ...base, ...edit });
      rest = left;
    } else if (/^[aic]$/.test(name)) {
      const [, text = '', left = ''] = /^\\?\s*([^\n]*)(.*)$/s.exec(rest) ?? [];
      edits.push({ ...base, text });
      rest = left;
    } else if (/^[pdq=]$/.test(name)) edits.push(base);
    else throw new Misuse(`unsupported command ${name}`);
    if (!/^(?:\s*$|\s*[;\n}])/.test(rest)) throw new Misuse(`extra characters after command: ${rest.trim()}`);
    rest = rest.replace(/^[\s;]+/, '');
  }
  return edits;
}

function readAddress(text: string, extended: boolean): [Address | null, string] {
  const [whole = '', number, last, source] = /^\s*(?:(\d+)|(\$)|\/((?:\\.|[^/\\])*)\/)/.exec(text) ?? [];
  const rest = text.slice(whole.length);
  if (number !== undefined) return [{ line: numberOf(number) }, rest];
  if (last !== undefined) return [{ last: true }, rest];
  return source === undefined
    ? [null, text]
    : [{ regex: regexOf(source.replace(/\\\//g, '/'), { extended }) }, rest];
}

function readSubstitution(text: string, extended: boolean) {
  const [mark = ''] = text;
  const parts = ['', ''];
  let at = 1;
  for (let part = 0; part < 2; part++) {
    for (; at < text.length && text[at] !== mark; at++) {
      if (text[at] === '\\' && at + 1 < text.length) parts[part] += text[at + 1] === mark ? '' : '\\';
      if (text[at] === '\\') at += 1;
      parts[part] += text[at] ?? '';
    }
    if (at >= text.length) throw new Misuse("unterminated `s' command");
    at += 1;
  }
  const letters = /^[gpiI\d]*/.exec(text.slice(at))?.[0] ?? '';
  const [pattern = '', replacement = ''] = parts;
  const edit = {
    regex: regexOf(pattern, { extended, flags: /i/i.test(letters) ? 'gi' : 'g' }),
    text: replacement,
    all: letters.includes('g'),
    nth: Number(/\d+/.exec(letters)?.[0] ?? 1),
    prints: letters.includes('p'),
  };
  return { edit, left: text.slice(at + letters.length) };
}
