/**
 * Hears of changes to objects as they happen: a Kubernetes watch for each kind, over all namespaces. What breaks is
 * begun again, and whatever may have happened meanwhile is told as one change that names no namespace.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { setTimeout as delay } from 'node:timers/promises';
import { log } from '../shared/log.ts';
import type { Kube } from './client.ts';
import { lineSplitter } from './logs.ts';
import { open, prepared } from './request.ts';
import { collectionPath } from './resources.ts';

/** Milliseconds before a watch that broke is begun again. */
const PAUSE = 500;

interface WatchEvent {
  readonly type: string;
  readonly object: { readonly metadata?: { readonly namespace?: string; readonly name?: string } };
}

/**
 * Calls `onChange` with the namespace of every object of these kinds that is made, changed or deleted, as soon as it
 * is; with null when a watch has begun, so whatever came before may have been missed. An object without a namespace is
 * told by its own name. A kind that the API does not know is left out. Never throws; resolves when `signal` ends it.
 */
export async function watchKinds(
  kube: Kube,
  kinds: readonly { readonly apiVersion: string; readonly kind: string }[],
  onChange: (namespace: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    kinds.map(async each => {
      while (!signal.aborted) {
        try {
          const path = await collectionPath(kube, { ...each, namespace: null });
          if (path === null) return;
          await watchFromNow(kube, path, onChange, signal);
        } catch (error) {
          if (signal.aborted) return;
          log('watch', `${each.kind}: ${(error as Error).message}`);
        }
        await delay(PAUSE, undefined, { signal }).catch(() => {});
      }
    }),
  );
}

/** Resolves when the watch has ended, whoever ended it. */
async function watchFromNow(
  kube: Kube,
  path: string,
  onChange: (namespace: string | null) => void,
  signal: AbortSignal,
): Promise<void> {
  const { body } = await kube.request('GET', `${path}?limit=1`, { signal });
  const { resourceVersion = '' } = (body as { metadata?: { resourceVersion?: string } }).metadata ?? {};
  const query = `watch=true&resourceVersion=${encodeURIComponent(resourceVersion)}`;
  const headers = { Accept: 'application/json', 'User-Agent': 'istio-tutor' };
  const request = await prepared(kube.config, 'GET', headers);
  const message = await open(kube.config, `${path}?${query}`, request, undefined, signal);
  message.socket.setTimeout(0); // Where nobody changes anything, nothing comes.
  onChange(null);
  const tell = (line: string) => {
    const { type, object } = JSON.parse(line) as WatchEvent;
    if (type === 'ERROR') throw new Error(line);
    if (type !== 'BOOKMARK') onChange(object.metadata?.namespace ?? object.metadata?.name ?? null);
  };
  const push = lineSplitter(tell);
  for await (const chunk of message) push(chunk as Buffer);
}
