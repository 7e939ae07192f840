/** Istio in our kind cluster: installed once, and again only when it is missing, unfinished or wanted otherwise. */
import type { Kube } from '../../../kube/client.ts';
import { until } from '../../../kube/wait.ts';
import { ToolError } from '../../../shared/errors.ts';
import type { Progress } from '../../../shared/progress.ts';
import { findIstiods, type Istiod } from '../istio-version.ts';
import { installIstio } from './commands.ts';
import { runNodeCommand } from './node.ts';
import type { KindSite } from './site.ts';

/** After a node's restart istiod needs this long at most to be available again, in milliseconds. */
const BACK_WITHIN_MS = 90_000;

export async function ensureIstio(
  site: KindSite,
  kube: Kube,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const record = site.record();
  const wanted = site.istioFile.wanted ?? record?.istioFile;
  const [istiod] = await findIstiods(kube, signal);
  const asWanted = record?.istio !== undefined && istiod !== undefined && wanted === record.istioFile;
  if (asWanted && (await isBack(kube, istiod, progress, signal))) return;

  progress.stage('Installing Istio');
  if (record !== null) {
    // Without its version until istioctl has finished: an interrupted installation is done again.
    const { istio: _gone, ...before } = record;
    site.save(wanted === undefined ? before : { ...before, istioFile: wanted });
  }
  const command = installIstio(
    site.kubeconfig,
    site.images,
    wanted === undefined ? undefined : site.istioFile.path,
  );
  try {
    await runNodeCommand(command, site.kubeconfig, { signal, onLine: line => progress.line(line) });
  } catch (error) {
    if (!(error instanceof ToolError) || wanted === undefined) throw error;
    // The file is remembered from an earlier `up`, too: say how to get rid of it.
    const next = [`istio-tutor up${site.flag} --istio-file FILE   with another file than the one given`];
    throw new ToolError({ ...error.problem, next: [...next, ...error.problem.next] }, error);
  }
  const [installed] = await findIstiods(kube, signal);
  if (installed === undefined) {
    throw new ToolError({
      what: 'istioctl did not install istiod.',
      why:
        wanted === undefined ? 'It said that all went well.' : 'The --istio-file may have switched it off.',
      next: [`istio-tutor down${site.flag} && istio-tutor up${site.flag}`],
    });
  }
  const saved = site.record();
  if (saved !== null) site.save({ ...saved, istio: installed.version });
}

/** Waits for an istiod that was there to be available again. False: it does not come back. */
async function isBack(kube: Kube, istiod: Istiod, progress: Progress, signal: AbortSignal): Promise<boolean> {
  if (istiod.available) return true;
  progress.stage('Waiting for Istio to come back');
  try {
    await until(
      'istiod to be available',
      async () => (await findIstiods(kube, signal))[0]?.available === true,
      { timeoutMs: BACK_WITHIN_MS, everyMs: 500, signal },
    );
    return true;
  } catch (error) {
    if (signal.aborted || !(error instanceof ToolError)) throw error;
    return false;
  }
}
