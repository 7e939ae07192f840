/**
 * What the values of curl's options may be: files only in the call's own folder, where those of the container are
 * copied to and taken from (call-files.ts). Each rule says what is allowed, and anything else is refused, so that a
 * meaning that a later curl gives to a value does not get through. Pure: a value in, the value for curl or the reason
 * for refusing it out.
 */
import { posix } from 'node:path';
import { readConnectTo, readResolve } from './resolve.ts';

export type ValueRule =
  | 'literal'
  | 'text'
  | 'number'
  | 'range'
  | 'rate'
  | 'word'
  | 'url'
  | 'output'
  | 'upload'
  | 'trusted'
  | 'data'
  | 'encoded'
  | 'form'
  | 'header'
  | 'cookie'
  | 'format'
  | 'user'
  | 'pin'
  | 'resolve'
  | 'connect-to'
  | 'scheme'
  | 'proxy';

export interface CallFiles {
  /** The name, in the call's folder, of a copy of a file of the container; undefined: it has no such file. */
  input(path: string): string | undefined;
  /** The name, in the call's folder, of what becomes a file of the container, or why it cannot. */
  output(path: string): CheckedValue;
}

export type CheckedValue = { readonly value: string } | { readonly why: string };

const INPUT =
  "the container has no such file, and the sandbox does not open the machine's. Write the text out, or pipe it in";
const OUTPUT = 'it wants the name of a file, or - for stdout';
export const PROXY_WANTED = "it wants a plain HTTP proxy of the pods' network, as in http://HOST:PORT";
const NOT_FROM_FILES = 'it is not read from files here';
const STREAMS = new Set(['-', '/dev/null', '/dev/stdout', '/dev/stderr']);
/** A name in the call's own folder, which is flat: no slash, so nothing leads out of it. */
const OWN = /^(?!\.\.?$)[\w .,=+@~-]+$/;

/** '@FILE' or '<FILE' with what may follow; a comma would name a second file, and a quote could hide one. */
const ATTACHED = /^([@<])([\w./+~-]+)((?:;(?:type|filename|encoder)=[^@<,;]*)*)$/;

export function checkValue(rule: ValueRule, value: string, place: CallFiles): CheckedValue {
  return RULES[rule](value, place);
}

const fine = (value: string): CheckedValue => ({ value });
const no = (why: string): CheckedValue => ({ why });

