/**
 * Runs a command in a container over one WebSocket (v5 of the channel protocol, v4 where the API is older)
 * and hands back what it said. The socket takes a kept connection of client.ts's agent when one is free,
 * so that a probe costs little more than its curl.
 */
import { PassThrough, Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Exec, type V1Status } from '@kubernetes/client-node';
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { ToolError, type TutorError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import type { Kube } from './client.ts';
import { statusMessage, stopped, unreachable } from './request.ts';

export interface ExecTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface ExecOptions {
  readonly stdin?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onStdout?: (chunk: string) => void;
}

export interface ExecResult {
  /** The command's own exit code. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Exit code of a process ended by SIGKILL: no proof that its pod went away, but the first sign of it. */
const KILLED = 137;

/**
 * Runs a command to its end; a non-zero exit is a value. Throws ToolError when the pod or container is not
 * there, vanishes, or has no such program; Interrupted when the signal aborts, which closes the socket.
 */
export async function exec(
  kube: Kube,
  target: ExecTarget,
  command: readonly string[],
  { stdin, signal, onStdout }: ExecOptions = {},
): Promise<ExecResult> {
  if (signal?.aborted) throw stopped(signal);
  const stdout = new Collected(onStdout);
  const stderr = new Collected();
  const input = stdin === undefined ? null : Readable.from([stdin]);
  // Without streams of its own the library ends this process's stdout when the far side closes its stdout.
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  const client = new Exec(kube.config, new WebSocketHandler(kube.config, undefined, streams));
  log('exec', `${target.namespace}/${target.pod}/${target.container}: ${command.join(' ')}`);

  return new Promise((resolve, reject) => {
    let status: V1Status | null = null;
    let close: (() => void) | null = null;
    const abort = () => {
      reject(signal ? stopped(signal) : new Error('aborted'));
      close?.();
    };
    const settle = (outcome: ExecResult | TutorError) => {
      signal?.removeEventListener('abort', abort);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const finished = (final: V1Status) => {
      status = final;
      const outcome = outcomeOf(final, target, command, stdout.text(), stderr.text());
      const killed = 'exit' in outcome && outcome.exit === KILLED;
      if (!killed) return settle(outcome);
      isGoing(kube, target).then(going => settle(going ? vanished(target) : outcome), settle);
    };
    const { namespace, pod, container } = target;
    client
      .exec(namespace, pod, container, [...command], stdout, stderr, input, false, finished)
      .then(socket => {
        close = () => socket.terminate();
        if (signal?.aborted) socket.terminate();
        socket.on('error', (error: Error) => settle(unreachable(kube.config, error, signal)));
        socket.on('close', () => {
          if (status === null) settle(vanished(target));
        });
      })
      .catch((refusal: unknown) => whyNot(kube, target, refusal, signal).then(settle, settle));
  });
}

/** Collects text as it comes; a character split between two chunks is put together. */
class Collected extends Writable {
  readonly #decoder = new StringDecoder('utf8');
  readonly #tell: ((chunk: string) => void) | undefined;
  readonly #chunks: string[] = [];

  constructor(tell?: (chunk: string) => void) {
    super();
    this.#tell = tell;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = this.#decoder.write(chunk);
    this.#chunks.push(text);
    if (text !== '') this.#tell?.(text);
    done();
  }

  text(): string {
    return this.#chunks.join('') + this.#decoder.end();
  }
}

/** Reads the status channel: Success, or Failure with the exit code among its causes (v4 and later). */
function outcomeOf(
  status: V1Status,
  target: ExecTarget,
  command: readonly string[],
  stdout: string,
  stderr: string,
): ExecResult | ToolError {
  if (status.status === 'Success') return { exit: 0, stdout, stderr };
  const exit = status.details?.causes?.find(cause => cause.reason === 'ExitCode')?.message;
  if (exit !== undefined) return { exit: Number(exit), stdout, stderr };
  return new ToolError({
    what: `${command[0]} could not be run in container ${target.container} of pod ${target.pod}.`,
    why: status.message || undefined,
    next: ['istio-tutor status', 'istio-tutor up   repairs the lab world'],
  });
}

/** Whether the pod is gone or on its way out. */
async function isGoing(kube: Kube, { namespace, pod }: ExecTarget): Promise<boolean> {
  const { status, body } = await kube.request('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`);
  return status === 404 || (body as PodView).metadata?.deletionTimestamp !== undefined;
}

function vanished({ namespace, pod }: ExecTarget): ToolError {
  return new ToolError({
    what: `Pod ${pod} went away in the middle of a call.`,
    why: `The connection to it in namespace ${namespace} was closed before it had answered.`,
    next: ['Try again in a moment.', 'istio-tutor up   repairs the lab world'],
  });
}

/** The socket's error is only a number; the pod itself says more. */
async function whyNot(
  kube: Kube,
  target: ExecTarget,
  refusal: unknown,
  signal: AbortSignal | undefined,
): Promise<TutorError> {
  if (signal?.aborted) return stopped(signal);
  const { namespace, pod, container } = target;
  const error = causeOf(refusal);
  if (!/Unexpected server response/.test(error.message)) return unreachable(kube.config, error, signal);
  const answer = await kube.request('GET', `/api/v1/namespaces/${namespace}/pods/${pod}`);
  const next = ['istio-tutor status', 'istio-tutor up   repairs the lab world'];
  if (answer.status === 404) {
    return new ToolError({ what: `Pod ${pod} no longer exists.`, why: statusMessage(answer), next }, error);
  }
  return new ToolError(
    {
      what: `Container ${container} of pod ${pod} cannot run a command right now.`,
      why: stateOf(container, answer.body as PodView) ?? error.message,
      next,
    },
    error,
  );
}

interface PodView {
  readonly metadata?: { deletionTimestamp?: string };
  readonly status?: Partial<
    Record<
      'containerStatuses' | 'initContainerStatuses',
      { name: string; state?: Record<string, { reason?: string }> }[]
    >
  >;
}

/** What the container does instead of running, in one sentence; null when that does not explain it. */
function stateOf(container: string, { metadata, status }: PodView): string | null {
  if (metadata?.deletionTimestamp !== undefined) return 'The pod is being deleted.';
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const found = all.find(each => each.name === container);
  if (!found) return `The pod has the containers ${all.map(each => each.name).join(', ')}.`;
  const [[state, { reason }] = ['running', {} as { reason?: string }]] = Object.entries(found.state ?? {});
  return state === 'running' ? null : `It is ${state}${reason ? `: ${reason}` : ''}.`;
}

/** The socket rejects with an event that wraps its error. */
function causeOf(refusal: unknown): Error {
  const { error, message } = (refusal ?? {}) as { error?: unknown; message?: unknown };
  if (error instanceof Error) return error;
  return refusal instanceof Error ? refusal : new Error(String(message ?? refusal));
}
