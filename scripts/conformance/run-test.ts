// One of Kubernetes' tests, by its name, in a process of its own.
import { spawn } from 'node:child_process';

export type Outcome = 'passes' | 'fails';

/** Seconds. Those that pass take less than twenty; those that wait for an image that is not here wait for minutes. */
const LIMIT = 60;

const OPTIONS = [
  ...['--provider=local', '--num-nodes=1', '--minStartupPods=0', '--disable-log-dump', '--ginkgo.no-color'],
  ...['--system-pods-startup-timeout=10s', '--node-schedulable-timeout=20s', '--kubectl-path=kubectl'],
];

export function runTest(e2e: string, kubeconfig: string, name: string): Promise<Outcome> {
  const focus = name.replaceAll(/[\][().*+?^$|\\{}]/g, '\\$&');
  return new Promise((resolve, reject) => {
    const child = spawn(e2e, [...OPTIONS, `--kubeconfig=${kubeconfig}`, `--ginkgo.focus=${focus}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT * 1000);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(limit);
      // A name that no test has would "succeed" as well, with none passed.
      resolve(/^SUCCESS! -- [1-9]/m.test(text) ? 'passes' : 'fails');
    });
  });
}
