/**
 * Turns curl's output back into transfers. Its stdout holds bodies and our facts (curl-args.ts) in turn; with -Z a body
 * may come some transfers before its facts, because curl writes each as it comes. So bodies wait in a queue,
 * and the facts take theirs by size. Pure.
 */
import { optionsOf } from './curl-args.ts';
import type { ApiAnswer, CurlSide, ResponseBody, Transfer } from './evidence.ts';

const KEPT = 2000;

export interface CurlOutput {
  readonly argv: readonly string[];
  readonly marker: string;
  readonly parallel: boolean;
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds from start to end, for a call that reported no facts. */
  readonly seconds: number;
}

/** Never throws: what cannot be read is left out, and curl's own message says the rest. */
export function readCurlOutput(output: CurlOutput): CurlSide {
  const transfers: Transfer[] = [];
  let pending = '';
  let facts: Record<string, unknown> | null = null;
  for (const [index, piece] of output.stdout.split(`\n${output.marker}`).entries()) {
    // Pieces: body, '{json}', 'h{headers}', '.\nbody', '{json}', ...
    if (index === 0) pending += piece;
    else if (piece.startsWith('{')) facts = object(piece);
    else if (piece.startsWith('h') && facts !== null) {
      const [text, rest] = takeBody(pending, facts, output.parallel, headersOf(piece.slice(1)));
      pending = rest;
      transfers.push(transfer(facts, headersOf(piece.slice(1)), text));
      facts = null;
    } else if (piece.startsWith('.')) pending += piece.slice(piece[1] === '\n' ? 2 : 1);
  }
  const message = output.stderr.trim();
  const seconds =
    transfers.length > 0 && !output.parallel ? sum(transfers.map(t => t.seconds)) : output.seconds;
  const { argv, exit } = output;
  const paced = transfers.length > 1 && optionsOf(argv).some(([name]) => name === '--rate');
  return { argv, exit, transfers, message, seconds, ...(paced ? { elapsed: output.seconds } : {}) };
}

/** How long a call took, as somebody who waits for it sees it. */
export const waitedFor = ({ elapsed, seconds }: CurlSide): number => elapsed ?? seconds;

/**
 * The body of the transfer whose facts have come, and what is left for later ones. Where transfers come one at a time,
 * everything since the last facts belongs to it: with -i or -v the headers precede the body, and the size separates
 * the two.
 */
function takeBody(
  pending: string,
  facts: Record<string, unknown>,
  parallel: boolean,
  headers: Readonly<Record<string, string>>,
): [body: string, rest: string] {
  const size = number(facts.size_download);
  const bytes = Buffer.from(pending);
  if (bytes.length === size) return [pending, ''];
  if (!parallel) {
    // Unpacked (--compressed), the body is longer than what was sent; then all of it is kept.
    const tellsSize = size > 0 && size < bytes.length && headers['content-encoding'] === undefined;
    return [tellsSize ? bytes.subarray(bytes.length - size).toString() : pending, ''];
  }
  let from = 0;
  for (const document of documents(pending)) {
    if (Buffer.byteLength(document) === size && statusFits(document, facts)) {
      return [document, pending.slice(0, from) + pending.slice(from + document.length)];
    }
    from += document.length;
  }
  return [bytes.subarray(0, size).toString(), bytes.subarray(size).toString()];
}

/** Texts that follow one another, split where one JSON object ends and the next begins. */
function documents(text: string): string[] {
  return text.split(/(?<=\}\n?)(?=\{")/);
}

function statusFits(document: string, facts: Record<string, unknown>): boolean {
  const status = object(document)?.status;
  return typeof status !== 'number' || status === number(facts.http_code);
}

function transfer(
  facts: Record<string, unknown>,
  headers: Readonly<Record<string, string>>,
  text: string,
): Transfer {
  return {
    exit: number(facts.exitcode),
    code: number(facts.http_code),
    method: string(facts.method) ?? 'GET',
    url: string(facts.url) ?? '',
    body: bodyOf(text),
    error: string(facts.errormsg),
    localPort: Math.max(0, number(facts.local_port)),
    connects: number(facts.num_connects),
    seconds: number(facts.time_total),
    redirectUrl: string(facts.redirect_url),
    headers,
  };
}

/** A body as evidence: the lab API's own JSON is read whole, any other text is kept up to 2,000 characters. */
export function bodyOf(text: string): ResponseBody {
  const trimmed = text.trim();
  const kept = trimmed.slice(0, KEPT);
  const json = trimmed.startsWith('{') ? object(trimmed) : null;
  if (json === null || typeof json.version !== 'string' || typeof json.path !== 'string')
    return { text: kept };
  const headers = typeof json.headers === 'object' && json.headers !== null ? json.headers : {};
  const api: ApiAnswer = {
    version: json.version,
    scheme: json.scheme === 'https' ? 'https' : 'http',
    method: string(json.method) ?? '',
    host: string(json.host) ?? '',
    path: json.path,
    sni: string(json.sni) ?? '',
    status: number(json.status),
    clientCert: string(json.clientCert),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
  };
  return { text: kept, api };
}

/** %{header_json}: names in lower case, each with a list of its values. */
function headersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object(text) ?? {}).map(([name, values]) => [
      name.toLowerCase(),
      Array.isArray(values) ? values.join(', ') : String(values),
    ]),
  );
}

function object(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
