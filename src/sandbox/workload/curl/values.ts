/**
 * What the values of curl's options may say: files only inside the call's own empty folder, or those that the
 * container has mounted. Pure: a value in, the value for curl out, or the reason why not.
 */
import { readConnectTo, readResolve } from './resolve.ts';

export type ValueRule =
  | 'text'
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
  | 'scheme';

export interface Place {
  /** The real path of a copy of a file that the container has mounted; undefined: it has no such file. */
  mounted(path: string): string | undefined;
}

export type Checked = { readonly value: string } | { readonly why: string };

const OUTSIDE =
  "it names a file outside the call's own folder; the sandbox does not open the machine's files";
const STREAMS = new Set(['-', '/dev/null', '/dev/stdout', '/dev/stderr']);
/** A name in the call's own folder, which is flat: no slash, so nothing leads out of it. */
const OWN = /^(?!\.\.?$)[\w .,=+@~-]+$/;

export function checkValue(rule: ValueRule, value: string, place: Place): Checked {
  return RULES[rule](value, place);
}

const fine = (value: string): Checked => ({ value });
const no = (why: string): Checked => ({ why });

const RULES: Readonly<Record<ValueRule, (value: string, place: Place) => Checked>> = {
  text: fine,
  url: value => (value.startsWith('@') ? no('URLs from a file are not read') : fine(value)),
  // curl replaces #1 by a part of the URL, which may be a path.
  output: value => (STREAMS.has(value) || value === '%' || isOwn(value) ? fine(value) : no(OUTSIDE)),
  upload: value => (value === '-' || value === '.' ? fine(value) : input(value)),
  trusted: (value, place) => file(value, place),
  data: (value, place) => (value.startsWith('@') ? prefixed('@', value.slice(1), place) : fine(value)),
  encoded(value, place) {
    // 'content', '=content', 'name=content', '@file', 'name@file': what comes first decides.
    const at = /^([^=@]*)@(.*)$/s.exec(value);
    return at === null ? fine(value) : prefixed(`${at[1]}@`, at[2] ?? '', place);
  },
  form(value) {
    const content = value.slice(value.indexOf('=') + 1);
    const fromStdin = /^[@<]-(;(type|filename|encoder)=[^@<,;]*)*$/.test(content);
    const readsFile = /^\s*[@<]/.test(content) || /;\s*headers\s*=\s*["']?\s*[@<]/i.test(content);
    return fromStdin || !readsFile ? fine(value) : no(OUTSIDE);
  },
  header: value => (value.startsWith('@') && value !== '@-' ? no(OUTSIDE) : fine(value)),
  cookie(value) {
    const isFile = value.startsWith('@') || !value.includes('=');
    return !isFile || value === '-' || value === '' || isOwn(value) ? fine(value) : no(OUTSIDE);
  },
  format(value) {
    if (value.startsWith('@') && value !== '@-') return no(OUTSIDE);
    return /%output\{/.test(value) ? no(OUTSIDE) : fine(value);
  },
  user: value =>
    value.includes(':')
      ? fine(value)
      : no('a password belongs to it (NAME:PASSWORD): nobody is there to type one'),
  pin: value => (/^sha256\/\//.test(value) ? fine(value) : no(OUTSIDE)),
  resolve: value =>
    readResolve(value) === null ? no('it wants HOST:PORT:ADDRESS, with IPv4 addresses') : fine(value),
  'connect-to': value =>
    readConnectTo(value) === null ? no('it wants HOST1:PORT1:HOST2:PORT2') : fine(value),
  scheme: value => (/^https?$/.test(value) ? fine(value) : no('only http and https are spoken here')),
};

function prefixed(prefix: string, name: string, place: Place): Checked {
  const found = name === '-' ? fine(name) : file(name, place);
  return 'why' in found ? found : fine(prefix + found.value);
}

function file(value: string, place: Place): Checked {
  const mounted = place.mounted(value);
  return mounted === undefined ? input(value) : fine(mounted);
}

function input(value: string): Checked {
  return isOwn(value) ? fine(value) : no(OUTSIDE);
}

function isOwn(value: string): boolean {
  return OWN.test(value) && !value.startsWith('-') && !value.startsWith('@');
}
