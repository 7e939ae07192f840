/**
 * RE2's regular expressions (Envoy's safe_regex) as JavaScript's. Envoy matches the whole text, never a part of it.
 * Here the pattern is read token by token: \A, \z, \Q..\E, \C, \a, \x{..}, (?P<name>..), [[:alpha:]], and the flags
 * i, s and m, for all of it or for a group, where they stand.
 * Left out: U (swapped greediness, which no full match can notice; a rewrite could), negated classes by name
 * ([[:^alpha:]]) and case folding beyond ASCII.
 * Source: google/re2 doc/syntax.txt.
 */

const compiledPatterns = new Map<string, RegExp>();

/** Whether the whole of `text` matches. A pattern that RE2 would refuse matches nothing: Envoy never gets one. */
export function matchesRegex(regex: string, text: string): boolean {
  return regexOf(regex, 'full').test(text);
}

/**
 * RE2::GlobalReplace: every match is replaced; in `substitution` \0 is the match, \1 to \9 are groups, \\ is a
 * backslash. An empty match right behind a match is not replaced (JavaScript would).
 */
export function replaceRegex(regex: string, text: string, substitution: string): string {
  const pattern = regexOf(regex, 'all');
  let result = '';
  let from = 0;
  let lastEnd = -1;
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '' && match.index === lastEnd) continue;
    result += text.slice(from, match.index);
    result += substitution.replace(/\\(\d|\\)/g, (_, what: string) =>
      what === '\\' ? '\\' : (match[Number(what)] ?? ''),
    );
    from = lastEnd = match.index + match[0].length;
  }
  return result + text.slice(from);
}

/** 'full' is anchored on both sides; 'all' is for replacing. Kept: configurations have few patterns and many requests. */
function regexOf(regex: string, use: 'full' | 'all'): RegExp {
  const key = `${use}:${regex}`;
  const known = compiledPatterns.get(key);
  if (known !== undefined) return known;
  const made = compile(regex, use);
  if (compiledPatterns.size > 1000) compiledPatterns.clear();
  compiledPatterns.set(key, made);
  return made;
}

const NEVER = /(?!)/g;

