import type { Listener } from './config.ts';

/** The route configurations that the listeners refer to, which Envoy asks for. */
export function routeNames(listeners: readonly Listener[]): string[] {
  const names = new Set<string>();
  for (const { filter_chains = [], default_filter_chain } of listeners) {
    for (const chain of [...filter_chains, ...(default_filter_chain ? [default_filter_chain] : [])]) {
      for (const filter of chain.filters ?? []) {
        if (filter.name !== 'envoy.filters.network.http_connection_manager') continue;
        const name = filter.typed_config.rds?.route_config_name;
        if (name !== undefined) names.add(name);
      }
    }
  }
  return [...names];
}
