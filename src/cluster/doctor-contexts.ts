/** The doctor's look at the user's own clusters: which contexts there are, and which of them have Istio. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder } from '../shared/temp-folder.ts';
import type { ContextFinding } from './doctor.ts';
import { readUserKubeconfig, type TakenContext, takeContext } from './providers/context/user-kubeconfig.ts';

const PATIENCE_MS = 3000;

/**
 * Asks every context for its istiod, all at once, three seconds at most. A context whose login runs a
 * command (a cloud's, a browser's) is not asked: a look must not start a login.
 */
export async function lookAtContexts(signal?: AbortSignal): Promise<ContextFinding[]> {
  const config = readUserKubeconfig();
  return Promise.all(
    config.contexts.map(async ({ entry: { name } }): Promise<ContextFinding> => {
      const current = name === config.currentContext;
      const taken = takeContext(config, name);
      if (taken.login !== null) return { name, current, state: 'not-asked' };
      return { name, current, ...(await ask(taken, signal)) };
    }),
  );
}

async function ask(
  taken: TakenContext,
  signal?: AbortSignal,
): Promise<Pick<ContextFinding, 'state' | 'istio'>> {
  const folder = await makeTempFolder();
  try {
    const path = join(folder, 'kubeconfig');
    await writeFile(path, taken.text, { mode: 0o600 });
    const [{ connect }, { findIstiods }] = await Promise.all([
      import('../kube/client.ts'),
      import('./providers/istio-version.ts'),
    ]);
    const kube = await connect({ path, context: taken.name });
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const both = signal ? AbortSignal.any([signal, patience]) : patience;
    const { status } = await kube.request('GET', '/version', { signal: both });
    if (status !== 200) return { state: 'silent' };
    const [istiod] = await findIstiods(kube, both);
    return istiod === undefined ? { state: 'no-istio' } : { state: 'istio', istio: istiod.version };
  } catch {
    return { state: 'silent' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
