import type { ClusterKind } from '../../cluster/cluster.ts';
import { tilde } from '../../shared/paths.ts';
import type { OpenPort } from '../../world/health.ts';
import { Ended } from '../exit.ts';
import { type GlobalOptions, sameAgain } from '../globals.ts';
import { openCluster } from '../open/cluster.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { interruptSignal } from '../process/interrupt.ts';

export async function status(options: GlobalOptions): Promise<void> {
  const { cluster, names } = await openCluster(options);
  const health = await cluster.health(interruptSignal());
  const { kubeconfig, can } = cluster;
  const { mesh, outside, learner } = names;
  if (options.json) {
    const report = {
      cluster: cluster.name,
      provider: can.kind,
      ...health,
      istio: can.istio ?? null,
      kubeconfig: kubeconfig.path,
      context: kubeconfig.context,
      namespaces: { mesh, outside },
      learner,
    };
    printJson(report);
  } else {
    const sign = signs(options);
    const [mark, words] =
      health.state === 'ready'
        ? [paint(options, 'green', sign.good), 'ready']
        : health.state === 'absent'
          ? [sign.todo, 'not there yet']
          : [paint(options, 'red', sign.bad), `broken: ${health.why}`];
    const lines = [
      `${mark} ${cluster.name}${can.istio ? `, Istio ${can.istio}` : ''}: ${words}`,
      ...(health.state === 'broken' && health.detail
        ? [`    ${health.detail.replaceAll('\n', '\n    ')}`]
        : []),
      `  namespaces   ${mesh}, ${outside}`,
      `  kubeconfig   ${tilde(kubeconfig.path)}`,
      ...listens(health.listens ?? []),
      ...(health.state === 'ready' ? [] : ['', `  Try   istio-tutor ${remedy(can.kind, options)}`]),
    ];
    stdout.write(`${lines.join('\n')}\n`);
  }
  if (health.state !== 'ready') throw new Ended(3);
}

function listens(all: readonly OpenPort[]): string[] {
  const named = all.map(({ port, what }) => `${`127.0.0.1:${port}`.padEnd(17)}${what}`);
  return named.map((line, at) => `  ${(at === 0 ? 'listens' : '').padEnd(13)}${line}`);
}

function remedy(kind: ClusterKind, options: GlobalOptions): string {
  if (kind === 'sandbox') return 'sandbox   keeps one running; the lessons start their own';
  return `up${sameAgain(options)}   makes or repairs it`;
}
