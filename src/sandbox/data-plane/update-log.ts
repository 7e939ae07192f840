/**
 * What a sidecar reports about updates: counters by Envoy's names, and lines in its log for those that it refused,
 * formatted as in Istio's bootstrap.
 * Source: envoyproxy/envoy source/extensions/config_subscription/grpc/{delta_subscription_state,
 * grpc_subscription_impl}.cc; tools/packaging/common/envoy_bootstrap.json (text_format) of Istio.
 */
import type { EnvoyConfig, Listener } from '../../envoy/config.ts';
import type { Answer, ConfigKind } from './accepted-config.ts';
import { Counters } from './counters.ts';

const TYPES: Readonly<Record<ConfigKind, string>> = {
  clusters: 'cluster.v3.Cluster',
  listeners: 'listener.v3.Listener',
  routes: 'route.v3.RouteConfiguration',
};

const SUBSCRIPTION = 'source/extensions/config_subscription/grpc';
const THREAD = 16;

export class UpdateLog {
  readonly #counters = new Counters();
  #listenersTaken = 0;
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #warns: (logger: string) => boolean;

  constructor(log: (line: string) => void, now: () => number, warns: (logger: string) => boolean) {
    this.#log = log;
    this.#now = now;
    this.#warns = warns;
  }

  /** `config`: what is in use after the push with these answers. */
  record(answers: readonly Answer[], config: EnvoyConfig): void {
    const prefixes = routePrefixes(config.listeners);
    for (const { kind, taken, refused, whole } of answers) {
      const rejected = refused.length > 0;
      if (kind === 'routes') {
        for (const name of taken) this.#count(prefixes.get(name), 'update_success');
        // Every subscription that waits for route configurations is told of a refusal.
        if (rejected) for (const prefix of prefixes.values()) this.#count(prefix, 'update_rejected');
      } else {
        const prefix = kind === 'clusters' ? 'cluster_manager.cds' : 'listener_manager.lds';
        this.#count(prefix, rejected ? 'update_rejected' : 'update_success');
        if (kind === 'listeners' && !rejected) this.#listenersTaken = this.#now();
      }
      if (!rejected) continue;
      if (!whole && kind === 'listeners') {
        for (const { name, text } of refused) {
          const words = `lds: listener '${name}' config rejected: ${text}`;
          this.#warn('upstream', 'source/common/listener_manager/lds_api.cc:88', words);
        }
      }
      const words = `config for type.googleapis.com/envoy.config.${TYPES[kind]} rejected: ${refusalDetail(kind, refused, whole)}`;
      this.#warn('config', `${SUBSCRIPTION}/delta_subscription_state.cc:282`, `delta ${words}`);
      // Each subscription logs it again: one for the listeners, one for each route configuration.
      const subscriptions = kind === 'routes' ? Math.max(1, prefixes.size) : 1;
      for (let each = 0; each < subscriptions; each += 1) {
        this.#warn('config', `${SUBSCRIPTION}/grpc_subscription_impl.cc:138`, `gRPC ${words}`);
      }
    }
  }

  *entries(): Iterable<[string, number]> {
    yield* this.#counters.entries('');
    if (this.#listenersTaken > 0) yield ['listener_manager.lds.update_time', this.#listenersTaken];
  }

  #count(prefix: string | undefined, name: string): void {
    if (prefix !== undefined) this.#counters.add(`${prefix}.${name}`);
  }

  #warn(logger: string, place: string, words: string): void {
    if (!this.#warns(logger)) return;
    const time = new Date(this.#now()).toISOString().replace('Z', '000Z');
    this.#log(`${time}\twarning\tenvoy ${logger} external/envoy/${place}\t${words}\tthread=${THREAD}`);
  }
}

/** The words after 'rejected:'. Envoy prints a resource that breaks a constraint before them; here it is left out. */
export function refusalDetail(kind: ConfigKind, refused: Answer['refused'], whole: boolean): string {
  if (whole || kind === 'routes') return refused[0]?.text ?? '';
  const each = refused.map(({ name, text }) => `${name}: ${text}`);
  return kind === 'listeners'
    ? `Error adding/updating listener(s) ${each.map(words => `${words}\n`).join('')}`
    : `Error adding/updating cluster(s) ${each.join(', ')}`;
}

/** 'http.outbound_0.0.0.0_80;.rds.80' for each route configuration. */
function routePrefixes(listeners: readonly Listener[]): Map<string, string> {
  const prefixes = new Map<string, string>();
  for (const { filter_chains = [], default_filter_chain } of listeners) {
    for (const chain of [...filter_chains, ...(default_filter_chain ? [default_filter_chain] : [])]) {
      for (const filter of chain.filters ?? []) {
        if (filter.name !== 'envoy.filters.network.http_connection_manager') continue;
        const { stat_prefix = '', rds } = filter.typed_config;
        if (rds !== undefined) {
          prefixes.set(
            rds.route_config_name,
            `http.${stat_prefix}.rds.${rds.route_config_name.replaceAll(':', '_')}`,
          );
        }
      }
    }
  }
  return prefixes;
}
