/**
 * One real cluster for all live suites: made by the built program as a user would make it, in a data folder
 * of its own, and removed at the end. The user's own kubeconfig is a file of ours here, so that the suites can
 * show that it is the same, byte for byte, before and after.
 *
 * ISTIO_TUTOR_NODE_IMAGE, ISTIO_TUTOR_ISTIO_FILE: passed on as `up --node-image` and `up --istio-file`.
 * ISTIO_TUTOR_LIVE_KEEP: a folder; the cluster is made there once and kept, for work on the suites.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

const run = promisify(execFile);
const program = resolve(import.meta.dirname, '../../bin/istio-tutor.js');

export const CLUSTER_NAME = 'istio-tutor-live';

/** What the suites get by `inject('live')`. */
export interface Live {
  readonly program: string;
  readonly name: string;
  readonly kubeconfig: string;
  readonly state: string;
  readonly work: string;
  readonly home: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    live: Live;
  }
}

const USERS_OWN = `apiVersion: v1
kind: Config
current-context: theirs
clusters: [{name: theirs, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: theirs, context: {cluster: theirs, user: theirs}}]
users: [{name: theirs, user: {}}]
`;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const kept = process.env.ISTIO_TUTOR_LIVE_KEEP;
  const home = kept ?? mkdtempSync(join(tmpdir(), 'istio-tutor-live-'));
  const usersOwn = join(home, 'users.kubeconfig');
  writeFileSync(usersOwn, USERS_OWN);
  process.env.KUBECONFIG = usersOwn;

  const state = join(home, 'state');
  const work = join(home, 'work');
  const common = ['--state', state, '--work', work, '--name', CLUSTER_NAME, '--on', 'kind'];
  const image = process.env.ISTIO_TUTOR_NODE_IMAGE;
  const istio = process.env.ISTIO_TUTOR_ISTIO_FILE;
  const tutor = (...args: string[]) =>
    run(process.execPath, [program, ...args, ...common], { maxBuffer: 64e6, timeout: 500_000 });

  // A run that was killed leaves its cluster, and its data folder is not to be found any more: nobody else
  // uses this name, so the suite may take away by hand what the program rightly would not.
  if (kept === undefined) await run('kind', ['delete', 'cluster', '--name', CLUSTER_NAME]);

  const started = Date.now();
  await tutor(
    'up',
    '--yes',
    ...(image ? ['--node-image', image] : []),
    ...(istio ? ['--istio-file', istio] : []),
  );
  console.log(`live: cluster up after ${Math.round((Date.now() - started) / 1000)} s`);
  const { stdout } = await tutor('kubeconfig', '--path');
  project.provide('live', { program, name: CLUSTER_NAME, kubeconfig: stdout.trim(), state, work, home });

  return async () => {
    if (readFileSync(usersOwn, 'utf8') !== USERS_OWN)
      throw new Error("the user's own kubeconfig was changed");
    if (kept !== undefined) return;
    await tutor('down', '--yes');
    const left = await run('docker', [
      'ps',
      '-a',
      '--filter',
      `label=io.x-k8s.kind.cluster=${CLUSTER_NAME}`,
      '-q',
    ]);
    if (left.stdout.trim() !== '') throw new Error(`down left containers: ${left.stdout}`);
    rmSync(home, { recursive: true, force: true });
  };
}
