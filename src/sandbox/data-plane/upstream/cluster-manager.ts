/**
 * The clusters by name. An update leaves identical clusters as they are, with pools, ejections and counters; one that
 * changed is rebuilt, with all its hosts healthy. Endpoints (EDS) may change without a rebuild.
 * Envoy warms a new cluster until its names are resolved and its secrets are there: until then the older one of its
 * name serves, or there is none. Here names are resolved at once, so a cluster waits only for a missing file, which is
 * looked for again with each update.
 * Source: source/common/upstream/cluster_manager_impl.cc.
 */
import type { Cluster, EnvoyConfig } from '../../../envoy/config.ts';
import { resourceText } from '../accepted-config.ts';
import type { Clusters } from '../contract.ts';
import { type ClusterDeps, LiveCluster } from './upstream-cluster.ts';
import { missingFiles } from './upstream-tls.ts';

export class ClusterManager implements Clusters {
  readonly #clusters = new Map<string, { readonly text: string; readonly live: LiveCluster }>();
  /** Replaced clusters whose last requests are still under way. */
  readonly #draining = new Set<LiveCluster>();
  readonly #deps: ClusterDeps;

  constructor(deps: ClusterDeps) {
    this.#deps = deps;
  }

  get(name: string): LiveCluster | null {
    return this.#clusters.get(name)?.live ?? null;
  }

  all(): LiveCluster[] {
    return [...this.#clusters.values()].map(each => each.live);
  }

  update(config: EnvoyConfig): void {
    const endpoints = new Map(config.endpoints.map(each => [each.cluster_name, each]));
    const names = new Set<string>();
    for (const cluster of config.clusters) {
      names.add(cluster.name);
      const live = this.#keepOrBuild(cluster);
      live?.setEndpoints(
        cluster.type === 'EDS'
          ? endpoints.get(cluster.eds_cluster_config?.service_name ?? cluster.name)
          : cluster.load_assignment,
      );
    }
    for (const [name, { live }] of this.#clusters) {
      if (names.has(name)) continue;
      this.#clusters.delete(name);
      this.#retire(live);
    }
  }

  close(): void {
    for (const { live } of this.#clusters.values()) live.close();
    for (const live of this.#draining) live.close();
    this.#clusters.clear();
    this.#draining.clear();
  }

  /** Null while it waits for a file and no older one serves. */
  #keepOrBuild(cluster: Cluster): LiveCluster | null {
    const text = resourceText(cluster);
    const known = this.#clusters.get(cluster.name);
    if (known?.text === text) return known.live;
    if (missingFiles(cluster, this.#deps.readFile).length > 0) return known?.live ?? null;
    if (known !== undefined) this.#retire(known.live);
    const live = new LiveCluster(cluster, this.#deps);
    this.#clusters.set(cluster.name, { text, live });
    return live;
  }

  #retire(live: LiveCluster): void {
    live.drain();
    for (const other of this.#draining) if (other.idle) this.#draining.delete(other);
    if (!live.idle) this.#draining.add(live);
  }
}
