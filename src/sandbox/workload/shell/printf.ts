/** `printf FORMAT WORD...`. Source: POSIX.1-2017, printf */

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  e: '\x1b',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** With what a backslash stands for. */
export function unescaped(text: string): string {
  return text.replace(/\\(?:x([\da-fA-F]{1,2})|(0?[0-7]{1,3})|(.))/gs, (whole, hex, octal, char) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    return ESCAPES[char] ?? whole;
  });
}

const CONVERSION = /%(?:%|([-+ 0#]*)(\d+|\*)?(?:\.(\d+))?([a-zA-Z]))/g;

/** `fault`: a message, after which the text is what there is. */
export function printf(words: readonly string[]): { readonly text: string; readonly fault: string | null } {
  const [format = '', ...rest] = words;
  let fault: string | null = words.length === 0 ? 'usage: printf format [arg ...]' : null;
  let text = '';
  let at = 0;
  do {
    const before = at;
    text += unescaped(format).replace(CONVERSION, (_, flags = '', width, precision, kind) => {
      if (kind === undefined) return '%';
      const wide = width === '*' ? Number(rest[at++] ?? 0) : Number(width ?? 0);
      const value = converted(kind, rest[at++], precision === undefined ? null : Number(precision));
      if (value === null) {
        fault ??= 'sdciufgxXob'.includes(kind)
          ? `${rest[at - 1]}: expected numeric value`
          : `%${kind}: invalid directive`;
        return kind === 's' ? '' : '0';
      }
      if (flags.includes('-')) return value.padEnd(wide);
      const signed = flags.includes('+') && /[di]/.test(kind) && !value.startsWith('-') ? `+${value}` : value;
      return signed.padStart(wide, flags.includes('0') && kind !== 's' ? '0' : ' ');
    });
    if (at === before) break;
  } while (at < rest.length);
  return { text, fault };
}

/** null: it cannot be. */
function converted(kind: string, word: string | undefined, precision: number | null): string | null {
  if (kind === 's') return (word ?? '').slice(0, precision ?? undefined);
  if (kind === 'b') return unescaped(word ?? '');
  if (kind === 'c') return (word ?? '').slice(0, 1);
  const number = Number(word ?? 0);
  if (Number.isNaN(number)) return null;
  switch (kind) {
    case 'd':
    case 'i':
    case 'u':
      return String(Math.trunc(number));
    case 'f':
      return number.toFixed(precision ?? 6);
    case 'g':
      return String(number);
    case 'x':
      return Math.trunc(number).toString(16);
    case 'X':
      return Math.trunc(number).toString(16).toUpperCase();
    case 'o':
      return Math.trunc(number).toString(8);
    default:
      return null;
  }
}
