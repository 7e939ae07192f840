import type { KubeObject, ObjectRef } from '../../src/kube/client.ts';
import { keyOf } from '../../src/kube/kinds.ts';
import { refuseBeyond } from '../../src/lesson/bounds.ts';
import { refOf } from '../../src/lesson/fence.ts';
import type { ApplyAnswer, Mesh, RestoredWorld, Stranger } from '../../src/lesson/mesh.ts';
import type { Effect } from '../../src/probe/effect.ts';
import type { Evidence } from '../../src/probe/evidence.ts';
import type { LoggedLine } from '../../src/probe/log-rows.ts';
import type { CallWhy } from '../../src/probe/why-call.ts';
import type { Clock } from '../../src/shared/clock.ts';
import { ToolError } from '../../src/shared/errors.ts';
import { worldNames } from '../../src/world/names.ts';
import type { WantedWorkloads } from '../../src/world/workloads.ts';

/** A clock that waits in no time at all: what waits goes on at once, and the hands have moved. */
export class QuickClock implements Clock {
  #now = Date.parse('2026-11-23T12:00:00Z');
  now(): number {
    return this.#now;
  }
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#now += ms;
  }
}

type Answer = (argv: readonly string[], mesh: MemoryMesh) => Evidence;

/**
 * The engine's port to a cluster, in memory: objects are kept and compared like the API does, a changed object is
 * in effect at once, and the test says how the mesh answers a call.
 */
export class MemoryMesh implements Mesh {
  readonly objects = new Map<string, KubeObject>();
  workloads: WantedWorkloads = { replicas: {}, env: {}, services: {} };
  clients: readonly string[] = [];
  world = worldNames();
  /** What was done, in words: 'apply ServiceEntry/door', 'send http://...'. */
  readonly history: string[] = [];
  readonly placeholders = {
    stableIP: '10.0.0.1',
    canaryIP: '10.0.0.2',
    payIP: '10.0.0.3',
    catalogIP: '10.0.0.4',
    mesh: 'mesh-network',
    outside: 'outside',
  };
  /** The namespaces of this world where others use the cluster too. */
  among: readonly string[] | null = null;
  foreign: readonly Stranger[] = [];
  own: KubeObject[] = [];
  /** Objects of this kind are refused with these words. */
  refuse: { kind: string; message: string } | null = null;
  /** What becomes of the next changes; in effect, when empty. */
  readonly effects: Effect[] = [];
  /** Set to make everything fail: the cluster is gone. */
  gone = false;
  #version = 0;
  readonly #clock: Clock;
  readonly #answer: Answer;

  /** What the next look at a call finds. */
  explained: CallWhy = { call: 'a call', steps: [], ends: [], analysis: [] };

  constructor(clock: Clock, answer: Answer) {
    this.#clock = clock;
    this.#answer = answer;
  }

