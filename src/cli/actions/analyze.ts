/** `istio-tutor analyze`: Istio's analysis of the configuration, on every provider; its JSON is istioctl's. */
import { Command } from 'commander';
import type { Message } from '../../istio/analysis/message.ts';
import { Ended } from '../exit.ts';
import { type GlobalOptions, globals } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint } from '../print/paint.ts';

interface Flags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly kubeconfig?: string;
}

export function analyzeCommand(): Command {
  return new Command('analyze')
    .summary("say what Istio's analysis finds in the configuration")
    .description(
      'Looks for mistakes that Istio accepts, with the codes and texts of istioctl analyze: hosts, ports and\n' +
        'subsets that do not exist, VirtualServices that fight over a host, rules that no request reaches. Clean\n' +
        'does not mean right: the lessons show what it cannot see. Says as well, with the code SIDECAR-REFUSED, what\n' +
        "the client's sidecar refuses of it. Exit code 1 when it finds an error.",
    )
    .option('-n, --namespace <NAME>', "the namespace to tell about (the lessons' own)")
    .option('-A, --all-namespaces', 'tell about all namespaces')
    .option('--kubeconfig <FILE>', 'another cluster: the current context of this file')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor analyze
  istio-tutor analyze -A --json | jq -r '.[].code'
  istio-tutor analyze --kubeconfig ./sandbox.kubeconfig -n mesh-network

With --json: [{"code", "documentationUrl", "level", "message", "origin"}]`,
    )
    .action(async (flags: Flags, command: Command) => {
      const options = globals(command);
      const [{ analyze }, { routingObjects }, { refusalFindings }, { kube, names }] = await Promise.all([
        import('../../istio/analysis/analyze.ts'),
        import('../../kube/istio-objects.ts'),
        import('../../probe/refusal-findings.ts'),
        connectTo(options, flags.kubeconfig),
      ]);
      const [objects, refused] = await Promise.all([
        routingObjects(kube, [names.mesh, names.outside]),
        refusalFindings(kube, names),
      ]);
      const namespace = flags.allNamespaces ? undefined : (flags.namespace ?? names.mesh);
      const here = refused.filter(
        ({ origin }) => namespace === undefined || origin.includes(` ${namespace}/`),
      );
      const found = [...here, ...analyze(objects, namespace)];
      if (options.json) printJson(found);
      else stdout.write(text(found, flags.namespace ?? names.mesh, options));
      if (found.some(each => each.level === 'Error')) throw new Ended(1);
    });
}

/** The cluster of the lessons, or the one of a kubeconfig file, which is only read. */
async function connectTo(options: GlobalOptions, file: string | undefined) {
  const { connect } = await import('../../kube/client.ts');
  if (file === undefined) {
    const { openRunningCluster } = await import('../open/cluster.ts');
    const { cluster, names } = await openRunningCluster(options);
    return { kube: await connect(cluster.kubeconfig), names };
  }
  const [{ worldNames }, { currentContext }] = await Promise.all([
    import('../../world/names.ts'),
    import('../../kube/client.ts'),
  ]);
  const context = currentContext(file);
  return {
    kube: await connect({ path: file, context }),
    names: worldNames(options.learner ?? null, options.prefix),
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
