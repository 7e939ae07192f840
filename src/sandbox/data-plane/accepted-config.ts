/**
 * What istiod pushes, checked against Envoy's own rules (src/envoy/accept) before it is taken. When a resource is
 * refused, the last good one of its name stays in use, if there is one; the others of the same push are taken. A broken
 * proto constraint is found while the message is read: then nothing of that message is taken.
 * istiod sends all listeners and all route configurations with each push, but of the clusters only those that changed.
 * If one of several route configurations is refused, Envoy also drops some of the others of the push, depending on
 * their random order; here they are taken.
 * Source: envoyproxy/envoy source/extensions/config_subscription/grpc/{delta_subscription_state,watch_map}.cc,
 * source/common/listener_manager/lds_api.cc, source/common/upstream/cds_api_helper.cc.
 */
import { clusterRefusal } from '../../envoy/accept/accept-cluster.ts';
import { listenerRefusal } from '../../envoy/accept/accept-listener.ts';
import { routesRefusal } from '../../envoy/accept/accept-routes.ts';
import type { EnvoyRefusal } from '../../envoy/accept/refusal.ts';
import type { Cluster, EnvoyConfig, Listener, RouteConfiguration } from '../../envoy/config.ts';
import { VIRTUAL_OUTBOUND } from '../../envoy/match.ts';
import { routeNames } from '../../envoy/route-names.ts';
import { OWN_LISTENERS } from './downstream/own-listeners.ts';

export type ConfigKind = 'clusters' | 'listeners' | 'routes';

/** A resource that was refused, and why, in Envoy's words. */
export interface RefusedConfig {
  readonly name: string;
  readonly text: string;
}

/** What became of one message of a push. */
export interface Answer {
  readonly kind: ConfigKind;
  /** The names of the message's resources that are in use in the form in which they were sent. */
  readonly taken: readonly string[];
  readonly refused: readonly RefusedConfig[];
  /** Nothing of the message was taken. */
  readonly whole: boolean;
}

export class AcceptedConfig {
  readonly #clusters = new Held<Cluster>();
  readonly #listeners = new Held<Listener>();
  readonly #routes = new Held<RouteConfiguration>();
  /** Each cluster's text as it was last sent, taken or not. */
  #sent = new Map<string, string>();
  /** The route configurations that the sidecar had already asked for before this push. */
  #asked: ReadonlySet<string> = new Set();
  #config: EnvoyConfig = { listeners: [], routes: [], clusters: [], endpoints: [] };

  /** What is in use. */
  get config(): EnvoyConfig {
    return this.#config;
  }

  /** Takes what can be taken of a push; one answer for each message that the push amounts to. */
  take(pushed: EnvoyConfig): Answer[] {
    const answers = [this.#takeClusters(pushed.clusters), this.#takeListeners(pushed.listeners)];
    const listeners = this.#listeners.inOrder(pushed.listeners);
    const named = new Set(routeNames(listeners));
    answers.push(...this.#takeRoutes(pushed.routes.filter(({ name }) => named.has(name))));
    this.#routes.retain(named);
    this.#asked = named;
    const reachable = listeners.some(({ name }) => name === VIRTUAL_OUTBOUND);
    const missing = !reachable && pushed.listeners.some(({ name }) => name === VIRTUAL_OUTBOUND);
    this.#config = {
      clusters: this.#clusters.inOrder(pushed.clusters),
      // Nothing listens where the app's connections are redirected to, so none of them reaches a listener.
      listeners: missing ? [] : listeners,
      routes: this.#routes.inOrder(pushed.routes),
      endpoints: pushed.endpoints,
    };
    return answers;
  }

  #takeClusters(clusters: readonly Cluster[]): Answer {
    const sent = new Map(clusters.map(each => [each.name, resourceText(each)]));
    const message = clusters.filter(({ name }) => this.#sent.get(name) !== sent.get(name));
    this.#sent = sent;
    const answer = takeAll('clusters', message, this.#clusters, clusterRefusal);
    if (!answer.whole) this.#clusters.retain(new Set(sent.keys()));
    return answer;
  }

  #takeListeners(listeners: readonly Listener[]): Answer {
    this.#listeners.retain(new Set(listeners.map(({ name }) => name)));
    return takeAll('listeners', listeners, this.#listeners, listener =>
      listenerRefusal(listener, [...OWN_LISTENERS, ...this.#listeners.all()]),
    );
  }

  /**
   * Route configurations of new listeners are only asked for once these are there, so they come in a message of their
   * own.
   */
  #takeRoutes(routes: readonly RouteConfiguration[]): Answer[] {
    const known = routes.filter(({ name }) => this.#asked.has(name));
    const asked = routes.filter(({ name }) => !this.#asked.has(name));
    return [known, asked]
      .filter(message => message.length > 0)
      .map(message => takeAll('routes', message, this.#routes, routesRefusal));
  }
}

function takeAll<T extends { readonly name: string }>(
  kind: ConfigKind,
  message: readonly T[],
  held: Held<T>,
  refusalOf: (resource: T) => EnvoyRefusal | null,
): Answer {
  const refused: RefusedConfig[] = [];
  const taken: string[] = [];
  for (const resource of message) {
    // What is already in use is not checked again.
    const refusal = held.has(resource) ? null : refusalOf(resource);
    if (refusal?.wholeUpdate) {
      held.undo();
      return { kind, taken: [], refused: [{ name: resource.name, text: refusal.text }], whole: true };
    }
    if (refusal === null) {
      held.put(resource);
      taken.push(resource.name);
    } else {
      refused.push({ name: resource.name, text: refusal.text });
    }
  }
  held.keep();
  return { kind, taken, refused, whole: false };
}

const texts = new WeakMap<object, string>();

/** A resource as text, serialised once: a push needs it several times. */
export function resourceText(resource: object): string {
  let text = texts.get(resource);
  if (text === undefined) {
    text = JSON.stringify(resource);
    texts.set(resource, text);
  }
  return text;
}

/** The last good resource of each name. Equal ones stay the same object: what was compiled from them is kept. */
class Held<T extends { readonly name: string }> {
  #resources = new Map<string, { readonly text: string; readonly resource: T }>();
  #before = this.#resources;

  has(resource: T): boolean {
    return this.#resources.get(resource.name)?.text === resourceText(resource);
  }

  put(resource: T): void {
    if (this.has(resource)) return;
    if (this.#before === this.#resources) this.#resources = new Map(this.#resources);
    this.#resources.set(resource.name, { text: resourceText(resource), resource });
  }

  /** Takes back whatever was put since the last keep(). */
  undo(): void {
    this.#resources = this.#before;
  }

  keep(): void {
    this.#before = this.#resources;
  }

  retain(names: ReadonlySet<string>): void {
    const kept = [...this.#resources].filter(([name]) => names.has(name));
    if (kept.length === this.#resources.size) return;
    this.#resources = new Map(kept);
    this.#before = this.#resources;
  }

  all(): T[] {
    return [...this.#resources.values()].map(each => each.resource);
  }

  /** In the order of `pushed`; what is not among them comes last. */
  inOrder(pushed: readonly T[]): T[] {
    const names = new Set([...pushed.map(({ name }) => name), ...this.#resources.keys()]);
    return [...names].flatMap(name => this.#resources.get(name)?.resource ?? []);
  }
}
