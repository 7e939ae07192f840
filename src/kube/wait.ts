/** Waiting for the cluster: polls until something is there, and names what was not when time is up. */
import { systemClock } from '../shared/clock.ts';
import { Interrupted, ToolError } from '../shared/errors.ts';
import type { Kube } from './client.ts';
import { statusMessage, stopped } from './request.ts';

export interface UntilOptions {
  readonly timeoutMs: number;
  /** Milliseconds between two polls, 200 unless set. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Polls until `poll` gives something truthy, which is returned. `what` completes "waited N s for ...".
 * Throws ToolError when time is up, and whatever `poll` throws; Interrupted when the signal aborts.
 */
export async function until<T>(
  what: string,
  poll: () => Promise<T | null | undefined | false>,
  { timeoutMs, everyMs = 200, signal }: UntilOptions,
): Promise<T> {
  const start = systemClock.now();
  for (;;) {
    if (signal?.aborted) throw stopped(signal);
    const found = await poll();
    if (found !== null && found !== undefined && found !== false) return found;
    if (systemClock.now() - start >= timeoutMs) {
      throw new ToolError({
        what: `Waited ${Math.round(timeoutMs / 1000)} s for ${what}, in vain.`,
        next: ['istio-tutor status   says what is missing', 'istio-tutor up       repairs it'],
      });
    }
    try {
      await systemClock.wait(everyMs, signal);
    } catch {
      throw signal ? stopped(signal) : new Interrupted();
    }
  }
}

/** What this file reads of a Pod. */
interface PodStatus {
  readonly metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string };
  readonly status?: { podIP?: string; conditions?: { type: string; status: string }[] };
}

/**
 * The newest pod of a selector that is Ready and not on its way out; waits for one, 60 s unless set.
 * Throws ToolError when there is none by then or the API refuses.
 */
export async function readyPod(
  kube: Kube,
  namespace: string,
  selector: string,
  options: { timeoutMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<{ name: string; ip: string }> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  return until(
    `a ready pod ${selector} in namespace ${namespace}`,
    async () => {
      const answer = await kube.request('GET', path, options.signal ? { signal: options.signal } : {});
      if (answer.status !== 200) {
        throw new ToolError({
          what: `The pods of namespace ${namespace} could not be listed.`,
          why: statusMessage(answer),
          next: ['istio-tutor status'],
        });
      }
      const pod = newestReady((answer.body as { items: PodStatus[] }).items);
      return pod && { name: pod.metadata.name, ip: pod.status?.podIP ?? '' };
    },
    {
      timeoutMs: options.timeoutMs ?? 60_000,
      everyMs: 100,
      signal: options.signal,
    },
  );
}

/** The newest of these pods that can be used. */
function newestReady(pods: readonly PodStatus[]): PodStatus | undefined {
  return pods
    .filter(pod => pod.metadata.deletionTimestamp === undefined)
    .filter(pod => pod.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True'))
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp))[0];
}
