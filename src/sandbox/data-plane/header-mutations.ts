/**
 * Headers that a route adds, sets and removes. The weighted cluster's come first, then the route's, then the virtual
 * host's and the route configuration's: the last one wins.
 * Source: envoyproxy/envoy source/common/router/{header_parser,config_impl}.cc.
 */
import { isUtf8 } from 'node:buffer';
import type { HeaderMutations, HeaderValueOption } from '../../envoy/config.ts';
import {
  appendToHeader,
  type Header,
  type HeaderList,
  hasHeader,
  headerOf,
  removeHeader,
} from './headers.ts';

/** What '%...%' in a value can stand for. */
export interface FormatContext {
  readonly request: HeaderList;
  readonly variable: (name: string) => string | undefined;
}

/** Headers of which Envoy keeps one line: an appended value goes behind a ','. */
const ONE_LINE = new Set(['x-forwarded-for', 'user-agent', 'accept', 'cookie', 'via', 'content-type']);

export function applyRequestMutations(
  headers: HeaderList,
  levels: readonly (HeaderMutations | undefined)[],
  context: FormatContext,
): void {
  for (const level of levels) {
    apply(headers, level?.request_headers_to_add, level?.request_headers_to_remove, context);
  }
}

export function applyResponseMutations(
  headers: HeaderList,
  levels: readonly (HeaderMutations | undefined)[],
  context: FormatContext,
): void {
  for (const level of levels) {
    apply(headers, level?.response_headers_to_add, level?.response_headers_to_remove, context);
  }
}

function apply(
  headers: HeaderList,
  add: readonly HeaderValueOption[] | undefined,
  remove: readonly string[] | undefined,
  context: FormatContext,
): void {
  const overwrites: Header[] = [];
  const appends: Header[] = [];
  for (const { header, append_action, ...more } of add ?? []) {
    const name = header.key.toLowerCase();
    const value = format(bytesOf(header.value ?? ''), context);
    if (value === '' && !('keep_empty_value' in more && more.keep_empty_value === true)) continue;
    const there = hasHeader(headers, name);
    if (append_action === 'OVERWRITE_IF_EXISTS_OR_ADD') overwrites.push([name, value]);
    else if (append_action === 'OVERWRITE_IF_EXISTS') {
      if (there) overwrites.push([name, value]);
    } else if (append_action !== 'ADD_IF_ABSENT' || !there) appends.push([name, value]);
  }
  for (const name of remove ?? []) removeHeader(headers, name.toLowerCase());
  // A header that is set moves to the end, behind those that the proxy has added (as recorded).
  for (const [name, value] of overwrites) {
    removeHeader(headers, name);
    headers.push([name, value]);
  }
  for (const [name, value] of appends) {
    if (ONE_LINE.has(name)) appendToHeader(headers, name, value, ',');
    else headers.push([name, value]);
  }
}

/** Header values are bytes, which node has as latin1 text; configuration is UTF-8. Line breaks cannot be sent. */
export function bytesOf(text: string): string {
  return /^[ -~]*$/.test(text)
    ? text
    : Buffer.from(text, 'utf8')
        .toString('latin1')
        .replace(/[\0\r\n]/g, '');
}

/** The text of such bytes, as matchers compare it; bytes that are no UTF-8 stay one character each. */
export function textOf(bytes: string): string {
  if (/^[ -~]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}

/**
 * '%REQ(x-user?x-name):4%' and the like, with '%%' for a percent sign; a header that is not there gives nothing.
 * Envoy has some sixty of these; here REQ and what `variable` knows, and a command that is not known stays as it is written.
 */
function format(value: string, context: FormatContext): string {
  if (!value.includes('%')) return value;
  return value.replace(
    /%(?:%|([A-Z_]+)(?:\(([^)]*)\))?(?::(\d+))?%)/g,
    (whole, command, argument, length) => {
      if (command === undefined) return '%';
      const text = command === 'REQ' ? requestValue(argument ?? '', context) : context.variable(command);
      // A header that comes to nothing is not added.
      if (text === undefined) return command === 'REQ' ? '' : whole;
      return length === undefined ? text : text.slice(0, Number(length));
    },
  );
}

function requestValue(argument: string, context: FormatContext): string | undefined {
  for (const name of argument.toLowerCase().split('?')) {
    const found = name.startsWith(':')
      ? context.variable(`:${name.slice(1)}`)
      : headerOf(context.request, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
