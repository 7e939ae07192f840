/**
 * Sends one HTTP request over a kubeconfig's TLS and credentials and reads the answer; and puts into words what an API
 * says when it refuses, or that it does not answer.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Interrupted, ToolError, TutorError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';

/** One answer of the API: JSON parsed, anything else as text. */
export interface KubeResponse {
  readonly status: number;
  readonly body: unknown;
  /** The texts of the Warning headers, whole. */
  readonly warnings: string[];
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** An API that is silent this long, in milliseconds, counts as gone; the slowest admission takes 30 s. */
const SILENCE = 35_000;

/** How many kept connections that the server has closed a request may meet in turn; each try uses one up. */
const KEPT = 32;

/** The API server's address, as errors name it. */
function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server ?? 'the API server';
}

/** One request to its end; Kube.request says what it throws. */
export async function request(
  config: KubeConfig,
  method: string,
  path: string,
  { body, contentType = 'application/json', signal }: RequestOptions,
): Promise<KubeResponse> {
  if (signal?.aborted) throw stopped(signal);
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const headers: http.OutgoingHttpHeaders = {
    Accept: 'application/json',
    'User-Agent': 'istio-tutor',
    ...(text === undefined ? {} : { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) }),
  };
  const options = await prepared(config, method, headers);
  let again = method === 'GET';
  for (let tries = 0; ; tries++) {
    try {
      const response = await send(config, path, options, text, signal);
      const { statusCode: status = 0 } = response.message;
      log('api', `${method} ${path} ${status}`);
      return { status, body: parsed(response), warnings: warningTexts(response.message.headers.warning) };
    } catch (error) {
      const { lost } = error as { lost?: 'kept' | 'new' };
      // The server has read nothing of this request. All kept connections may be closed by now, as after a machine's
      // sleep.
      if (lost === 'kept' && tries < KEPT) continue;
      if (lost !== 'new' || !again) throw error;
      again = false;
    }
  }
}

/** A request's options with the kubeconfig's TLS and credentials; a credential plugin that fails is a ToolError. */
export async function prepared(
  config: KubeConfig,
  method: string,
  headers: http.OutgoingHttpHeaders,
): Promise<https.RequestOptions> {
  const options: https.RequestOptions = { method, headers };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new ToolError(
      {
        what: `The credentials of context ${config.getCurrentContext()} could not be obtained.`,
        why: (cause as Error).message,
        next: ['kubectl get namespaces   with the same kubeconfig, to see what it says'],
      },
      cause,
    );
  }
  return options;
}

/** Opens one request and hands back the answer's head; the body is still to be read. */
export function open(
  config: KubeConfig,
  path: string,
  options: https.RequestOptions,
  text: string | undefined,
  signal: AbortSignal | undefined,
): Promise<http.IncomingMessage> {
  const url = new URL(serverOf(config).replace(/\/$/, '') + path);
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'http:' ? http : https).request(url, {
      ...options,
      signal,
    });
    outgoing.on('response', resolve);
    outgoing.on('error', error => {
      const closed = ['ECONNRESET', 'EPIPE'].includes((error as NodeJS.ErrnoException).code ?? '');
      const thrown = unreachable(config, error, signal);
      const lost = outgoing.reusedSocket ? 'kept' : 'new';
      reject(closed && !signal?.aborted ? Object.assign(thrown, { lost }) : thrown);
    });
    outgoing.setTimeout(SILENCE, () => {
      outgoing.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    });
    outgoing.end(text);
  });
}

async function send(
  config: KubeConfig,
  path: string,
  options: https.RequestOptions,
  text: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ message: http.IncomingMessage; text: string }> {
  const message = await open(config, path, options, text, signal);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    return { message, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    throw unreachable(config, error as Error, signal);
  }
}

function parsed({ message, text }: { message: http.IncomingMessage; text: string }): unknown {
  if (!(message.headers['content-type'] ?? '').includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The texts of a Warning header: `299 - "text"`, several joined by commas, quotes and backslashes
 * escaped (RFC 7234, section 5.5; Kubernetes sends code 299 and agent `-`).
 */
export function warningTexts(header: string | undefined): string[] {
  const each = /\d{3}\s+\S+\s+"((?:[^"\\]|\\.)*)"/g;
  return [...(header ?? '').matchAll(each)].map(match => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}

/** The words of a Kubernetes Status, whole; for anything else, the body itself. */
export function statusMessage(response: { status: number; body: unknown }): string {
  const { body, status } = response;
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  const text = typeof body === 'string' ? body.trim() : '';
  return text === '' ? `the API answered ${status}` : text;
}

/** What an aborted signal means: its own reason when that is one of our errors. */
export function stopped(signal: AbortSignal): TutorError {
  if (signal.reason instanceof TutorError) return signal.reason;
  if ((signal.reason as Error | undefined)?.name !== 'TimeoutError') return new Interrupted();
  return new ToolError({ what: 'The cluster did not answer in time.', next: ['istio-tutor status'] });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection; it is not running there',
  ECONNRESET: 'closed the connection in the middle',
  EPIPE: 'closed the connection in the middle',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ENOTFOUND: 'has a name that does not resolve',
  EAI_AGAIN: 'has a name that does not resolve now',
};

/** Why nothing answered, as an error that says what to do. */
export function unreachable(config: KubeConfig, error: Error, signal?: AbortSignal): TutorError {
  if (error instanceof TutorError) return error;
  if (signal?.aborted) return stopped(signal);
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
  return new ToolError(
    {
      what: 'The cluster does not answer.',
      why: `${serverOf(config)}: ${reason}.`,
      next: ['istio-tutor up       brings it back', 'istio-tutor doctor   says what is missing'],
    },
    error,
  );
}