const RULES: Readonly<Record<ValueRule, (value: string, place: CallFiles) => CheckedValue>> = {
  // Options for values in which no character has a special meaning.
  literal: fine,
  text: value => (/^[@<]/.test(value) ? no(NOT_FROM_FILES) : fine(value)),
  number: value => (/^-?(\d+\.?\d*|\.\d+)[bkmgtp]?$/i.test(value) ? fine(value) : no('it wants a number')),
  range: value => (/^[\d,\s-]+$/.test(value) ? fine(value) : no('it wants numbers, as in 0-99')),
  rate: value =>
    /^\d+(\.\d+)?[a-z]?(\/\d*[a-z])?$/i.test(value) ? fine(value) : no('it wants a number, as in 10k or 2/s'),
  word: value =>
    /^[\w!+:.-][\w!+:=.,@-]*$/.test(value)
      ? fine(value)
      : no('it wants a name, or several with a colon between'),
  url: value => (value.startsWith('@') ? no(NOT_FROM_FILES) : fine(value)),
  // curl replaces #1 with a part of the URL, which may be a path.
  output(value, place) {
    if (STREAMS.has(value) || value === '%' || isOwn(value)) return fine(value);
    return /^[^-@#][^#]*$/.test(value) ? place.output(value) : no(OUTPUT);
  },
  upload: (value, place) => (value === '-' || value === '.' ? fine(value) : file(value, place)),
  trusted: (value, place) => file(value, place),
  data: (value, place) => (value.startsWith('@') ? prefixed('@', value.slice(1), place) : fine(value)),
  encoded(value, place) {
    // 'content', '=content', 'name=content', '@file', 'name@file': whichever of = and @ comes first decides.
    const at = /^([^=@]*)@(.*)$/s.exec(value);
    return at === null ? fine(value) : prefixed(`${at[1]}@`, at[2] ?? '', place);
  },
  form(value, place) {
    const content = value.slice(value.indexOf('=') + 1);
    const [, sign, path = '', more = ''] = ATTACHED.exec(content) ?? [];
    const name = sign === undefined || path === '-' ? undefined : place.input(path);
    if (name !== undefined) return fine(`${value.slice(0, -content.length)}${sign}${name}${more}`);
    const fromStdin = /^[@<]-(;(type|filename|encoder)=[^@<,;]*)*$/.test(content);
    const readsFile = /^\s*[@<]/.test(content) || /;\s*[\w-]*\s*=\s*["']?\s*[@<]/.test(content);
    return fromStdin || !readsFile ? fine(value) : no(INPUT);
  },
  header: value => (value.startsWith('@') && value !== '@-' ? no(INPUT) : fine(value)),
  cookie(value, place) {
    const isFile = value.startsWith('@') || !value.includes('=');
    if (!isFile || value === '-' || value === '') return fine(value);
    const found = file(value, place);
    // A jar that is not there yet is one without cookies.
    const later = 'why' in found && !value.startsWith('@') ? place.output(value) : found;
    return 'value' in later ? later : found;
  },
  format(value) {
    // Not even from stdin: nobody has checked it when curl reads it.
    if (value.startsWith('@')) return no(`${NOT_FROM_FILES}, nor from stdin: write the format out`);
    const directive = /%(?!(?:header|time)\{)[a-z_]+\{/i.exec(value)?.[0];
    if (directive !== undefined) return no(`${directive}...} can name a file of the machine's`);
    const variable = /%\{(?![\w.]*\})/.exec(value);
    return variable === null ? fine(value) : no('%{ wants the name of a variable, as in %{http_code}');
  },
  user: value =>
    value.includes(':')
      ? fine(value)
      : no('a password belongs to it (NAME:PASSWORD): nobody is there to type one'),
  pin: value =>
    /^sha256\/\/[\w+/=]+(;sha256\/\/[\w+/=]+)*$/.test(value) ? fine(value) : no('it wants sha256//HASH'),
  resolve: value =>
    readResolve(value) === null ? no('it wants HOST:PORT:ADDRESS, with IPv4 addresses') : fine(value),
  'connect-to': value =>
    readConnectTo(value) === null ? no('it wants HOST1:PORT1:HOST2:PORT2') : fine(value),
  proxy: value => (value === '' || readProxy(value) !== null ? fine(value) : no(PROXY_WANTED)),
  scheme: value => (/^https?$/.test(value) ? fine(value) : no('only http and https are spoken here')),
};

/** 'http://HOST:PORT' of a proxy in the pods' network; null: a pod cannot use it. */
export function readProxy(value: string): string | null {
  const [, host = '', port] = /^(?:http:\/\/)?([\w.-]+):(\d{1,5})\/?$/i.exec(value) ?? [];
  return port === undefined || /^(127\.|localhost$)/i.test(host) ? null : `http://${host}:${port}`;
}

function prefixed(prefix: string, name: string, place: CallFiles): CheckedValue {
  const found = name === '-' ? fine(name) : file(name, place);
  return 'why' in found ? found : fine(prefix + found.value);
}

function file(value: string, place: CallFiles): CheckedValue {
  const copy = value.startsWith('@') || !OWN.test(posix.basename(value)) ? undefined : place.input(value);
  if (copy !== undefined) return fine(copy);
  return isOwn(value) ? fine(value) : no(INPUT);
}

function isOwn(value: string): boolean {
  return OWN.test(value) && !value.startsWith('-') && !value.startsWith('@');
}
