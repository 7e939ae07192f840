/**
 * Headers that a route adds, sets and removes. The weighted cluster's come first, then the route's, then the virtual
 * host's and the route configuration's: the last one wins.
 * Source: envoyproxy/envoy source/common/router/{header_parser,config_impl}.cc.
 */
import type { HeaderMutations, HeaderValueOption } from '../../envoy/config.ts';
import { appendToHeader, type HeaderList, hasHeader, headerOf, removeHeader, setHeader } from './headers.ts';

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
  for (const name of remove ?? []) removeHeader(headers, name.toLowerCase());
  for (const { header, append_action, ...more } of add ?? []) {
    const name = header.key.toLowerCase();
    const value = format(header.value ?? '', context);
    if (value === '' && !('keep_empty_value' in more && more.keep_empty_value === true)) continue;
    const there = hasHeader(headers, name);
    switch (append_action) {
      case 'OVERWRITE_IF_EXISTS_OR_ADD':
        setHeader(headers, name, value);
        break;
      case 'ADD_IF_ABSENT':
        if (!there) headers.push([name, value]);
        break;
      case 'OVERWRITE_IF_EXISTS':
        if (there) setHeader(headers, name, value);
        break;
      default:
        if (ONE_LINE.has(name)) appendToHeader(headers, name, value, ',');
        else headers.push([name, value]);
    }
  }
}

/**
 * '%REQ(x-user?x-name):4%' and the like, with '%%' for a percent sign. Envoy has some sixty of these and shows '-' for one that has
 * no value; here REQ and what `variable` knows, and a command that is not known stays as it is written.
 */
function format(value: string, context: FormatContext): string {
  if (!value.includes('%')) return value;
  return value.replace(
    /%(?:%|([A-Z_]+)(?:\(([^)]*)\))?(?::(\d+))?%)/g,
    (whole, command, argument, length) => {
      if (command === undefined) return '%';
      const text = command === 'REQ' ? requestValue(argument ?? '', context) : context.variable(command);
      if (text === undefined) return command === 'REQ' ? '-' : whole;
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
