import { rememberChoice } from '../../cluster/choice.ts';
import { writeOurFile } from '../../cluster/providers/record.ts';
import { withFlags } from '../../shared/image-settings.ts';
import { paths, shellPath } from '../../shared/paths.ts';
import type { UpFlags } from '../commands/up.ts';
import { sameAgain } from '../globals.ts';
import { openCluster } from '../open/cluster.ts';
import { commandProgress } from '../print/command-progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function up(options: UpFlags): Promise<void> {
  rememberImages(options);
  const signal = interruptSignal();
  const on = options.on ?? 'kind';
  const { nodeImage, istioFile, preload, yes } = options;
  const { cluster, names } = await openCluster({ ...options, on }, { nodeImage, istioFile, preload, yes });
  // A sandbox that this command starts ends with it; one that runs elsewhere is repaired, and stays.
  const stays = cluster.can.kind !== 'sandbox' || (await cluster.health(signal)).state !== 'absent';
  const { stages, seconds } = await commandProgress(options, progress => cluster.up(progress, signal));
  const { kubeconfig, can } = cluster;
  if (can.kind !== 'sandbox') rememberChoice(paths(options.state), on);
  if (options.json) {
    const report = {
      cluster: cluster.name,
      provider: can.kind,
      istio: can.istio ?? null,
      kubeconfig: kubeconfig.path,
      context: kubeconfig.context,
      namespaces: { mesh: names.mesh, outside: names.outside },
      stages,
      seconds,
    };
    printJson(report);
    return;
  }
  stdout.write(
    [
      `Ready after ${seconds} s: ${cluster.name}${can.istio ? `, Istio ${can.istio}` : ''}, namespaces ${names.mesh} and ${names.outside}.`,
      '',
      `  istio-tutor${sameAgain(options)}   starts the lessons`,
      stays
        ? `  export KUBECONFIG=${shellPath(kubeconfig.path)}   for kubectl in another terminal`
        : '  istio-tutor sandbox   keeps one for kubectl in another terminal; this one ends now',
      '',
    ].join('\n'),
  );
}

/** Remembered, as --node-image is with the cluster, so that a later repair uses the same ones. */
function rememberImages(options: UpFlags): void {
  const { curlImage: curl, serverImage: server, istioHub, istioTag } = options;
  const given = Object.entries({ curl, server, istioHub, istioTag }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) return;
  const { path, text } = withFlags(paths(options.state).data, Object.fromEntries(given));
  writeOurFile(path, text);
}
