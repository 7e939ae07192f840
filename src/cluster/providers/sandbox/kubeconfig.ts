/** The kubeconfig of a sandbox: written when it listens, readable by its owner only, gone when it ends. */
import { rmSync } from 'node:fs';
import { stringify } from 'yaml';
import { readIfThereSync } from '../../../shared/files/read.ts';
import { KEPT_BY, type OwnKubeconfig, writeKubeconfig } from '../own-kubeconfig.ts';

export const CONTEXT = 'istio-tutor-sandbox';

export interface Access {
  /** 'https://127.0.0.1:41205' */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

export function kubeconfigText({ server, ca, token }: Access): string {
  const config = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': CONTEXT,
    clusters: [
      {
        name: CONTEXT,
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: CONTEXT, user: { token } }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT, namespace: 'mesh-network' } }],
  });
  return `${KEPT_BY}${process.pid}\n${config}`;
}

/** The process whose sandbox it leads to; null where kubectl or somebody has removed that line. */
export function keptBy(path: string): number | null {
  try {
    const [first = ''] = (readIfThereSync(path) ?? '').split('\n', 1);
    return first.startsWith(KEPT_BY) ? Number(first.slice(KEPT_BY.length)) || null : null;
  } catch {
    return null;
  }
}

/** A file that `sandbox` may write: one of its own from before, or none. */
export const ownKubeconfig = (path: string): OwnKubeconfig => ({ path, context: CONTEXT, entry: CONTEXT });

/**
 * Writes the file, and removes it at the end of this process unless it has changed by then: a further sandbox has
 * taken it over, or somebody has put more into it. Throws a UserError, with `next`, when it is not ours to write.
 */
export function keepKubeconfig(path: string, access: Access, next?: readonly string[]): () => void {
  const text = kubeconfigText(access);
  writeKubeconfig(ownKubeconfig(path), text, next);
  const remove = () => {
    kept.delete(remove);
    try {
      if (readIfThereSync(path) === text) rmSync(path, { force: true });
    } catch {
      // Something else by now.
    }
  };
  if (kept.size === 0) process.on('exit', removeAll);
  kept.add(remove);
  return () => {
    remove();
    if (kept.size === 0) process.off('exit', removeAll);
  };
}

/** Those of this process: there may be many, one for each scene that is run. */
const kept = new Set<() => void>();

function removeAll(): void {
  for (const remove of kept) remove();
}
