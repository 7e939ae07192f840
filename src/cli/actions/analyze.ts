import { analyze as findMistakes } from '../../istio/analysis/analyze.ts';
import type { Message } from '../../istio/analysis/message.ts';
import { connect, currentContext, type Kube } from '../../kube/client.ts';
import { routingObjects } from '../../kube/istio-objects.ts';
import { refusalFindings } from '../../probe/refusal-findings.ts';
import { UserError } from '../../shared/errors.ts';
import { worldNames } from '../../world/names.ts';
import type { AnalyzeFlags } from '../commands/analyze.ts';
import { Ended } from '../exit.ts';
import type { GlobalOptions } from '../globals.ts';
import { openAskedWorld } from '../open/asked-world.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';

export async function analyzeCluster(options: AnalyzeFlags): Promise<void> {
  const { kube, names, isOthers } = await connectTo(options);
  if (options.namespace !== undefined) await mustExist(kube, options.namespace);
  const [all, refused] = await Promise.all([
    routingObjects(kube, [names.mesh, names.outside]),
    refusalFindings(kube, names),
  ]);
  const objects = all.filter(({ metadata }) => !isOthers(metadata.namespace ?? ''));
  const shown = options.namespace ?? names.mesh;
  const namespace = options.allNamespaces ? undefined : shown;
  const here = refused.filter(({ origin }) => namespace === undefined || origin.includes(` ${namespace}/`));
  const found = [...here, ...findMistakes(objects, namespace)];
  if (options.json) printJson(found);
  else stdout.write(text(found, namespace ?? 'any namespace', options));
  if (found.some(each => each.level === 'Error')) throw new Ended(1);
}

/** Nothing wrong is found where nothing is. Who may not look at namespaces is believed. */
async function mustExist(kube: Kube, namespace: string): Promise<void> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  if ((await kube.request('GET', path)).status !== 404) return;
  throw new UserError({
    what: `There is no namespace ${JSON.stringify(namespace)}.`,
    next: ['istio-tutor analyze -A   tells about all of them', 'kubectl get namespaces'],
  });
}

/** The cluster of the lessons, or the one of a kubeconfig file, which is only read. */
async function connectTo(options: AnalyzeFlags) {
  const { kubeconfig: path, learner = null, prefix } = options;
  if (path === undefined) {
    const { cluster, names, isOthers } = await openAskedWorld(options);
    return { kube: await connect(cluster.kubeconfig), names, isOthers };
  }
  return {
    kube: await connect({ path, context: currentContext(path) }),
    names: worldNames(learner, prefix),
    isOthers: () => false,
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
