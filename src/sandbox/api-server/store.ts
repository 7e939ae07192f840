/**
 * The sandbox's etcd: all objects, in memory, with one resourceVersion over all of them. It knows about objects and
 * their life cycle (uid, generation, conflicts, owners, events) but nothing about kinds, HTTP or validation: the API
 * server takes care of those before it writes. Every room may read and write here.
 *
 * Objects are deeply frozen: a change makes a new one, and a reference that somebody still holds does not change. In
 * Kubernetes controllers gradually remove what belongs to a deleted namespace or owner; here it goes in the same step,
 * apart from what waits for its finalizers (finalizers.ts). Grace periods are left out.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Metadata, Resource } from '../../istio/resource.ts';
import { goOn } from '../go-on.ts';
import type { ResourceName } from '../rooms.ts';
import { isoSeconds } from '../time.ts';
import { going, hasFinalizers, isGoing } from './finalizers.ts';
import { frozenCopy } from './freeze.ts';
import { hasGeneration } from './generations.ts';
import { keyOf, lifeOf, sameApartFromStatus } from './life.ts';
import { RANDOM, type Randomness } from './randomness.ts';
import { alreadyExists, conflict, expired, notFound, StatusError } from './status.ts';

interface StoredMetadata extends Metadata {
  uid: string;
  resourceVersion: string;
  creationTimestamp: string;
}

/** As stored, and deeply frozen: `generation` is present for the kinds for which Kubernetes counts it. */
export interface StoredObject<Spec = unknown> extends Resource<Spec> {
  metadata: StoredMetadata;
}

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resource: ResourceName;
  readonly object: StoredObject;
  /** The object before the change; absent for ADDED. */
  readonly old?: StoredObject;
}

/** How many events are remembered for watches that resume; a watch that wants older ones gets a 410. */
const REMEMBERED = 1_000;

export class Store {
  readonly #now: () => number;
  readonly #random: Randomness;
  readonly #objects = new Map<ResourceName, Map<string, StoredObject>>();
  readonly #later = new Map<
    ResourceName,
    { readonly make: () => readonly Resource[]; readonly at: number }
  >();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #history: StoreEvent[] = [];
  readonly #undelivered: StoreEvent[] = [];
  #delivering = false;
  #version = 0;

  /** `now` gives milliseconds since the epoch. */
  constructor(now: () => number, random: Randomness = RANDOM) {
    this.#now = now;
    this.#random = random;
  }

