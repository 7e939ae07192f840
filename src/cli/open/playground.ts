/** The playground of a data folder and a working folder, and how the lessons' engine plays it. */
import type { Cluster } from '../../cluster/cluster.ts';
import type { Mesh } from '../../lesson/mesh.ts';
import type { ProgressStore } from '../../lesson/progress.ts';
import { openWorkspace } from '../../lesson/workspace.ts';
import { openPlayHome, type PlayHome } from '../../scene/play-home.ts';
import { PLAY } from '../../scene/playground.ts';
import { paths, workDir } from '../../shared/paths.ts';
import type { WorldNames } from '../../world/names.ts';
import type { GlobalOptions } from '../globals.ts';

/** Throws a UserError when what is kept of it cannot be used. */
export function openPlayground({ state, work }: Pick<GlobalOptions, 'state' | 'work'>): Promise<PlayHome> {
  return openPlayHome(paths(state).playground, openWorkspace(workDir(work)));
}

interface Play {
  readonly home: PlayHome;
  /** It is kept in its own file, and its files are the learner's from the first. */
  readonly progress: ProgressStore;
  connect(cluster: Cluster, names: WorldNames, signal: AbortSignal): Promise<Mesh>;
}

export async function openPlay(options: Pick<GlobalOptions, 'state' | 'work'>): Promise<Play> {
  const home = await openPlayground(options);
  return {
    home,
    progress: {
      get: () => ({ at: PLAY, done: [], begun: [PLAY] }),
      last: () => null,
      put: async () => {},
      trouble: () => null,
    },
    async connect(cluster, names, signal) {
      const { openPlayMesh } = await import('../../scene/play-mesh.ts');
      return openPlayMesh(cluster, names, home.world, signal);
    },
  };
}
