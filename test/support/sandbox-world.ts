/** A sandbox of one test file's own, with the lab world in it; ends with the file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { sandboxCluster } from '../../src/cluster/providers/sandbox/sandbox.ts';
import { connect, type Kube } from '../../src/kube/client.ts';
import { paths } from '../../src/shared/paths.ts';
import { type WorldNames, worldNames } from '../../src/world/names.ts';

export interface SandboxWorld {
  readonly cluster: Cluster;
  readonly kube: Kube;
  readonly names: WorldNames;
  /** The data folder: nothing of the machine's own is touched. */
  readonly state: string;
  end(): Promise<void>;
}

const quiet = { stage: () => {}, line: () => {} };

export async function sandboxWorld(names: WorldNames = worldNames()): Promise<SandboxWorld> {
  const state = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const cluster = sandboxCluster({ names, paths: paths(state) });
  const { signal } = new AbortController();
  await cluster.up(quiet, signal);
  return {
    cluster,
    kube: await connect(cluster.kubeconfig),
    names,
    state,
    async end() {
      await cluster.down(quiet, signal);
      rmSync(state, { recursive: true, force: true });
    },
  };
}
