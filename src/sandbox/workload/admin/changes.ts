/**
 * Envoy's admin pages that change the proxy or look into its process: those that mean something here, and a sentence for
 * the others. Source: source/server/admin/{admin,server_cmd_handler,runtime_handler,stats_handler}.cc of Envoy 1.39
 */
import type { RunningSidecar } from '../surroundings.ts';
import type { AdminAnswer } from './admin.ts';
import { resetCounters, setHealth } from './proxy-state.ts';

/** What there is no answer to. */
const NOT_IMPLEMENTED = 501;

const UNFIT: Readonly<Record<string, string>> = {
  '/cpuprofiler': "the sandbox's proxy has no process of its own to profile",
  '/drain_listeners':
    "the sandbox's proxy keeps its listeners for as long as its pod lives: kubectl delete pod ends it",
  '/heap_dump': "the sandbox's proxy has no process of its own to look into",
  '/heapprofiler': "the sandbox's proxy has no process of its own to profile",
  '/memory': "the sandbox's proxies share the memory of one process, so none has numbers of its own",
  '/quitquitquit': "the sandbox's proxy lives as long as its pod: kubectl delete pod ends it",
  '/runtime_modify': "the sandbox's proxy asks no runtime flag, so none can be changed",
};

/** Pages that only a POST may ask for. */
const CHANGES: Readonly<Record<string, (sidecar: RunningSidecar) => void>> = {
  '/healthcheck/fail': sidecar => setHealth(sidecar, true),
  '/healthcheck/ok': sidecar => setHealth(sidecar, false),
  '/reset_counters': resetCounters,
};

/** As Istio starts it. Source: pkg/bootstrap/config.go (extractRuntimeFlags), envoy_bootstrap.json (layered_runtime) */
const FLAGS: Readonly<Record<string, string>> = {
  'envoy.deprecated_features:envoy.config.listener.v3.Listener.hidden_envoy_deprecated_use_original_dst':
    'true',
  'envoy.reloadable_features.coalesce_lb_rebuilds_on_batch_update': 'false',
  'envoy.reloadable_features.fixed_heap_use_allocated': 'true',
  'envoy.reloadable_features.http_reject_path_with_fragment': 'false',
  're2.max_program_size.error_level': '32768',
};

/** Null: it is none of these pages. */
export function changesPage(path: string, method: string, sidecar: RunningSidecar): AdminAnswer | null {
  if (Object.hasOwn(UNFIT, path)) return { status: NOT_IMPLEMENTED, body: `${UNFIT[path]}\n` };
  if (Object.hasOwn(CHANGES, path)) {
    if (method !== 'POST') return { status: 405, body: `Method ${method} not allowed, POST required.` };
    CHANGES[path]?.(sidecar);
    return { status: 200, body: 'OK\n' };
  }
  if (path === '/contention') {
    const body =
      'Mutex contention tracing is not enabled. To enable, run Envoy with flag --enable-mutex-tracing.';
    return { status: 200, body };
  }
  return path === '/runtime' ? { status: 200, body: runtime(), type: 'application/json' } : null;
}

function runtime(): string {
  const entries = Object.entries(FLAGS).map(([name, value]) => [
    name,
    { final_value: value, layer_values: [value, ''] },
  ]);
  const page = { entries: Object.fromEntries(entries), layers: ['global config', 'admin'] };
  return `${JSON.stringify(page, null, 1)}\n`;
}