function compile(regex: string, use: 'full' | 'all'): RegExp {
  try {
    const source = translate(regex);
    const flags = /\\[pP]\{/.test(source) ? 'u' : '';
    return use === 'full' ? new RegExp(`^(?:${source})$`, flags) : new RegExp(source, `g${flags}`);
  } catch {
    return NEVER;
  }
}

interface Flags {
  readonly i: boolean;
  readonly s: boolean;
  readonly m: boolean;
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** RE2's syntax to JavaScript's; throws where neither makes sense of it. */
export function translate(regex: string): string {
  let out = '';
  let at = 0;
  let flags: Flags = { i: false, s: false, m: false };
  const outer: Flags[] = [];
  while (at < regex.length) {
    const rest = regex.slice(at);
    const group = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
    const char = rest[0] as string;
    if (group !== null) {
      if (group[3] === ':') {
        outer.push(flags);
        out += '(?:';
      }
      flags = changed(flags, group[1] ?? '', group[2] ?? '');
      at += group[0].length;
    } else if (rest.startsWith('(?P<')) {
      outer.push(flags);
      out += '(?<';
      at += 4;
    } else if (char === '(') {
      if (/^\(\?(?!<[A-Za-z_])/.test(rest)) throw new SyntaxError(`RE2 has no ${rest.slice(0, 3)}`);
      outer.push(flags);
      out += char;
      at += 1;
    } else if (char === ')') {
      flags = outer.pop() ?? flags;
      out += char;
      at += 1;
    } else if (char === '[') {
      const end = classEnd(regex, at);
      out += classOf(regex.slice(at, end), flags.i);
      at = end;
    } else if (rest.startsWith('\\Q')) {
      const end = regex.indexOf('\\E', at + 2);
      const text = regex.slice(at + 2, end === -1 ? undefined : end);
      out += [...text].map(one => letter(one, flags.i)).join('');
      at = end === -1 ? regex.length : end + 2;
    } else if (char === '\\') {
      const [length, text] = escaped(rest);
      out += text;
      at += length;
    } else {
      out += char === '.' ? (flags.s ? '[^]' : '[^\\n]') : anchorOr(char, flags);
      at += 1;
    }
  }
  return out;
}

function changed(flags: Flags, on: string, off: string): Flags {
  const of = (name: 'i' | 's' | 'm') => (flags[name] || on.includes(name)) && !off.includes(name);
  return { i: of('i'), s: of('s'), m: of('m') };
}

function anchorOr(char: string, flags: Flags): string {
  if (char === '^') return flags.m ? '(?<![^\\n])' : '(?<![^])';
  if (char === '$') return flags.m ? '(?![^\\n])' : '(?![^])';
  if ('*+?{}|,'.includes(char)) return char;
  return letter(char, flags.i);
}

/** One character that stands for itself; both cases of it where case is ignored. */
function letter(char: string, ignoreCase: boolean): string {
  if (ignoreCase && /[A-Za-z]/.test(char)) return `[${char.toLowerCase()}${char.toUpperCase()}]`;
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

/** How long an escape outside of a class is, and what it becomes. */
function escaped(rest: string): [length: number, text: string] {
  const hex = /^\\x\{([0-9A-Fa-f]+)\}/.exec(rest);
  if (hex !== null) return [hex[0].length, hexEscape(hex[1] as string)];
  const property = /^\\[pP](\{\^?\w+\}|[A-Za-z])/.exec(rest);
  if (property !== null) return [property[0].length, unicodeClass(property[0])];
  const next = rest[1];
  if (next === undefined) throw new SyntaxError('trailing \\');
  if (next === 'A') return [2, '(?<![^])'];
  if (next === 'z') return [2, '(?![^])'];
  if (next === 'C') return [2, '[^]'];
  if (next === 'a') return [2, '\\x07'];
  if (next === 's') return [2, '[\\t\\n\\f\\r ]'];
  if (next === 'S') return [2, '[^\\t\\n\\f\\r ]'];
  if (/[1-9]/.test(next)) throw new SyntaxError('RE2 has no backreferences');
  return [2, /[A-Za-z0-9]/.test(next) ? `\\${next}` : letter(next, false)];
}

function hexEscape(digits: string): string {
  return [...String.fromCodePoint(Number.parseInt(digits, 16))]
    .map(char => (/[A-Za-z0-9]/.test(char) ? char : letter(char, false)))
    .join('');
}

/** \pL, \p{Greek}, \P{^Lu}: JavaScript wants braces, no ^, and Script= for scripts. */
function unicodeClass(text: string): string {
  const name = text.slice(2).replace(/[{}^]/g, '');
  const negative = (text[1] === 'P') !== text.includes('^');
  return `\\${negative ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`;
}

/** Where the class that opens at `start` ends: behind its ], of which one may come first. */
function classEnd(regex: string, start: number): number {
  let at = start + 1;
  if (regex[at] === '^') at += 1;
  if (regex[at] === ']') at += 1;
  while (at < regex.length && regex[at] !== ']') {
    const posix = /^\[:\^?\w+:\]/.exec(regex.slice(at));
    at += posix !== null ? posix[0].length : regex[at] === '\\' ? 2 : 1;
  }
  if (at >= regex.length) throw new SyntaxError('missing ]');
  return at + 1;
}

function classOf(text: string, ignoreCase: boolean): string {
  const negated = text.startsWith('[^');
  let body = text.slice(negated ? 2 : 1, -1);
  if (body.startsWith(']')) body = `\\${body}`;
  body = body
    .replace(/\[:(\^?)(\w+):\]/g, (_, not: string, name: string) => {
      const inside = POSIX[name];
      if (inside === undefined || not !== '') throw new SyntaxError(`no class [:${not}${name}:] here`);
      return inside;
    })
    .replace(/\\x\{([0-9A-Fa-f]+)\}/g, (_, digits: string) => hexEscape(digits))
    .replace(/\\[pP](\{\^?\w+\}|[A-Za-z])/g, unicodeClass)
    .replace(/(^|[^\\])\[/g, '$1\\[');
  if (ignoreCase) body += otherCase(body);
  return `[${negated ? '^' : ''}${body}]`;
}

/** The letters and letter ranges of a class in their other case. */
function otherCase(body: string): string {
  const plain = body.replace(/\\(?:[pP]\{[^}]*\}|x..|.)/g, '');
  const swap = (char: string) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase());
  return [...plain.matchAll(/([A-Za-z])-([A-Za-z])|[A-Za-z]/g)]
    .map(([all, from, to]) =>
      from === undefined || to === undefined ? swap(all) : `${swap(from)}-${swap(to)}`,
    )
    .join('');
}
