/**
 * Runs one scene: applies, waits until the sidecars have it, sends the calls and holds them against what is expected. What
 * the API or a sidecar refuses is part of the outcome, and so is a check that fails; errors are the cluster's.
 */
import { readyScene } from '../course/ready-scene.ts';
import { checksOf, type NamedCall, type Scene, type SceneAction } from '../course/scene.ts';
import type { Call, Check } from '../course/schema.ts';
import { applyManifests } from '../lesson/apply-changes.ts';
import { argvOf, milliseconds } from '../lesson/calls.ts';
import { effectText } from '../lesson/effect-text.ts';
import { SETTLE } from '../lesson/play.ts';
import { runChecks, send } from '../lesson/run-checks.ts';
import type { AppliedObject, ApplyOutcome, Refusal, Verdict } from '../lesson/state.ts';
import type { Evidence } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import type { WorldNames } from '../world/names.ts';
import type { WantedWorkloads } from '../world/workloads.ts';
import type { SceneMesh } from './scene-mesh.ts';

export interface CheckOutcome {
  readonly id: string;
  readonly title: string;
  /** curl's arguments as they were sent, and which client sent them where it is not the first. */
  readonly argv: readonly string[];
  readonly from?: string | undefined;
  readonly verdict: Verdict;
}

export interface LookedAt {
  readonly name: string;
  readonly title: string;
  readonly evidence: Evidence;
}

/** What was refused; or `accepted`, where the scene says that it is refused. */
interface SceneRefusal extends Refusal {
  readonly accepted?: true;
}

export interface SceneOutcome {
  readonly applied: readonly AppliedObject[];
  /** What was not taken, by the API or by a sidecar: the scene ends there. */
  readonly refused: readonly SceneRefusal[];
  /** Why what was applied is not in effect, where it should be by now. */
  readonly late: string | undefined;
  /** All checks of the scene; those that were not reached are 'not-tried'. */
  readonly checks: readonly CheckOutcome[];
  /** Calls that no check names: in a scene without checks all of them. */
  readonly looked: readonly LookedAt[];
}

export interface RunOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Only the check of this id is sent. */
  readonly only?: string | undefined;
  /** The calls that no check names are sent as well; in a scene without checks they always are. */
  readonly look: boolean;
}

/** Throws a ToolError when the cluster does not answer. */
export async function runScene(
  mesh: SceneMesh,
  written: Scene,
  names: WorldNames,
  options: RunOptions,
): Promise<SceneOutcome> {
  const scene = readyScene(written, names, mesh.placeholders);
  const run = new Run(mesh, scene, options);
  return run.all();
}

class Run {
  readonly #applied: AppliedObject[] = [];
  readonly #refused: SceneRefusal[] = [];
  readonly #verdicts = new Map<string, Verdict>();
  #late: string | undefined;
  /** A change has come into effect since the last call: old connections may answer once more. */
  #fresh = false;
  #wanted: WantedWorkloads = { replicas: {}, env: {}, services: {} };
  readonly #mesh: SceneMesh;
  readonly #scene: Scene;
  readonly #options: RunOptions;

  constructor(mesh: SceneMesh, scene: Scene, options: RunOptions) {
    this.#mesh = mesh;
    this.#scene = scene;
    this.#options = options;
  }

  async all(): Promise<SceneOutcome> {
    const { only, look } = this.#options;
    const wanted = (checks: readonly Check[]) =>
      checks.filter(each => only === undefined || each.id === only);
    const all = wanted(checksOf(this.#scene));
    for (const step of this.#scene.steps) {
      if ('checks' in step) await this.#check(wanted(step.checks));
      else await this.#actAll(step.actions);
      if (this.#stopped) break;
      if (only !== undefined && this.#verdicts.has(only)) break;
    }
    const looking = !this.#stopped && only === undefined && (look || all.length === 0);
    return {
      applied: this.#applied,
      refused: this.#refused,
      late: this.#late,
      checks: all.map(({ id, title, call, expect }) => ({
        ...{ id, title, argv: argvOf(call, expect.repeat), from: call.from },
        verdict: this.#verdicts.get(id) ?? { state: 'not-tried' },
      })),
      looked: looking ? await this.#look(this.#scene.calls) : [],
    };
  }

  /** What follows would be about another mesh than the scene's. */
  get #stopped(): boolean {
    return this.#refused.length > 0 || this.#late !== undefined;
  }

  async #actAll(actions: readonly SceneAction[]): Promise<void> {
    for (const action of actions) {
      await this.#act(action);
      if (this.#stopped) return;
    }
  }

  async #check(checks: readonly Check[]): Promise<void> {
    const { clock, signal } = this.#options;
    const settle = this.#fresh ? SETTLE : undefined;
    this.#fresh = false;
    const results = await runChecks({ mesh: this.#mesh, clock, signal }, checks, { settle });
    for (const { id, verdict } of results) this.#verdicts.set(id, verdict);
  }

  async #look(calls: readonly NamedCall[]): Promise<LookedAt[]> {
    const looked: LookedAt[] = [];
    for (const { name, title, call } of calls) looked.push({ name, title, evidence: await this.#sent(call) });
    return looked;
  }

  async #sent(call: Call): Promise<Evidence> {
    const { clock, signal } = this.#options;
    return (await send({ mesh: this.#mesh, clock, signal }, call)).evidence;
  }

  async #act(action: SceneAction): Promise<void> {
    const { clock, signal } = this.#options;
    const mesh = this.#mesh;
    const on = { mesh, clock, signal, namespace: mesh.namespace, anywhere: mesh.anywhere };
    switch (action.do) {
      case 'pause':
        return clock.wait(milliseconds(action.duration), signal);
      case 'apply':
        return this.#take(await applyManifests(on, action.manifests), action.refused);
      case 'remove':
        return this.#take(await applyManifests(on, [], [action.ref]));
      case 'scale':
        return this.#workloads({
          replicas: { ...this.#wanted.replicas, [action.deployment]: action.replicas },
        });
      case 'env': {
        const { deployment, name, value } = action;
        const of = { ...this.#wanted.env[deployment], [name]: value };
        return this.#workloads({ env: { ...this.#wanted.env, [deployment]: of } });
      }
    }
  }

  async #workloads(more: Partial<WantedWorkloads>): Promise<void> {
    this.#wanted = { ...this.#wanted, ...more };
    await this.#mesh.setWorkloads(this.#wanted, this.#options.signal);
    this.#fresh = true;
  }

  /** `words`: what the API must refuse one of the objects with. */
  #take({ objects, effect }: ApplyOutcome, words?: string): void {
    this.#applied.push(...objects);
    if (effect?.kind === 'in-effect') this.#fresh = true;
    const refusals = objects.flatMap(({ what, refusal }) =>
      refusal === undefined ? [] : [{ what, ...refusal }],
    );
    const expected = (message: string) => words !== undefined && message.includes(words);
    this.#refused.push(...refusals.filter(({ message }) => !expected(message)));
    if (words !== undefined && !refusals.some(({ message }) => expected(message))) {
      const [first] = objects;
      const message = `It was to be refused with "${words}", and was not.`;
      this.#refused.push({ what: first?.what ?? 'The manifest', message, accepted: true });
    }
    if (effect?.kind === 'refused-by-sidecar')
      this.#refused.push({ what: 'The configuration', message: effectText(effect) });
    if (effect?.kind === 'not-yet') this.#late = effectText(effect);
  }
}
