/**
 * GET with watch: a stream of JSON lines, or of protobuf frames, from a resourceVersion on or beginning with what
 * exists. A client that does not read is disconnected when too much is waiting for it; it can resume from the last
 * version that it read.
 * Source: apiserver/pkg/endpoints/handlers/{get,watch}.go, apiserver/pkg/storage/cacher
 */
import type { JsonObject } from '../../shared/json.ts';
import { groupVersion } from './kinds.ts';
import { type Presentation, presentEvent } from './present.ts';
import { encodeEvent } from './protobuf/encode.ts';
import type { Selects } from './selectors.ts';
import { StatusError } from './status.ts';
import type { Store, StoredObject, StoreEvent } from './store.ts';

export interface WatchRequest {
  readonly namespace: string | null;
  readonly selects: Selects;
  /** Undefined or '0': begins with what exists. */
  readonly resourceVersion: string | undefined;
  readonly sendInitialEvents: boolean;
  readonly bookmarks: boolean;
  /** Milliseconds after which the stream ends; undefined: when the client goes. */
  readonly timeout: number | undefined;
}

/** Bytes that may wait for a slow client. */
const WAITING = 4 * 1024 * 1024;
const BOOKMARK_EVERY = 60_000;

/** `closing` ends the stream when the server shuts down. */
export function watchStream(
  store: Store,
  to: Presentation & { readonly clock: () => number },
  request: WatchRequest,
  closing: AbortSignal,
): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = new Watch(store, to, request, controller).begin(closing);
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING }),
  );
}

class Watch {
  readonly #store: Store;
  readonly #to: Presentation & { readonly clock: () => number };
  readonly #request: WatchRequest;
  readonly #controller: ReadableStreamDefaultController<Uint8Array>;
  #first = true;
  #ended = false;
  #cleanUp: (() => void)[] = [];

  constructor(
    store: Store,
    to: Presentation & { readonly clock: () => number },
    request: WatchRequest,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ) {
    this.#store = store;
    this.#to = to;
    this.#request = request;
    this.#controller = controller;
  }

  /** Returns a function that stops it. */
  begin(closing: AbortSignal): () => void {
    const { bookmarks, timeout } = this.#request;
    const end = () => this.#end();
    closing.addEventListener('abort', end, { once: true });
    this.#cleanUp.push(() => closing.removeEventListener('abort', end));
    if (closing.aborted || !this.#catchUp()) {
      end();
      return end;
    }
    this.#cleanUp.push(this.#store.subscribe(event => this.#tell(event)));
    if (timeout !== undefined) this.#timer(setTimeout(end, timeout));
    if (bookmarks) this.#timer(setInterval(() => this.#bookmark(), BOOKMARK_EVERY));
    return end;
  }

  #timer(timer: NodeJS.Timeout): void {
    timer.unref();
    this.#cleanUp.push(() => clearInterval(timer));
  }

  /** Sends what exists, or what has happened since; false if that is no longer remembered. */
  #catchUp(): boolean {
    const { resourceVersion, sendInitialEvents } = this.#request;
    if (sendInitialEvents || resourceVersion === undefined || resourceVersion === '0') {
      const { kind } = this.#to;
      const { namespace, selects } = this.#request;
      for (const object of this.#store.list(kind.resource, namespace ?? undefined)) {
        if (selects(object)) this.#send('ADDED', object);
      }
      if (sendInitialEvents) this.#bookmark({ 'k8s.io/initial-events-end': 'true' });
      return true;
    }
    try {
      for (const event of this.#store.eventsSince(resourceVersion)) this.#tell(event);
      return true;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#write({ type: 'ERROR', object: error.toStatus() });
      return false;
    }
  }

  /** For this watch, an object that the selectors no longer match has been deleted. */
  #tell({ type, resource, object, old }: StoreEvent): void {
    const { namespace, selects } = this.#request;
    if (resource !== this.#to.kind.resource) return;
    if (namespace !== null && object.metadata.namespace !== namespace) return;
    const is = type !== 'DELETED' && selects(object);
    const was = old !== undefined && selects(old);
    if (is) this.#send(was ? 'MODIFIED' : 'ADDED', object);
    else if (was) this.#send('DELETED', object);
  }

  #send(type: string, object: StoredObject): void {
    const to = { ...this.#to, now: this.#to.clock() };
    this.#write({ type, object: presentEvent(object, to, this.#first) });
    this.#first = false;
  }

  #bookmark(annotations?: Record<string, string>): void {
    const { kind, version, form } = this.#to;
    const metadata = {
      resourceVersion: this.#store.resourceVersion,
      creationTimestamp: null,
      ...(annotations ? { annotations } : {}),
    };
    // A table's bookmark is a row without cells, from which the client reads only the version.
    const object = {
      kind: kind.kind,
      apiVersion: groupVersion(kind.group, version),
      metadata,
    };
    const table = {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: this.#store.resourceVersion },
      columnDefinitions: null,
      rows: [{ cells: [], object }],
    };
    this.#write({ type: 'BOOKMARK', object: form === 'table' ? table : object });
  }

  #write(event: { readonly type: string; readonly object: object }): void {
    if (this.#ended) return;
    const { form, kind } = this.#to;
    const bytes =
      form === 'protobuf'
        ? encodeEvent(event.type, event.object as JsonObject, kind)
        : Buffer.from(`${JSON.stringify(event)}\n`);
    this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 0) < 0) this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const each of this.#cleanUp) each();
    this.#cleanUp = [];
    try {
      this.#controller.close();
    } catch {
      // The client has cancelled it already.
    }
  }
}
