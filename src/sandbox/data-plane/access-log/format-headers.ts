/**
 * Headers in Envoy's formats: %REQ(name?other)%, %RESP()%, and a request's path.
 * Source: envoyproxy/envoy source/common/formatter/http_specific_formatter.cc.
 */
import type { Header } from '../http/headers.ts';
import type { HttpStream } from '../http/http-stream.ts';
import type { FormattedResponse } from './format-commands.ts';

/** The first of the names that is present; of a header on several lines, the first line. */
export function requestHeader(stream: HttpStream, names: string): string | null {
  const pseudo: Record<string, string> = {
    ':method': stream.exchange.method,
    ':path': stream.path,
    ':authority': stream.authority,
    host: stream.authority,
    ':scheme': stream.scheme,
  };
  return firstOf(names, name => pseudo[name] ?? lineOf(stream.headers, name));
}

export function responseHeader(response: FormattedResponse | null, names: string): string | null {
  if (response === null) return null;
  return firstOf(names, name =>
    name === ':status' ? String(response.status) : lineOf(response.headers, name),
  );
}

/**
 * The path, without its query for 'NQ': for 'PATH' as it is sent, for 'ORIG' as it was before a rewrite, otherwise the
 * first of the two that exists.
 */
export function requestPath(stream: HttpStream, argument: string): string {
  const [query = 'WQ', which = 'ORIG_OR_PATH'] = argument.split(':');
  const original = requestHeader(stream, 'x-envoy-original-path');
  const path = which === 'PATH' ? stream.path : (original ?? (which === 'ORIG' ? '' : stream.path));
  return query === 'NQ' ? path.replace(/\?.*$/s, '') : path;
}

function firstOf(names: string, find: (name: string) => string | undefined): string | null {
  for (const name of names.toLowerCase().split('?')) {
    const found = find(name);
    if (found !== undefined) return found;
  }
  return null;
}

function lineOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}
