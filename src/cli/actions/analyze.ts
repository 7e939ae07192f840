import { analyze as findMistakes } from '../../istio/analysis/analyze.ts';
import type { Message } from '../../istio/analysis/message.ts';
import { connect, currentContext } from '../../kube/client.ts';
import { routingObjects } from '../../kube/istio-objects.ts';
import { refusalFindings } from '../../probe/refusal-findings.ts';
import { worldNames } from '../../world/names.ts';
import type { AnalyzeFlags } from '../commands/analyze.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { openRunningCluster } from '../open/cluster.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';

export async function analyzeCluster(options: AnalyzeFlags): Promise<void> {
  const { kube, names } = await connectTo(options);
  const [objects, refused] = await Promise.all([
    routingObjects(kube, [names.mesh, names.outside]),
    refusalFindings(kube, names),
  ]);
  const shown = options.namespace ?? names.mesh;
  const namespace = options.allNamespaces ? undefined : shown;
  const here = refused.filter(({ origin }) => namespace === undefined || origin.includes(` ${namespace}/`));
  const found = [...here, ...findMistakes(objects, namespace)];
  if (options.json) printJson(found);
  else stdout.write(text(found, namespace ?? 'any namespace', options));
  if (found.some(each => each.level === 'Error')) throw new Ended(1);
}

/** The cluster of the lessons, or the one of a kubeconfig file, which is only read. */
async function connectTo(options: AnalyzeFlags) {
  const { kubeconfig: path, learner = null, prefix } = options;
  if (path === undefined) {
    const { cluster, names } = await openRunningCluster(options);
    return { kube: await connect(cluster.kubeconfig), names };
  }
  return {
    kube: await connect({ path, context: currentContext(path) }),
    names: worldNames(learner, prefix),
  };
}

function text(found: readonly Message[], namespace: string, options: GlobalOptions): string {
  if (found.length === 0) return `Analysis finds nothing wrong in ${namespace}.\n`;
  const colours = { Error: 'red', Warning: 'yellow', Info: 'dim' } as const;
  const lines = found.map(
    ({ code, level, origin, message }) =>
      `${paint(options, colours[level], level)} [${code}] (${origin}) ${message}`,
  );
  return `${lines.join('\n')}\n`;
}
