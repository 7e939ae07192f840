/** `istio-tutor up`: makes or repairs the cluster, Istio and the lab world. */

import { Command } from 'commander';
import { type GlobalOptions, globals, sameAgain } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';
import { interruptSignal } from '../process/interrupt.ts';

export function upCommand(): Command {
  return new Command('up')
    .summary('make the cluster, install Istio, start the lab world')
    .description(
      'Makes a kind cluster with Istio and the lab world in it, or repairs what is there. Run it again at any\n' +
        'time: it checks, does what is missing, and goes on where an earlier one was ended. Your own\n' +
        'kubeconfig is never changed. With --on context it uses a cluster that you have: there it asks first\nand writes into its own namespaces only. With --on sandbox it tries whether one starts\nhere; `istio-tutor sandbox` keeps one.',
    )
    .option('--node-image <IMAGE>', "node image for kind, instead of kind's own")
    .option('--istio-file <FILE>', 'IstioOperator with your settings, handed on to istioctl install')
    .option('--preload', 'load the images that the local Docker has into the node first')
    .option('--curl-image <IMAGE>', "the client's image")
    .option('--server-image <IMAGE>', "the API servers' image, with Node in it")
    .option('--istio-hub <HUB>', "where Istio's images come from")
    .option('--istio-tag <TAG>', 'which of them')
    .option('-y, --yes', 'answer every question with yes', false)
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor up                                  a kind cluster named istio-tutor
  istio-tutor up --name second                    another one beside it
  istio-tutor up --node-image kindest/node:v1.34.0
  istio-tutor up --on context=dev --yes           in a cluster that you have
  istio-tutor up --learner ana                    one more world in the same cluster

With --json: {"cluster", "provider", "istio", "kubeconfig", "context", "namespaces": {"mesh", "outside"},
"stages": [{"title", "seconds"}], "seconds"}`,
    )
    .action(async (flags: UpFlags, command: Command) => {
      const options = globals(command);
      await rememberImages(flags, options);
      const signal = interruptSignal();
      const on = options.on ?? 'kind';
      const [{ openCluster }, { commandProgress }, { paths, shellPath }, { rememberChoice }] =
        await Promise.all([
          import('../open/cluster.ts'),
          import('../print/command-progress.ts'),
          import('../../shared/paths.ts'),
          import('../../cluster/choice.ts'),
        ]);
      const { cluster, names } = await openCluster(
        { ...options, on },
        {
          ...(flags.nodeImage === undefined ? {} : { nodeImage: flags.nodeImage }),
          ...(flags.istioFile === undefined ? {} : { istioFile: flags.istioFile }),
          ...(flags.preload === undefined ? {} : { preload: flags.preload }),
          yes: flags.yes,
        },
      );
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
    });
}

interface UpFlags {
  readonly nodeImage?: string;
  readonly istioFile?: string;
  readonly preload?: boolean;
  readonly curlImage?: string;
  readonly serverImage?: string;
  readonly istioHub?: string;
  readonly istioTag?: string;
  readonly yes: boolean;
}

/** Like --node-image, which is kept with the cluster: whoever repairs the world later uses the same ones. */
async function rememberImages(flags: UpFlags, options: GlobalOptions): Promise<void> {
  const { curlImage: curl, serverImage: server, istioHub, istioTag } = flags;
  const given = Object.entries({ curl, server, istioHub, istioTag }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length === 0) return;
  const [{ withFlags }, { paths }, { writeOurFile }] = await Promise.all([
    import('../../shared/image-settings.ts'),
    import('../../shared/paths.ts'),
    import('../../cluster/providers/record.ts'),
  ]);
  const { path, text } = withFlags(paths(options.state).data, Object.fromEntries(given));
  writeOurFile(path, text);
}
