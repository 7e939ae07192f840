import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureNode } from '../../../src/cluster/providers/kind/ensure-node.ts';
import { ensureIstio } from '../../../src/cluster/providers/kind/install-istio.ts';
import { kindCluster } from '../../../src/cluster/providers/kind/kind.ts';
import { type KindOptions, kindSite } from '../../../src/cluster/providers/kind/site.ts';
import { TutorError } from '../../../src/shared/errors.ts';
import { paths } from '../../../src/shared/paths.ts';
import type { Progress } from '../../../src/shared/progress.ts';
import { worldNames } from '../../../src/world/names.ts';
import { type FakeMachine, fakeMachine } from '../../support/fake-machine.ts';

// The exact external commands of the kind provider, on a machine whose docker, kind and istioctl write
// down how they were called.

let machine: FakeMachine;
let said: string[];
const signal = new AbortController().signal;
const progress: Progress = {
  stage: title => said.push(title),
  line: () => {},
  note: text => said.push(`note: ${text}`),
};

beforeEach(async () => {
  machine = await fakeMachine();
  said = [];
});
afterEach(() => machine.close());

const optionsOf = (more: Partial<KindOptions> = {}): KindOptions => ({
  names: worldNames(),
  paths: paths(machine.state()),
  ...more,
});

/** `up` as far as these tools go: the node and Istio; the world needs a real API. */
async function bringUp(more: Partial<KindOptions> = {}): Promise<void> {
  const site = kindSite(optionsOf(more));
  const kube = await ensureNode(site, progress, signal);
  await ensureIstio(site, kube, progress, signal);
}

/** The calls since the last time, without the look at the containers that every way begins with. */
function newCalls(): string[] {
  const calls = machine.calls().filter(call => !call.startsWith('docker ps'));
  machine.take('calls');
  return calls;
}

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    thrown => thrown,
  );
  expect(error).toBeInstanceOf(TutorError);
  return { exitCode: error.exitCode, ...error.problem };
}

describe('up on kind', () => {
  it('makes a cluster and installs Istio, both with our own kubeconfig', async () => {
    await bringUp({ nodeImage: 'kindest/node:v1.34.0', istioFile: 'kind: IstioOperator\n' });
    expect(machine.calls()).toMatchInlineSnapshot(`
      [
        "docker ps --all --no-trunc --filter label=io.x-k8s.kind.cluster=istio-tutor --format {{.ID}}	{{.Names}}	{{.State}}	{{.CreatedAt}}",
        "kind create cluster --config PACKAGE/kind-config.yaml --name istio-tutor --kubeconfig STATE/kind.kubeconfig --image kindest/node:v1.34.0",
        "docker ps --all --no-trunc --filter label=io.x-k8s.kind.cluster=istio-tutor --format {{.ID}}	{{.Names}}	{{.State}}	{{.CreatedAt}}",
        "istioctl install -y --set profile=minimal --set meshConfig.accessLogFile=/dev/stdout -f STATE/kind.istio.yaml --kubeconfig STATE/kind.kubeconfig",
        "KUBECONFIG of istioctl: STATE/kind.kubeconfig",
      ]
    `);
    expect(said).toEqual(['Creating the kind cluster istio-tutor', 'Installing Istio']);
  });

  it('needs neither --image nor -f', async () => {
    await bringUp({ name: 'second' });
    expect(newCalls()[0]).toBe(
      'kind create cluster --config PACKAGE/kind-config.yaml --name second --kubeconfig STATE/kind-second.kubeconfig',
    );
  });

  it('keeps what it remembers to its owner', async () => {
    await bringUp();
    expect(statSync(join(machine.state(), 'kind.json')).mode & 0o077).toBe(0);
    expect(kindCluster(optionsOf()).can).toEqual({ kind: 'kind', recreate: true, istio: '1.31-dev' });
  });

  it('does nothing the second time', async () => {
    await bringUp();
    newCalls();
    await bringUp();
    expect(newCalls()).toEqual([]);
  });

  it('starts a stopped node and fetches its address again', async () => {
    await bringUp();
    machine.put(
      'nodes',
      `id-istio-tutor\tistio-tutor-control-plane\texited\t${'2026-01-01 00:00:00 +0000 UTC'}\n`,
    );
    newCalls();
    await bringUp();
    expect(newCalls()).toEqual([
      'docker start istio-tutor-control-plane',
      'kind export kubeconfig --name istio-tutor --kubeconfig STATE/kind.kubeconfig',
    ]);
  });

  it('begins anew, with the same options, where an earlier one was cut off', async () => {
    machine.put('kind-fails');
    const problem = await problemOf(bringUp({ nodeImage: 'mine:1' }));
    expect(problem).toMatchObject({ exitCode: 3, what: 'kind create failed.' });
    expect(problem.detail).toContain('could not find a log line');
    machine.take('kind-fails');
    newCalls();
    await bringUp();
    expect(newCalls().slice(0, 2)).toEqual([
      'kind delete cluster --name istio-tutor --kubeconfig STATE/kind.kubeconfig',
      'kind create cluster --config PACKAGE/kind-config.yaml --name istio-tutor --kubeconfig STATE/kind.kubeconfig --image mine:1',
    ]);
    expect(said).toContain(
      'note: An earlier `up` was ended while kind was making istio-tutor; it is made again.',
    );
  });

  it('installs Istio again when another --istio-file is wanted, and not when it is the same', async () => {
    await bringUp({ istioFile: 'a: 1\n' });
    newCalls();
    await bringUp({ istioFile: 'a: 1\n' });
    expect(newCalls()).toEqual([]);
    await bringUp({ istioFile: 'a: 2\n' });
    expect(newCalls()[0]).toContain('istioctl install');
  });

  it('leaves a cluster of the same name alone that somebody else made', async () => {
    machine.put('nodes', 'id-other\tistio-tutor-control-plane\trunning\t2026-01-01 00:00:00 +0000 UTC\n');
    const problem = await problemOf(bringUp());
    expect(problem.what).toBe('There is a kind cluster named istio-tutor that istio-tutor did not make.');
    expect(problem.exitCode).toBe(2);
    expect(newCalls()).toEqual([]);
  });

  it('says so when Docker does not answer', async () => {
    machine.put('docker-is-dead');
    const problem = await problemOf(bringUp());
    expect(problem).toMatchObject({ exitCode: 3, what: 'Docker does not answer.' });
    expect(problem.detail).toContain('Is the docker daemon running?');
    expect(problem.next[0]).toMatch(/docker/i);
  });

  it('names every missing tool with the command that installs it', async () => {
    process.env.PATH = machine.folder;
    const problem = await problemOf(kindCluster(optionsOf()).up(progress, signal));
    expect(problem.what).toBe('docker, kind and istioctl are not installed.');
    expect(problem.next.join('\n')).toMatch(/kind.*\n.*istioctl/i);
  });
});

