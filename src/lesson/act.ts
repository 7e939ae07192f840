/** Does what a step asks for when the learner says so: each part reports to the store what it finds as it finds it. */
import { basename } from 'node:path';
import { parseManifest } from '../course/manifest.ts';
import type { Call, Step, StepOf } from '../course/schema.ts';
import type { RunningProbe } from '../probe/evidence.ts';
import { walk, walkOfAnswer } from '../probe/walk.ts';
import { proveOption } from './checks/predict.ts';
import type { Core } from './engine-core.ts';
import { inspectStep, liveYaml } from './inspect.ts';
import { applyStep, effectFailures, type PlayContext, readyStep, sendPrediction } from './play.ts';
import { send, sendUntil } from './run-checks.ts';
import type { ProbeOutcome, StepState } from './state.ts';
import { baseName } from './state-of.ts';

export class Actor {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  #tell(id: string, patch: Partial<StepState>): void {
    this.#core.tell({ type: 'step', id, patch });
  }

  /** Applies an apply step's changes. True when the step is done: accepted, or refused as announced. */
  async apply(on: PlayContext, step: StepOf<'apply'>, index: number): Promise<boolean> {
    const outcome = await applyStep(
      { ...on, onUpdate: apply => this.#tell(step.id, { apply }) },
      step,
      index,
    );
    this.#tell(step.id, { apply: outcome });
    const refused = outcome.objects.some(o => o.outcome === 'refused');
    if (outcome.effect?.kind === 'not-yet') {
      this.#core.tell({
        type: 'notice',
        notice: 'It is accepted but not in effect yet; what you send now may still meet the old rules.',
      });
    }
    return !refused || effectFailures(step, outcome).length === 0;
  }

  /** Sends a prediction's call. True when the evidence is there. */
  async predict(on: PlayContext, open: StepOf<'predict'>): Promise<boolean> {
    const step = readyStep(on, open);
    const probe = await sendPrediction(on, step);
    const outcome = await this.#follow(step.id, probe, { own: false, from: step.call.from });
    if (outcome.evidence === undefined) return false;
    const proof = proveOption(step.options, outcome.evidence);
    this.#tell(step.id, { proven: proof.proven });
    return true;
  }

  /** Sends a probe's call, again and again while it may still turn out as announced. */
  async probe(on: PlayContext, open: StepOf<'probe'>): Promise<void> {
    const { id, call, expect } = readyStep(on, open);
    await sendUntil(on, call, expect, {
      onSent: probe => this.#follow(id, probe, { own: false, from: call.from }),
      onVerdict: announced => this.#tell(id, { announced }),
    });
  }

  /** A call that decides nothing: the learner's own, or an earlier one again. */
  async own(on: PlayContext, step: Step, call: Call): Promise<void> {
    await this.#follow(step.id, await send(on, call), { own: true, from: call.from });
  }

  async inspect(on: PlayContext, step: StepOf<'inspect'>): Promise<void> {
    this.#tell(step.id, { inspected: await inspectStep(on, step) });
  }

  /** Reports the answer at once, and all of it when the sidecar's line has come. */
  async #follow(
    id: string,
    probe: RunningProbe,
    whose: Pick<ProbeOutcome, 'own' | 'from'>,
  ): Promise<ProbeOutcome> {
    const answer = await probe.answer;
    const { argv } = answer;
    const first: ProbeOutcome = { argv, answer, walk: walkOfAnswer(answer), ...whose };
    this.#tell(id, { probe: first });
    this.#core.label("Waiting for the sidecar's log line");
    const evidence = await probe.evidence;
    const whole: ProbeOutcome = { ...first, evidence, walk: walk(evidence) };
    this.#tell(id, { probe: whole });
    return whole;
  }

  /** An apply step's manifests: on the screen, and in the learner's folder for kubectl. */
  async showGiven(step: Step): Promise<void> {
    const { lesson } = this.#core.snapshot;
    if (lesson === null || step.kind !== 'apply') return;
    const paths = step.changes.flatMap(change => ('apply' in change ? [change.apply] : []));
    const files = Object.fromEntries(paths.map(path => [baseName(path), lesson.files[path] ?? '']));
    this.#core.tell({ type: 'files', files });
    if (this.#core.connectedMesh === null) return;
    const kept = await this.#core.deps.workspace.putGiven(basename(lesson.folder), files);
    if (kept.length > 0) this.#core.remark(`Your earlier version is kept as ${kept.join(', ')}.`);
  }

  /** The objects of the files on the screen as the API has them now. */
  async showLive(on: PlayContext, step: Step): Promise<void> {
    if (step.kind !== 'apply' && step.kind !== 'fix') return;
    const { files } = this.#core.snapshot;
    const live = await Promise.all(
      Object.entries(files).map(
        async ([name, text]) => [name, await this.#liveText(on, name, text)] as const,
      ),
    );
    this.#core.tell({ type: 'live', live: Object.fromEntries(live) });
  }

  async #liveText(on: PlayContext, name: string, text: string): Promise<string> {
    let refs: ReturnType<typeof parseManifest>;
    try {
      refs = parseManifest(text, name, on.namespace);
    } catch {
      return ''; // A file in the middle of being written; the check says what is wrong with it.
    }
    const objects = await Promise.all(refs.map(({ ref }) => on.mesh.read(ref)));
    return objects.flatMap(object => (object === null ? [] : [liveYaml(object)])).join('---\n');
  }
}