  /** The version of the last change to anything. */
  get resourceVersion(): string {
    return String(this.#version);
  }

  /** How many objects there are, by resource. */
  counts(): ReadonlyMap<ResourceName, number> {
    return new Map([...this.#objects].map(([resource, all]) => [resource, all.size]));
  }

  /** Makes the objects of a kind when somebody first asks for one; they are as old as this promise, or date from `at`. */
  makeLater(resource: ResourceName, make: () => readonly Resource[], at = this.#now()): void {
    this.#later.set(resource, { make, at });
  }

  /** `namespace` is null for kinds without one. */
  get(resource: ResourceName, namespace: string | null, name: string): StoredObject | undefined {
    return this.#of(resource)?.get(keyOf(namespace, name));
  }

  /** In one namespace, or in all; in the order of etcd's keys: by namespace, then by name. */
  list(resource: ResourceName, namespace?: string): StoredObject[] {
    const all = this.#of(resource);
    if (all === undefined) return [];
    const prefix = namespace === undefined ? '' : keyOf(namespace, '');
    const keys = [...all.keys()].filter(key => key.startsWith(prefix)).sort();
    return keys.map(key => all.get(key)).filter(each => each !== undefined);
  }

  /** Throws AlreadyExists. Does not check that the namespace exists. */
  create(resource: ResourceName, object: Resource): StoredObject {
    const created = this.prepareCreate(resource, object);
    return this.#put('ADDED', resource, created);
  }

  /** What `create` would store at a time, with the next resourceVersion; nothing is stored. Throws as `create` does. */
  prepareCreate(resource: ResourceName, object: Resource, at = this.#now()): StoredObject {
    const { name: asked, generateName, generation: _, ...rest } = object.metadata;
    const name = asked || (generateName ? this.generatedName(generateName) : '');
    if (name === '') throw new StatusError(500, 'InternalError', 'Internal error: name is required', {});
    if (this.get(resource, object.metadata.namespace ?? null, name)) throw alreadyExists(resource, name);
    const metadata: StoredMetadata = {
      ...rest,
      name,
      ...(generateName ? { generateName } : {}),
      ...(hasGeneration(resource) ? { generation: 1 } : {}),
      uid: object.metadata.uid || this.#random.uuid(),
      resourceVersion: this.#nextVersion(),
      creationTimestamp: isoSeconds(at),
    };
    return frozenCopy({ ...object, metadata });
  }

  /** 'client-' -> 'client-x7k2p' */
  generatedName(base: string): string {
    return `${base.slice(0, 58)}${this.#random.suffix()}`;
  }

  /**
   * Replaces an object. Throws NotFound, and Conflict if `object` carries a different resourceVersion or uid from the
   * stored one; without a resourceVersion it is written in any case. If nothing changes there is no event, and the old
   * object is returned. One that was only waiting for the finalizers that this takes away is deleted.
   */
  update(resource: ResourceName, object: Resource): StoredObject {
    const updated = this.prepareUpdate(resource, object);
    const old = this.get(resource, object.metadata.namespace ?? null, object.metadata.name);
    if (updated === old) return updated;
    if (isGoing(updated) && !this.#waits(resource, updated)) {
      this.#remove(resource, updated);
      this.#deliver();
      return updated;
    }
    return this.#put('MODIFIED', resource, updated, old);
  }

  /** What `update` would store; nothing is stored. Throws as `update` does. */
  prepareUpdate(resource: ResourceName, object: Resource): StoredObject {
    const { name, namespace, resourceVersion, uid } = object.metadata;
    const old = this.get(resource, namespace ?? null, name);
    if (old === undefined) throw notFound(resource, name);
    if (resourceVersion && resourceVersion !== old.metadata.resourceVersion) throw conflict(resource, name);
    if (uid && uid !== old.metadata.uid) {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
      throw conflict(resource, name, why);
    }
    const next = frozenCopy({ ...object, metadata: { ...object.metadata, ...lifeOf(old) } });
    if (isDeepStrictEqual(next, old)) return old;
    const metadata: StoredMetadata = { ...next.metadata, resourceVersion: this.#nextVersion() };
    if (old.metadata.generation !== undefined) {
      metadata.generation = old.metadata.generation + (sameApartFromStatus(next, old) ? 0 : 1);
    }
    return frozenCopy({ ...next, metadata });
  }

  /**
   * Deletes an object and what belongs to it: a namespace's objects (before it), an owner's dependents (after it).
   * Listeners hear of it when all of it is gone, so that no controller recreates what its owner's deletion removes.
   * What has finalizers is marked with a deletionTimestamp, and goes with the last of them; its namespace waits for it.
   * Returns the object, with the resourceVersion of its deletion or mark; undefined if there was none.
   */
  delete(resource: ResourceName, namespace: string | null, name: string): StoredObject | undefined {
    const gone = this.#deleteAll(resource, namespace, name);
    this.#deliver();
    return gone;
  }

  #deleteAll(resource: ResourceName, namespace: string | null, name: string): StoredObject | undefined {
    const old = this.get(resource, namespace, name);
    if (old === undefined) return undefined;
    if (resource === 'namespaces') {
      for (const [each, object] of this.#contentsOf(name)) this.#deleteAll(each, name, object.metadata.name);
    }
    if (!this.#waits(resource, old)) return this.#remove(resource, old);
    if (isGoing(old)) return old;
    const metadata = { ...old.metadata, resourceVersion: this.#nextVersion() };
    const marked = frozenCopy(going(resource, { ...old, metadata }, this.#now()));
    this.#objects.get(resource)?.set(keyOf(namespace, name), marked);
    this.#record({ type: 'MODIFIED', resource, object: marked, old });
    return marked;
  }

  #waits(resource: ResourceName, object: StoredObject): boolean {
    return (
      hasFinalizers(resource, object) ||
      (resource === 'namespaces' && this.#contentsOf(object.metadata.name).length > 0)
    );
  }

  #contentsOf(namespace: string): [ResourceName, StoredObject][] {
    return this.#everything().filter(([, { metadata }]) => metadata.namespace === namespace);
  }

  /** `last` is what the event of its deletion shows. */
  #remove(resource: ResourceName, last: StoredObject): StoredObject {
    const { namespace = null, name, uid } = last.metadata;
    const old = this.get(resource, namespace, name) ?? last;
    this.#objects.get(resource)?.delete(keyOf(namespace, name));
    const gone = frozenCopy({
      ...last,
      metadata: { ...last.metadata, resourceVersion: this.#nextVersion() },
    });
    this.#record({ type: 'DELETED', resource, object: gone, old });
    for (const [each, object] of this.dependents(uid)) {
      this.#deleteAll(each, object.metadata.namespace ?? null, object.metadata.name);
    }
    const home = namespace === null ? undefined : this.get('namespaces', null, namespace);
    if (home !== undefined && isGoing(home) && !this.#waits('namespaces', home))
      this.#remove('namespaces', home);
    return gone;
  }

  /** Objects that name this uid as an owner. */
  dependents(uid: string): [ResourceName, StoredObject][] {
    return this.#everything().filter(([, { metadata }]) => {
      const owners = metadata.ownerReferences as { uid?: string }[] | undefined;
      return owners?.some(each => each.uid === uid) ?? false;
    });
  }

  /**
   * Reports every change, in order and before the write returns; changes made by a listener are reported once all
   * have heard of the one that caused them. Returns a function that unsubscribes. A listener's error affects neither
   * the writer nor other listeners.
   */
  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The changes after a resourceVersion. Throws Expired (410) if not all of them are remembered. */
  eventsSince(resourceVersion: string): StoreEvent[] {
    const since = Number(resourceVersion);
    if (!Number.isSafeInteger(since) || since < 0) {
      throw new StatusError(400, 'BadRequest', `Invalid resource version: ${resourceVersion}`);
    }
    const oldest = this.#version - this.#history.length;
    if (since < oldest) throw expired(`too old resource version: ${resourceVersion} (${oldest + 1})`);
    const skipped = Math.max(0, since - oldest);
    return this.#history.slice(skipped);
  }

  #of(resource: ResourceName): ReadonlyMap<string, StoredObject> | undefined {
    const later = this.#later.get(resource);
    if (later !== undefined) {
      this.#later.delete(resource);
      for (const each of later.make())
        this.#put('ADDED', resource, this.prepareCreate(resource, each, later.at));
    }
    return this.#objects.get(resource);
  }

  #nextVersion(): string {
    return String(this.#version + 1);
  }

  #put(type: 'ADDED' | 'MODIFIED', resource: ResourceName, object: StoredObject, old?: StoredObject) {
    let all = this.#objects.get(resource);
    if (all === undefined) {
      all = new Map();
      this.#objects.set(resource, all);
    }
    all.set(keyOf(object.metadata.namespace ?? null, object.metadata.name), object);
    this.#record({ type, resource, object, ...(old ? { old } : {}) });
    this.#deliver();
    return object;
  }

  /** Each event has its own version: eventsSince relies on that. */
  #record(event: StoreEvent): void {
    this.#version++;
    this.#history.push(event);
    if (this.#history.length > REMEMBERED) this.#history.shift();
    this.#undelivered.push(event);
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
      const { type, resource, object } = next;
      const { namespace, name } = object.metadata;
      const event = next;
      for (const listener of [...this.#listeners]) {
        goOn(`${type} of ${resource} ${keyOf(namespace ?? null, name)}`, () => listener(event));
      }
    }
    this.#delivering = false;
  }

  #everything(): [ResourceName, StoredObject][] {
    return [...this.#objects].flatMap(([resource, all]) =>
      [...all.values()].map(object => [resource, object] as [ResourceName, StoredObject]),
    );
  }
}
