/** Answers as they are sent: a body in the form that the client wants, with its Warnings. */
import type { JsonObject } from '../../shared/json.ts';
import type { Presentation } from './present.ts';
import { encodeProtobuf } from './protobuf/encode.ts';
import { PROTOBUF } from './protobuf/wire.ts';
import type { StatusError } from './status.ts';

export function statusResponse(error: StatusError): Response {
  return json(error.toStatus(), error.code);
}

/** Headers have less space than a body. */
const MOST_WARNINGS = 100;

export function json(body: object, code = 200, warnings: readonly string[] = []): Response {
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  for (const text of [...new Set(warnings)].slice(0, MOST_WARNINGS))
    headers.append('warning', warningHeader(text));
  return new Response(`${JSON.stringify(body)}\n`, { status: code, headers });
}

/** An object as `presentOne` or `presentList` made it. */
export function inForm(
  body: object,
  to: Presentation,
  code = 200,
  warnings: readonly string[] = [],
): Response {
  const answer = json(body, code, warnings);
  if (to.form !== 'protobuf') return answer;
  const headers = new Headers(answer.headers);
  headers.set('content-type', PROTOBUF);
  const bytes = encodeProtobuf(body as JsonObject, to.kind);
  return new Response(new Uint8Array(bytes), { status: code, headers });
}

/** `299 - "text"`. Headers are bytes: characters beyond Latin-1 are sent as UTF-8. Source: apimachinery/pkg/util/net */
function warningHeader(text: string): string {
  const quoted = text.replace(/\p{Cc}/gu, ' ').replace(/[\\"]/g, '\\$&');
  return Buffer.from(`299 - "${quoted}"`, 'utf8').toString('latin1');
}