describe('down on kind', () => {
  it('deletes the cluster that we made, and forgets it', async () => {
    await bringUp();
    newCalls();
    await kindCluster(optionsOf()).down(progress, signal);
    expect(newCalls()).toEqual(['kind delete cluster --name istio-tutor --kubeconfig STATE/kind.kubeconfig']);
    for (const file of ['kind.json', 'kind.kubeconfig', 'kind.istio.yaml', 'kind-istio-tutor.lock']) {
      expect(existsSync(join(machine.state(), file)), file).toBe(false);
    }
  });

  it('refuses a cluster of the same name that came after ours', async () => {
    await bringUp();
    machine.put('nodes', 'id-theirs\tistio-tutor-control-plane\trunning\t2030-01-01 00:00:00 +0000 UTC\n');
    newCalls();
    const problem = await problemOf(kindCluster(optionsOf()).down(progress, signal));
    expect(problem.exitCode).toBe(2);
    expect(newCalls()).toEqual([]);
  });

  it('is content when there is nothing', async () => {
    await kindCluster(optionsOf()).down(progress, signal);
    expect(said.at(-1)).toBe('note: There is no kind cluster istio-tutor; nothing to remove.');
  });
});

describe('health on kind', () => {
  const health = () => kindCluster(optionsOf()).health(signal);

  it('is absent before up, even without Docker', async () => {
    expect(await health()).toEqual({ state: 'absent' });
    machine.put('docker-is-dead');
    expect(await health()).toEqual({ state: 'absent' });
  });

  it('says which of Docker, container and API is at fault', async () => {
    await bringUp();
    machine.api(false);
    expect(await health()).toMatchObject({
      state: 'broken',
      why: 'Its container runs, but the Kubernetes in it does not answer.',
    });
    machine.put(
      'nodes',
      'id-istio-tutor\tistio-tutor-control-plane\texited\t2026-01-01 00:00:00 +0000 UTC\n',
    );
    expect(await health()).toMatchObject({
      why: 'Its container istio-tutor-control-plane is not running (exited).',
    });
    machine.put('docker-is-dead');
    expect(await health()).toMatchObject({ state: 'broken', why: 'Docker does not answer.' });
  });
});
