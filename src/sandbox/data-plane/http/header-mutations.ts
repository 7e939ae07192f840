/**
 * Headers that a route adds, sets and removes. The weighted cluster's come first, then the route's, then the virtual
 * host's and the route configuration's: the last one wins.
 * Source: envoyproxy/envoy source/common/router/{header_parser,config_impl}.cc.
 */
import { isUtf8 } from 'node:buffer';
import type { HeaderMutations, HeaderValueOption } from '../../../envoy/config.ts';
import { type FormatCommand, type FormatPart, parseFormat } from '../../../envoy/format-string.ts';
import { appendToHeader, type Header, type HeaderList, hasHeader, removeHeader } from './headers.ts';
import { ONE_LINE_REQUEST_HEADERS, ONE_LINE_RESPONSE_HEADERS } from './one-line-headers.ts';

/** What a command in a value stands for, as bytes; null: it has no value here; undefined: there is no such command. */
export type FormatContext = (command: FormatCommand) => string | null;

export function applyRequestMutations(
  headers: HeaderList,
  levels: readonly (HeaderMutations | undefined)[],
  context: FormatContext,
): void {
  for (const level of levels) {
    const { request_headers_to_add: add, request_headers_to_remove: remove } = level ?? {};
    apply(headers, ONE_LINE_REQUEST_HEADERS, add, remove, context);
  }
}

export function applyResponseMutations(
  headers: HeaderList,
  levels: readonly (HeaderMutations | undefined)[],
  context: FormatContext,
): void {
  for (const level of levels) {
    const { response_headers_to_add: add, response_headers_to_remove: remove } = level ?? {};
    apply(headers, ONE_LINE_RESPONSE_HEADERS, add, remove, context);
  }
}

function apply(
  headers: HeaderList,
  oneLine: ReadonlySet<string>,
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
  // A header that is set moves to the end, after those that the proxy has added (as recorded).
  for (const [name, value] of overwrites) {
    removeHeader(headers, name);
    headers.push([name, value]);
  }
  for (const [name, value] of appends) {
    if (oneLine.has(name)) appendToHeader(headers, name, value, ',');
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

/** The text of such bytes, as matchers compare it; bytes that are not UTF-8 stay one character each. */
export function headerText(bytes: string): string {
  if (/^[ -~]*$/.test(bytes)) return bytes;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}

/** A value's text with its commands evaluated; a command without a value gives nothing. */
function format(value: string, context: FormatContext): string {
  if (!value.includes('%')) return value;
  return partsOf(value)
    .map(part => ('text' in part ? part.text : (context(part)?.slice(0, part.length) ?? '')))
    .join('');
}

/** There are few values, and each request uses them. */
const known = new Map<string, readonly FormatPart[]>();
const MAX_KNOWN = 1000;

function partsOf(value: string): readonly FormatPart[] {
  let parts = known.get(value);
  if (parts === undefined) {
    const parsed = parseFormat(value);
    // Envoy refuses a configuration with a value that cannot be parsed, so a mesh never sends one.
    parts = typeof parsed === 'string' ? [{ text: value }] : parsed;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(value, parts);
  }
  return parts;
}