  #reach(): void {
    if (this.gone) throw new ToolError({ what: 'https://127.0.0.1:6443 refused the connection.', next: [] });
  }

  get namespaces(): readonly string[] {
    const { mesh, outside } = this.world;
    return [outside, mesh, ...this.clients.map(client => `${mesh}-${client}`)];
  }

  async apply(object: KubeObject): Promise<ApplyAnswer> {
    this.#reach();
    const ref = refOf(object);
    refuseBeyond(ref, this.namespaces);
    if (this.refuse?.kind === ref.kind) {
      return { outcome: 'refused', warnings: [], code: 400, message: this.refuse.message };
    }
    const there = this.objects.get(keyOf(ref));
    const text = (o: KubeObject | undefined) => JSON.stringify([o?.spec, o?.metadata.labels]);
    if (there !== undefined && text(there) === text(object)) return { outcome: 'unchanged', warnings: [] };
    this.history.push(`apply ${ref.kind}/${ref.name}`);
    this.put(object, there);
    return { outcome: there === undefined ? 'created' : 'configured', warnings: [] };
  }

  /** What kubectl in a second terminal does. */
  put(object: KubeObject, there?: KubeObject): void {
    const created =
      there?.metadata.creationTimestamp ?? new Date(this.#clock.now()).toISOString().replace(/\.\d+/, '');
    this.#version++;
    const metadata = {
      ...object.metadata,
      creationTimestamp: created,
      resourceVersion: String(this.#version),
    };
    this.objects.set(keyOf(refOf(object)), { ...structuredClone(object), metadata });
  }

  async remove(ref: ObjectRef): Promise<'removed' | 'absent'> {
    this.#reach();
    refuseBeyond(ref, this.namespaces);
    if (!this.objects.delete(keyOf(ref))) return 'absent';
    this.history.push(`remove ${ref.kind}/${ref.name}`);
    return 'removed';
  }

  async read(ref: ObjectRef): Promise<KubeObject | null> {
    this.#reach();
    return this.objects.get(keyOf(ref)) ?? null;
  }

  async list(): Promise<KubeObject[]> {
    this.#reach();
    return [...this.objects.values()];
  }

  async fingerprint(): Promise<string> {
    this.#reach();
    return [...this.objects.values()].map(o => o.metadata.resourceVersion).join();
  }

  async fence(): Promise<readonly string[] | null> {
    return this.among;
  }

  async strangers(): Promise<readonly Stranger[]> {
    return this.foreign;
  }

  ownObjects(): readonly KubeObject[] {
    return this.own;
  }

  async setWorkloads(wanted: WantedWorkloads): Promise<readonly string[]> {
    this.#reach();
    if (JSON.stringify(wanted) === JSON.stringify(this.workloads)) return [];
    const names = [...Object.keys(wanted.replicas), ...Object.keys(wanted.env)].map(
      name => `Deployment/${name}`,
    );
    const services = new Set([...Object.keys(wanted.services), ...Object.keys(this.workloads.services)]);
    this.workloads = structuredClone(wanted);
    return [...names, ...[...services].map(name => `Service/${name}`)];
  }

  async restoreWorld(wanted: WantedWorkloads): Promise<RestoredWorld> {
    const changed = await this.setWorkloads(wanted);
    return {
      changed: changed.map(name => `${name} put back`),
      noticed: changed.some(name => name.startsWith('Service/')),
    };
  }

  async setClients(clients: readonly string[]): Promise<void> {
    this.#reach();
    this.clients = clients;
  }

  async before(): Promise<unknown> {
    this.#reach();
    return this.#version;
  }

  async follow(): Promise<Effect> {
    this.#reach();
    return this.effects.shift() ?? { kind: 'in-effect', seconds: 0.3 };
  }

  start(argv: readonly string[], _signal?: AbortSignal, from?: string) {
    this.history.push(`send ${argv.join(' ')}${from === undefined ? '' : ` from ${from}`}`);
    const evidence = (async () => {
      await new Promise(resolve => setImmediate(resolve));
      this.#reach();
      const found = this.#answer(argv, this);
      return { ...found, curl: { ...found.curl, argv } };
    })();
    const answer = evidence.then(found => found.curl);
    answer.catch(() => {});
    evidence.catch(() => {});
    return { answer, early: [], evidence };
  }

  sidecarLog(): readonly LoggedLine[] {
    return [{ text: 'a line of the log', line: null, own: false }];
  }

  async why(argv: readonly string[], _signal?: AbortSignal, from?: string): Promise<CallWhy> {
    this.#reach();
    this.history.push(`why ${argv.join(' ')}${from === undefined ? '' : ` from ${from}`}`);
    return this.explained;
  }

  async inspect(look: string): Promise<readonly string[]> {
    this.#reach();
    return [`${look} of the sidecar`];
  }

  close(): void {}

  /** The spec of an object, for a test to look at. */
  spec(kind: string, name: string): Record<string, unknown> | undefined {
    const object = [...this.objects.values()].find(o => o.kind === kind && o.metadata.name === name);
    return object?.spec as Record<string, unknown> | undefined;
  }
}
