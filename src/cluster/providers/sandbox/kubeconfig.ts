/** The kubeconfig of a sandbox: written when it listens, readable by its owner only, gone when it ends. */
import { readFileSync, rmSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { writeOurFile } from '../record.ts';

export const CONTEXT = 'istio-tutor-sandbox';

export interface Access {
  /** 'https://127.0.0.1:41205' */
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
}

export function kubeconfigText({ server, ca, token }: Access): string {
  return stringify({
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
}

/** Whether a kubeconfig is a sandbox's and has nothing else in it. */
export function isSandboxKubeconfig(text: string): boolean {
  try {
    const { clusters, users, contexts } = parse(text) as Record<string, { name?: unknown }[] | undefined>;
    return [clusters, users, contexts].every(all => all?.length === 1 && all[0]?.name === CONTEXT);
  } catch {
    return false;
  }
}

/** Writes the file, and removes it at the end of this process unless another sandbox has taken it over by then. */
export function keepKubeconfig(path: string, access: Access): () => void {
  const text = kubeconfigText(access);
  writeOurFile(path, text);
  const remove = () => {
    process.off('exit', remove);
    try {
      if (readFileSync(path, 'utf8') === text) rmSync(path, { force: true });
    } catch {
      // Gone already.
    }
  };
  process.on('exit', remove);
  return remove;
}
