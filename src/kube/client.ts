/**
 * A Kube is one cluster behind a kubeconfig: its configuration, and `request`, which sends one HTTP request and returns
 * status, body and warnings as they are. The library's typed clients are not used: their models are two megabytes of
 * code. Requests, exec and logs share one keep-alive agent: a probe must not pay for a TLS handshake.
 */
import http from 'node:http';
import https from 'node:https';
import { KubeConfig, type RequestContext } from '@kubernetes/client-node';
import { ToolError, UserError } from '../shared/errors.ts';
import { readIfThere, readIfThereSync } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { shellWord } from '../shared/shell.ts';
import { type KubeResponse, type RequestOptions, request } from './request.ts';

export interface Kubeconfig {
  /** Our own file, or the user's, which is only ever read. */
  readonly path: string;
  readonly context: string;
}

export interface Kube {
  readonly config: KubeConfig;
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
  readonly namespace?: string | undefined;
}

export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string | undefined;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

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

  /** Credential plugins may hand out a new client certificate at any time: then a new agent is made. */
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
        rejectUnauthorized,
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

/** By file and context: the file's text when it was read, and what was built from it. */
const connected = new Map<string, { readonly text: string; readonly kube: Kube }>();

/**
 * Reads the kubeconfig, which is never written, and builds the client: as long as the file says the same, the same one
 * with the connections that it keeps. Sends no request.
 * Throws ToolError when the file is missing or unreadable, UserError when it has no such context.
 */
export async function connect(kubeconfig: Kubeconfig): Promise<Kube> {
  const key = `${kubeconfig.context} ${kubeconfig.path}`;
  const text = await readIfThere(kubeconfig.path).catch(() => null);
  const known = connected.get(key);
  if (known?.text === text) return known.kube;
  const config = load(kubeconfig);
  const kube: Kube = {
    config,
    request: (method, path, options = {}) => request(config, method, path, options),
  };
  if (text !== null) connected.set(key, { text, kube });
  return kube;
}

/** The current context of a kubeconfig file. Throws UserError when the file cannot be read or names none. */
export function currentContext(path: string): string {
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (cause) {
    throw new UserError(
      {
        what: `The kubeconfig ${path} cannot be read.`,
        why: (cause as Error).message,
        next: ['--kubeconfig FILE'],
      },
      cause,
    );
  }
  const context = config.getCurrentContext();
  if (context) return context;
  throw new UserError({
    what: `The kubeconfig ${path} has no current context.`,
    next: [`kubectl --kubeconfig ${shellWord(path)} config use-context NAME`],
  });
}

function load({ path, context }: Kubeconfig): KubeConfig {
  const config = new SharedAgentConfig();
  try {
    // Checked before the library opens it: it would wait for ever on a pipe of that name.
    if (readIfThereSync(path) === null) {
      throw new ToolError({
        what: 'There is no cluster yet.',
        why: `The kubeconfig ${path} does not exist.`,
        next: ['istio-tutor up'],
      });
    }
    config.loadFromFile(path);
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    throw new ToolError(
      {
        what: `The kubeconfig ${path} cannot be read.`,
        why: reasonOf(cause, path),
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
      next: names.map(name => `--on ${shellWord(`context=${name}`)}`),
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
