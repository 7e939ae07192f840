/**
 * The only file that builds API clients. A Kube is one cluster behind a kubeconfig: typed clients for
 * those who want them, and `request`, one HTTP request that tells status, body and warnings as they are.
 * All of them, exec and logs too, share one keep-alive agent: a probe must not pay for a TLS handshake.
 * May import the Kubernetes client, errors and log; knows nothing of Istio or of the lab world.
 */
import { existsSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  type RequestContext,
} from '@kubernetes/client-node';
import { Interrupted, ToolError, TutorError, UserError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import type { Kubeconfig } from './cluster.ts';

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
  readonly signal?: AbortSignal;
}

export interface Kube {
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly objects: KubernetesObjectApi;
  /**
   * One HTTP request over the kubeconfig's TLS and credentials. Never throws on an HTTP status; throws
   * ToolError when nothing answered, Interrupted when the signal aborted.
   */
  request(method: string, path: string, options?: RequestOptions): Promise<KubeResponse>;
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

/** An API that is silent this long, in milliseconds, is taken for gone; the slowest admission takes 30 s. */
const SILENCE = 35_000;

type HttpsOptions = https.RequestOptions & { servername?: string };

/** The library makes an agent, and so a TLS connection, for each request; this keeps one for all. */
class SharedAgentConfig extends KubeConfig {
  #agent: http.Agent | null = null;
  #madeFor = '';

  override async applyToHTTPSOptions(options: HttpsOptions): Promise<void> {
    await super.applyToHTTPSOptions(options);
    if (this.getCurrentCluster()?.proxyUrl) return; // The library's own proxy agents stay as they are.
    options.agent = this.#shared(options);
  }

  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context);
    if (this.getCurrentCluster()?.proxyUrl) return;
    const options: HttpsOptions = {};
    await this.applyToHTTPSOptions(options);
    if (options.agent) context.setAgent(options.agent as https.Agent);
  }

  /** Credential plugins may hand out a new client certificate at any time: then the agent is made anew. */
  #shared(options: HttpsOptions): http.Agent {
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    const madeFor = [ca, cert, key, rejectUnauthorized, servername].map(String).join('\n');
    if (this.#agent === null || madeFor !== this.#madeFor) {
      this.#agent?.destroy();
      const plain = this.getCurrentCluster()?.server.startsWith('http:');
      const tls = {
        ca,
        cert,
        key,
        servername,
        ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
      };
      this.#agent = plain
        ? new http.Agent({ keepAlive: true })
        : new https.Agent({
            keepAlive: true,
            ...Object.fromEntries(Object.entries(tls).filter(([, v]) => v !== undefined)),
          });
      this.#madeFor = madeFor;
    }
    return this.#agent;
  }
}

/**
 * Reads the kubeconfig, which is never written, and builds the clients. No request is sent.
 * Throws ToolError when the file is missing or unreadable, UserError when it has no such context.
 */
export async function connect(kubeconfig: Kubeconfig): Promise<Kube> {
  const config = load(kubeconfig);
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    objects: KubernetesObjectApi.makeApiClient(config),
    request: (method, path, options = {}) => request(config, method, path, options),
  };
}

function load({ path, context }: Kubeconfig): KubeConfig {
  const config = new SharedAgentConfig();
  if (!existsSync(path)) {
    throw new ToolError({
      what: 'There is no cluster yet.',
      why: `The kubeconfig ${path} does not exist.`,
      next: ['istio-tutor up'],
    });
  }
  try {
    config.loadFromFile(path);
  } catch (cause) {
    throw new ToolError(
      {
        what: `The kubeconfig ${path} cannot be read.`,
        why: (cause as Error).message,
        next: ['istio-tutor doctor'],
      },
      cause,
    );
  }
  const names = config.getContexts().map(each => each.name);
  if (!names.includes(context)) {
    throw new UserError({
      what: `The kubeconfig ${path} has no context ${context}.`,
      why: names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none at all.',
      next: names.map(name => `--on context=${name}`),
    });
  }
  config.setCurrentContext(context);
  if (!config.getCurrentCluster()) {
    throw new UserError({
      what: `Context ${context} of ${path} names a cluster that the file does not have.`,
      next: ['kubectl config view'],
    });
  }
  return config;
}

/** The API server's address, as errors name it. */
export function serverOf(config: KubeConfig): string {
  return config.getCurrentCluster()?.server ?? 'the API server';
}

async function request(
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
  for (let retried = false; ; retried = true) {
    try {
      const response = await send(config, path, options, text, signal);
      const { statusCode: status = 0 } = response.message;
      log('api', `${method} ${path} ${status}`);
      return { status, body: parsed(response), warnings: warningTexts(response.message.headers.warning) };
    } catch (error) {
      // A kept connection that the server closed just now: nothing was read of this request, so once more.
      if (!retried && (error as { stale?: boolean }).stale) continue;
      throw error;
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
        what: `The credentials of context ${config.getCurrentContext()} could not be had.`,
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
      ...(signal ? { signal } : {}),
    });
    outgoing.on('response', resolve);
    outgoing.on('error', error => {
      const stale = outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
      const thrown = unreachable(config, error, signal);
      reject(stale && !signal?.aborted ? Object.assign(thrown, { stale }) : thrown);
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

/** What an aborted signal stands for: its own reason when that is one of our errors. */
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
