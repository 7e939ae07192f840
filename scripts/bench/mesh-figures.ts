/** What is measured of a mesh in the same way on every provider: a change, a probe, plain HTTP through the sidecar. */
import { apply, remove } from '../../src/kube/apply.ts';
import type { Kube, KubeObject } from '../../src/kube/client.ts';
import { exec } from '../../src/kube/exec.ts';
import { readyPod } from '../../src/kube/wait.ts';
import { beforeChange, followEffect } from '../../src/probe/in-effect.ts';
import { CLIENT, worldNames } from '../../src/world/names.ts';
import { median, timed } from './measure.ts';

const names = worldNames();
const PLAIN_URL = 'http://api.safedata-zone.io/v2/data';

/** The figures of one provider, to be compared with another's. */
export interface Figures {
  readonly start: number;
  readonly inEffect: number;
  readonly probe: number;
  readonly requests: number;
  readonly resident: number;
  readonly course: number;
  readonly recheck: number;
  readonly proven: number;
}

const ENTRY: KubeObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'bench', namespace: names.mesh },
  spec: {
    hosts: ['api.safedata-zone.io'],
    ports: [{ number: 443, name: 'https', protocol: 'HTTPS' }],
    resolution: 'DNS',
  },
};

/**
 * Milliseconds from the apply of a ServiceEntry to the sidecar's own configuration showing it, and to the end of
 * `then`. It is removed again each time.
 */
export async function inEffectMs(
  kube: Kube,
  rounds: number,
  then: () => Promise<unknown> = async () => {},
): Promise<{ shown: number; through: number }> {
  const shown: number[] = [];
  const through: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = await beforeChange(kube, names);
    const started = performance.now();
    await apply(kube, ENTRY);
    const effect = await followEffect(kube, names, before, {});
    if (effect.kind !== 'in-effect') throw new Error(`the ServiceEntry is ${effect.kind}`);
    shown.push(performance.now() - started);
    await then();
    through.push(performance.now() - started);
    const after = await beforeChange(kube, names);
    await remove(kube, { ...ENTRY, name: 'bench', namespace: names.mesh });
    await followEffect(kube, names, after, {});
  }
  return { shown: median(shown), through: median(through) };
}

/** Milliseconds of one probe: exec, curl, answer. */
export async function probeOnce(kube: Kube): Promise<number> {
  const target = await clientTarget(kube);
  return timed(() => exec(kube, target, ['curl', '-sS', PLAIN_URL]));
}

/** Sends `count` requests over eight connections of one curl in the client's pod. Milliseconds. */
export async function sendMany(kube: Kube, count: number): Promise<number> {
  const target = await clientTarget(kube);
  const flags = ['-sS', '-Z', '--parallel-max', '8', '-o', '/dev/null'];
  return timed(() => exec(kube, target, ['curl', ...flags, `${PLAIN_URL}?i=[1-${count}]`]));
}

async function clientTarget(kube: Kube) {
  const { name: pod } = await readyPod(kube, names.mesh, CLIENT.selector);
  return { namespace: names.mesh, pod, container: CLIENT.container };
}
