/**
 * What istiod does around its translation: it watches the store, gives addresses to ServiceEntries without any, and
 * pushes new configuration to every sidecar. istiod waits 100 ms for more changes before it pushes; here the push is
 * made before the write that caused it is answered, and its version says so ('in-step/RESOURCEVERSION').
 */
import type { EnvoyConfig } from '../../envoy/config.ts';
import { AddressPool } from '../../istio/auto-allocate.ts';
import type { ServiceEntry } from '../../istio/types.ts';
import type { Store, StoredObject, StoreEvent } from '../api-server/store.ts';
import { goOn, wentOn } from '../go-on.ts';
import { MESH_CONFIG_MAP, meshConfigOf } from './mesh-config.ts';
import { RouteCache } from './route-cache.ts';
import { serviceHost } from './services.ts';
import { MESH, type MeshConfig, type Snapshot } from './snapshot.ts';
import { translate } from './translate.ts';

/** The store's names of what a snapshot holds. */
const PARTS = {
  namespaces: 'namespaces',
  services: 'services',
  endpointSlices: 'endpointslices.discovery.k8s.io',
  pods: 'pods',
  serviceEntries: 'serviceentries.networking.istio.io',
  workloadEntries: 'workloadentries.networking.istio.io',
  destinationRules: 'destinationrules.networking.istio.io',
  virtualServices: 'virtualservices.networking.istio.io',
  sidecars: 'sidecars.networking.istio.io',
} as const satisfies Record<keyof Snapshot, string>;

const FOLLOWED: ReadonlySet<string> = new Set(Object.values(PARTS));

/** How many changes before a failed push are searched for an object that cannot be read. */
const SUSPECTS = 20;

export interface Push {
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
  update(config: EnvoyConfig, version: string): void;
}

export class DiscoveryServer {
  readonly #pool = new AddressPool();
  readonly #cache: RouteCache;
  readonly #last = new Map<Subscriber, Push>();
  readonly #stop: () => void;
  #due = false;
  #snapshot: Snapshot | null = null;
  #mesh: MeshConfig;
  /** What has changed since the last successful push, newest first. */
  #changes: StoreEvent[] = [];
  /** Objects, as they are now, with which no configuration could be made. */
  readonly #leftOut = new WeakSet<object>();
  readonly #store: Store;
  readonly #now: () => number;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#cache = new RouteCache(now);
    const { namespace, name } = MESH_CONFIG_MAP;
    this.#mesh = meshConfigOf(store.get('configmaps', namespace, name), MESH);
    this.#stop = store.subscribe(event => this.#changed(event));
  }

  /** Pushes to this sidecar from now on. */
  add(subscriber: Subscriber): void {
    this.#push(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#last.delete(subscriber);
  }

  /** What this sidecar has, in step with the store. */
  pushed(subscriber: Subscriber): Push {
    this.#flush();
    return this.#last.get(subscriber) ?? this.#push(subscriber);
  }

  close(): void {
    this.#stop();
    this.#last.clear();
  }

  #changed(event: StoreEvent): void {
    const { type, resource, object } = event;
    const { namespace, name } = object.metadata;
    const isMesh =
      resource === 'configmaps' && namespace === MESH_CONFIG_MAP.namespace && name === MESH_CONFIG_MAP.name;
    if (!FOLLOWED.has(resource) && !isMesh) return;
    if (isMesh) this.#mesh = meshConfigOf(type === 'DELETED' ? undefined : object, this.#mesh);
    this.#snapshot = null;
    this.#cache.changed(partsOf(event));
    this.#changes = [event, ...this.#changes.slice(0, SUSPECTS - 1)];
    if (resource === PARTS.serviceEntries && type !== 'DELETED') this.#giveAddresses(object as ServiceEntry);
    if (this.#due) return;
    this.#due = true;
    // Several changes at one moment, such as those of a pod, are one push; no answer leaves the API server before it.
    queueMicrotask(() => this.#flush());
  }

  #giveAddresses(entry: ServiceEntry): void {
    const live = this.#store.get(PARTS.serviceEntries, entry.metadata.namespace ?? '', entry.metadata.name) as
      | ServiceEntry
      | undefined;
    const status = live && this.#pool.statusFor(live);
    if (!live || !status) return;
    const { resourceVersion: _, ...metadata } = live.metadata;
    this.#store.update(PARTS.serviceEntries, { ...live, metadata, status });
  }

  #flush(): void {
    if (!this.#due) return;
    this.#due = false;
    for (const subscriber of this.#last.keys()) {
      goOn(`a push to ${subscriber.namespace} ${subscriber.ip}`, () => void this.#push(subscriber));
    }
    this.#changes = [];
  }

  /**
   * Leaves an object that cannot be read out until it changes: among the last changes, the one without which
   * translation succeeds.
   */
  #translate(subscriber: Subscriber): EnvoyConfig {
    const sees: Seen = object => !this.#leftOut.has(object);
    this.#snapshot ??= snapshotOf(this.#store, sees);
    try {
      return translate(this.#snapshot, subscriber, this.#mesh, this.#cache);
    } catch (error) {
      for (const { resource, object } of this.#changes) {
        const { uid, namespace = null, name } = object.metadata;
        const others = snapshotOf(this.#store, each => sees(each) && each.metadata.uid !== uid);
        const config = attempt(() => translate(others, subscriber, this.#mesh));
        if (config === null) continue;
        wentOn(`leaving out ${resource} ${namespace ?? ''}/${name}`, error);
        const now = this.#store.get(resource, namespace, name);
        if (now) this.#leftOut.add(now);
        this.#snapshot = others;
        return config;
      }
      throw error;
    }
  }

  #push(subscriber: Subscriber): Push {
    const config = this.#translate(subscriber);
    const pushed = { config, version: `in-step/${this.#store.resourceVersion}`, at: this.#now() };
    this.#last.set(subscriber, pushed);
    subscriber.update(config, pushed.version);
    return pushed;
  }
}

/** The parts of route configurations that a change affects. */
function partsOf({ resource, object, old }: StoreEvent): string[] {
  const { name, namespace = '' } = object.metadata;
  switch (resource) {
    case PARTS.serviceEntries:
      return [object, old].flatMap(each =>
        ((each?.spec as ServiceEntry['spec'])?.hosts ?? []).map(host => `service ${namespace}/${host}`),
      );
    case PARTS.services:
      return [`service ${namespace}/${serviceHost(name, namespace, MESH)}`];
    case PARTS.virtualServices:
      return [`virtualservice ${namespace}/${name}`];
    case PARTS.destinationRules:
      return [`destinationrule ${namespace}/${name}`];
    default:
      return [];
  }
}

type Seen = (object: StoredObject) => boolean;

function snapshotOf(store: Store, sees: Seen): Snapshot {
  const pairs = Object.entries(PARTS).map(([part, resource]) => [part, store.list(resource).filter(sees)]);
  return Object.fromEntries(pairs) as unknown as Snapshot;
}

function attempt<T>(make: () => T): T | null {
  try {
    return make();
  } catch {
    return null;
  }
}
