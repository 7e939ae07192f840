/**
 * What istiod does around its translation: it follows the store, gives addresses to ServiceEntries that have none,
 * and pushes new configuration to every sidecar. istiod waits 100 ms for more changes before it pushes; here a push
 * is made before the write that caused it is answered, and its version says so ('in-step/RESOURCEVERSION').
 */
import type { EnvoyConfig } from '../envoy/config.ts';
import { AddressPool } from '../istio/auto-allocate.ts';
import type { ServiceEntry } from '../istio/types.ts';
import type { Store, StoreEvent } from './api-server/store.ts';
import type { Snapshot } from './istiod/snapshot.ts';
import { translate } from './istiod/translate.ts';

/** The store's names of what a snapshot holds. */
const PARTS = {
  namespaces: 'namespaces',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  pods: 'pods',
  serviceEntries: 'serviceentries.networking.istio.io',
  destinationRules: 'destinationrules.networking.istio.io',
  virtualServices: 'virtualservices.networking.istio.io',
  sidecars: 'sidecars.networking.istio.io',
} as const satisfies Record<keyof Snapshot, string>;

const FOLLOWED: ReadonlySet<string> = new Set(Object.values(PARTS));

export interface Pushed {
  readonly config: EnvoyConfig;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A sidecar that gets configuration. */
export interface Subscriber {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
  update(config: EnvoyConfig): void;
}

export class Pilot {
  readonly #pool = new AddressPool();
  readonly #last = new Map<Subscriber, Pushed>();
  readonly #stop: () => void;
  #due = false;
  #snapshot: Snapshot | null = null;

  constructor(
    private readonly store: Store,
    private readonly now: () => number,
  ) {
    this.#stop = store.subscribe(event => this.#changed(event));
  }

  /** Pushes to it from now on. */
  add(subscriber: Subscriber): void {
    this.#push(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#last.delete(subscriber);
  }

  /** What this sidecar has, in step with the store. */
  pushed(subscriber: Subscriber): Pushed {
    this.#flush();
    return this.#last.get(subscriber) ?? this.#push(subscriber);
  }

  close(): void {
    this.#stop();
    this.#last.clear();
  }

  #changed({ type, resource, object }: StoreEvent): void {
    if (!FOLLOWED.has(resource)) return;
    this.#snapshot = null;
    if (resource === PARTS.serviceEntries && type !== 'DELETED') this.#giveAddresses(object as ServiceEntry);
    if (this.#due) return;
    this.#due = true;
    // Several changes of one moment, a pod's many, are one push; no answer leaves the API server before it.
    queueMicrotask(() => this.#flush());
  }

  #giveAddresses(entry: ServiceEntry): void {
    const live = this.store.get(PARTS.serviceEntries, entry.metadata.namespace ?? '', entry.metadata.name) as
      | ServiceEntry
      | undefined;
    const status = live && this.#pool.statusFor(live);
    if (!live || !status) return;
    const { resourceVersion: _, ...metadata } = live.metadata;
    this.store.update(PARTS.serviceEntries, { ...live, metadata, status });
  }

  #flush(): void {
    if (!this.#due) return;
    this.#due = false;
    for (const subscriber of this.#last.keys()) this.#push(subscriber);
  }

  #push(subscriber: Subscriber): Pushed {
    this.#snapshot ??= snapshotOf(this.store);
    const config = translate(this.#snapshot, subscriber);
    const pushed = { config, version: `in-step/${this.store.resourceVersion}`, at: this.now() };
    this.#last.set(subscriber, pushed);
    subscriber.update(config);
    return pushed;
  }
}

function snapshotOf(store: Store): Snapshot {
  const pairs = Object.entries(PARTS).map(([part, resource]) => [part, store.list(resource)]);
  return Object.fromEntries(pairs) as unknown as Snapshot;
}
