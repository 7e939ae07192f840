/**
 * What an admin page has changed of a proxy: its health, and from where its counters count. It goes with the proxy.
 * Source: source/server/admin/{server_cmd_handler,stats_handler}.cc of Envoy 1.39
 */
import type { RunningSidecar } from '../surroundings.ts';

interface ProxyState {
  failed: boolean;
  /** The counters as they were when they were last reset. */
  base: Readonly<Record<string, number>>;
}

const states = new WeakMap<RunningSidecar, ProxyState>();

function stateOf(sidecar: RunningSidecar): ProxyState {
  const known = states.get(sidecar) ?? { failed: false, base: {} };
  states.set(sidecar, known);
  return known;
}

/** A gauge says how much there is, and is not reset. */
const GAUGE = /_active$|^server\.|membership_|remaining_|_open$|workers_started$|update_time$/;

export function resetCounters(sidecar: RunningSidecar): void {
  stateOf(sidecar).base = sidecar.stats?.() ?? {};
}

/** Counters and gauges, the former since they were last reset. */
export function statsOf(sidecar: RunningSidecar): Record<string, number> {
  const { base } = stateOf(sidecar);
  const entries = Object.entries(sidecar.stats?.() ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name, GAUGE.test(name) ? value : value - (base[name] ?? 0)]),
  );
}

export function setHealth(sidecar: RunningSidecar, failed: boolean): void {
  stateOf(sidecar).failed = failed;
}

/** As Envoy names it; while it drains, load balancers are to send it nothing new. */
export function serverState(sidecar: RunningSidecar): 'LIVE' | 'DRAINING' {
  return stateOf(sidecar).failed ? 'DRAINING' : 'LIVE';
}
