/** A container's log: read up to now, or followed line by line. */
import { ToolError } from '../shared/errors.ts';
import { LineSplitter } from '../shared/line-splitter.ts';
import type { Kube } from './client.ts';
import type { ExecTarget } from './exec.ts';
import { open, prepared, statusMessage, unreachable } from './request.ts';

export interface ReadLogOptions {
  readonly sinceTime?: Date;
  /** Whole seconds; the API takes nothing finer. At most one of this and sinceTime. */
  readonly sinceSeconds?: number;
  /** Only this many lines, the last ones. */
  readonly tail?: number;
  /** Each line begins with the time at which the runtime got it, to the nanosecond. */
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The log's lines up to now, without line ends. Throws ToolError when there is no such log. */
export async function readLog(
  kube: Kube,
  target: ExecTarget,
  options: ReadLogOptions = {},
): Promise<string[]> {
  const answer = await kube.request(
    'GET',
    logPath(target, options),
    options.signal ? { signal: options.signal } : {},
  );
  if (answer.status !== 200) throw noLog(target, answer);
  // Always a string: the API answers text/plain, so that a line that is JSON is not parsed.
  const lines = String(answer.body).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * Follows a log from now, or from `sinceSeconds` ago. `onLine` gets whole lines only; `onEnd` is called
 * once when the log ends by itself (the container stopped) or breaks, and not after `stop`.
 * Resolves when the API has begun to answer; throws ToolError when it refuses.
 */
export async function followLog(
  kube: Kube,
  target: ExecTarget,
  options: {
    sinceSeconds?: number;
    timestamps?: boolean;
    onLine: (line: string) => void;
    onEnd?: (error?: Error) => void;
  },
): Promise<{ stop(): void }> {
  const { onLine, onEnd } = options;
  const { sinceSeconds, timestamps = false } = options;
  const since = sinceSeconds === undefined ? { tail: 0 } : { sinceSeconds };
  const stopping = new AbortController();
  const request = await prepared(kube.config, 'GET', { Accept: '*/*', 'User-Agent': 'istio-tutor' });
  const path = `${logPath(target, { ...since, timestamps })}&follow=true`;
  const message = await open(kube.config, path, request, undefined, stopping.signal);
  if (message.statusCode !== 200) {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    throw noLog(target, {
      status: message.statusCode ?? 0,
      body: statusOf(Buffer.concat(chunks).toString('utf8')),
    });
  }
  message.socket.setTimeout(0); // A quiet log is not a dead one.
  const lines = new LineSplitter(onLine);
  message.on('data', (chunk: Buffer) => lines.write(chunk));
  message.on('end', () => {
    if (!stopping.signal.aborted) onEnd?.();
  });
  message.on('error', error => {
    if (!stopping.signal.aborted) onEnd?.(unreachable(kube.config, error));
  });
  return { stop: () => stopping.abort() };
}

function logPath({ namespace, pod, container }: ExecTarget, options: Omit<ReadLogOptions, 'signal'>): string {
  const query = new URLSearchParams({ container });
  if (options.sinceTime) query.set('sinceTime', options.sinceTime.toISOString());
  if (options.sinceSeconds !== undefined)
    query.set('sinceSeconds', String(Math.max(1, Math.ceil(options.sinceSeconds))));
  if (options.tail !== undefined) query.set('tailLines', String(options.tail));
  if (options.timestamps) query.set('timestamps', 'true');
  return `/api/v1/namespaces/${namespace}/pods/${pod}/log?${query}`;
}

function statusOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function noLog({ pod, container }: ExecTarget, answer: { status: number; body: unknown }): ToolError {
  return new ToolError({
    what: `The log of container ${container} in pod ${pod} could not be read.`,
    why: statusMessage(answer),
    next: ['istio-tutor status', 'istio-tutor up   repairs the lab world'],
  });
}
