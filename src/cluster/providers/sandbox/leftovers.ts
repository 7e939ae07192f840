/** What a killed sandbox leaves behind: its kubeconfig with a dead token, folders of its curl calls. */
import { existsSync } from 'node:fs';
import { tilde } from '../../../shared/paths.ts';
import { withLock } from '../lock.ts';
import { removeKubeconfig } from '../own-kubeconfig.ts';
import { ownKubeconfig } from './kubeconfig.ts';

/**
 * Removes it where it is ours beyond doubt. To be called when nobody answers at the kubeconfig. Returns what was
 * removed, in words.
 */
export async function removeLeftovers(kubeconfig: string): Promise<string[]> {
  const removed: string[] = [];
  const lock = `${kubeconfig}.start`;
  const remove = async () => {
    if (!existsSync(kubeconfig)) return;
    removeKubeconfig(ownKubeconfig(kubeconfig));
    if (!existsSync(kubeconfig)) removed.push(tilde(kubeconfig));
  };
  // Under the lock of a start: the next sandbox may be about to write its own. A dead one's lock is removed as well.
  const files = [kubeconfig, `${lock}.lock`, `${lock}.holder`];
  if (files.some(file => existsSync(file))) await withLock(lock, 'istio-tutor down', remove);
  const { removeDeadFolders } = await import('../../../sandbox/workload/curl/folder.ts');
  return [...removed, ...removeDeadFolders().map(path => tilde(path))];
}
