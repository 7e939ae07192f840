/**
 * Keeps track of objects, and reports changes as they happen: for each kind a list and then a Kubernetes watch, over
 * all namespaces, as client-go's reflector does. After a watch breaks, it starts again with a list.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LineSplitter } from '../shared/line-splitter.ts';
import { log } from '../shared/log.ts';
import type { Kube, KubeObject } from './client.ts';
import { open, prepared } from './request.ts';
import { collectionPath } from './resources.ts';

/** Milliseconds before a watch that broke is started again. */
const PAUSE = 500;

interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

export interface Watched {
  /** All objects of the kinds as they are now; null while that is not known. */
  objects(): readonly KubeObject[] | null;
}

/**
 * Calls `onChange` with the namespace of every object of these kinds that is made, changed or deleted, as soon as it
 * happens; with null when a kind was listed, as changes before that may have been missed. An object without a namespace
 * is reported under its own name. A kind that the API does not know has no objects. Ends with `signal`.
 */
export function watchObjects(
  kube: Kube,
  kinds: readonly KindRef[],
  onChange: (namespace: string | null) => void,
  signal: AbortSignal,
): Watched {
  const watches = kinds.map(each => new KindWatch(kube, each, onChange, signal));
  for (const each of watches) void each.run();
  return {
    objects() {
      const known = watches.map(each => each.objects);
      return known.some(each => each === null) ? null : known.flatMap(each => [...(each?.values() ?? [])]);
    },
  };
}

class KindWatch {
  /** By namespace and name; null while it is not known. */
  objects: Map<string, KubeObject> | null = null;
  readonly #ref: KindRef;
  readonly #kube: Kube;
  readonly #onChange: (namespace: string | null) => void;
  readonly #signal: AbortSignal;

  constructor(
    kube: Kube,
    { apiVersion, kind }: KindRef,
    onChange: (namespace: string | null) => void,
    signal: AbortSignal,
  ) {
    this.#kube = kube;
    this.#onChange = onChange;
    this.#signal = signal;
    this.#ref = { apiVersion, kind };
  }

  /** Never throws. */
  async run(): Promise<void> {
    const signal = this.#signal;
    while (!signal.aborted) {
      try {
        const path = await collectionPath(this.#kube, { ...this.#ref, namespace: null });
        if (path === null) {
          this.objects = new Map();
          return;
        }
        await this.#follow(path, await this.#list(path));
      } catch (error) {
        if (!signal.aborted) log('watch', `${this.#ref.kind}: ${(error as Error).message}`);
      }
      this.objects = null;
      await delay(PAUSE, undefined, { signal }).catch(() => {});
    }
  }

  /** Returns the resourceVersion from which to watch. */
  async #list(path: string): Promise<string> {
    const { status, body } = await this.#kube.request('GET', path, { signal: this.#signal });
    if (status !== 200) throw new Error(`the list was answered with ${status}`);
    const list = body as { metadata: { resourceVersion: string }; items: KubeObject[] };
    this.objects = new Map(list.items.map(each => [keyOf(each), { ...each, ...this.#ref }]));
    this.#onChange(null);
    return list.metadata.resourceVersion;
  }

  /** Resolves when the watch has ended, whoever ended it. */
  async #follow(path: string, resourceVersion: string): Promise<void> {
    const [kube, signal] = [this.#kube, this.#signal];
    const headers = { Accept: 'application/json', 'User-Agent': 'istio-tutor' };
    const request = await prepared(kube.config, 'GET', headers);
    const query = `watch=true&resourceVersion=${encodeURIComponent(resourceVersion)}`;
    const message = await open(kube.config, `${path}?${query}`, request, undefined, signal);
    message.socket.setTimeout(0); // While nobody changes anything, nothing comes.
    const lines = new LineSplitter(line => this.#take(line));
    for await (const chunk of message) lines.write(chunk as Buffer);
  }

  #take(line: string): void {
    const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
    if (type === 'ERROR') throw new Error(line);
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') this.objects?.delete(keyOf(object));
    else this.objects?.set(keyOf(object), { ...object, ...this.#ref });
    this.#onChange(object.metadata.namespace ?? object.metadata.name);
  }
}

const keyOf = ({ metadata: { namespace = '', name } }: KubeObject) => `${namespace}/${name}`;
