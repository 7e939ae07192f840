/**
 * The lesson engine: a store over a pure reducer (reduce.ts) and the work that a screen may ask for. One job at a
 * time (engine-core.ts); where the learner is, in position.ts; what a step does, in act.ts; an open fix, in fixing.ts.
 * The TUI, `run --plain` and tests use this one store; which provider runs does not matter to it. Cluster
 * and probes come in as ports.
 */
import { basename } from 'node:path';
import { isSealed } from '../course/course.ts';
import { withoutAddresses } from '../course/manifest.ts';
import type { Step, StepOf } from '../course/schema.ts';
import type { LoggedLine } from '../probe/log-rows.ts';
import { UserError } from '../shared/errors.ts';
import { Actor } from './act.ts';
import { optionsAsked } from './asked.ts';
import { finish } from './ending.ts';
import { Core, type EngineDeps } from './engine-core.ts';
import type { ApplyFiles } from './fixing.ts';
import { planStep, type StepPlan } from './planning.ts';
import type { PlayContext } from './play.ts';
import { Position } from './position.ts';
import { untouched } from './progress.ts';
import { answerRecall, nextRecall } from './recalling.ts';
import { doneSteps } from './reduce.ts';
import type { Engine, LessonSnapshot } from './state.ts';
import { exitKey } from './state-of.ts';
import { type Why, whyOfStep } from './why.ts';

export type { EngineDeps } from './engine-core.ts';

/** An engine at the lesson list. Nothing is connected before a lesson is opened. */
export async function createEngine(deps: EngineDeps): Promise<Engine> {
  return new CourseEngine(new Core(deps));
}

/** How a notice ends that is about a save, where there are no checks. */
const UNDER_WAY = 'applying.';

class CourseEngine implements Engine {
  readonly #act: Actor;
  readonly #place: Position;
  readonly #core: Core;
  /** All steps of the open lesson were done when it was opened. */
  #again = false;

  constructor(core: Core) {
    this.#core = core;
    this.#act = new Actor(core);
    const onChange = (files: ApplyFiles, notice: string) => void this.#check(files, 'replace', notice);
    this.#place = new Position(core, this.#act, onChange);
  }

  subscribe(listener: () => void): () => void {
    return this.#core.subscribe(listener);
  }

  getSnapshot(): LessonSnapshot {
    return this.#core.snapshot;
  }

  async open(id: string, stepId?: string): Promise<void> {
    await this.#core.job(
      'Opening',
      'replace',
      async signal => {
        const lesson = this.#core.lesson(id);
        const record = this.#core.deps.progress.get(id);
        const done = record?.done ?? [];
        this.#again = lesson.steps.every(s => done.includes(s.id));
        const wanted = stepId ?? (this.#again ? undefined : record?.at);
        const at = Math.max(
          0,
          lesson.steps.findIndex(s => s.id === wanted),
        );
        if (stepId !== undefined && lesson.steps[at]?.id !== stepId) {
          throw new UserError({
            what: `Lesson ${lesson.number} has no step "${stepId}".`,
            next: [`istio-tutor ${lesson.number}`],
          });
        }
        await this.#place.leave();
        const folder = this.#core.deps.workspace.folder(basename(lesson.folder));
        this.#core.tell({ type: 'opened', lesson, at, record, folder });
        this.#core.worldAt = null;
        await this.#place.arrive(signal, true);
      },
      true,
    );
  }

  close(): void {
    void this.#core.stop().then(() => this.#place.leave());
    this.#core.tell({ type: 'closed' });
  }

  async advance(): Promise<void> {
    const { lesson, at, steps, busy } = this.#core.snapshot;
    const step = lesson?.steps[at];
    if (lesson === null || step === undefined) return;
    const state = steps[step.id];
    if (step.kind === 'recap' && state?.phase !== 'done') {
      // A question that has no answer yet waits for it.
      if (optionsAsked(step, state) === null && !nextRecall(this.#core, step)) this.#done(step);
      return;
    }
    const reading = this.#core.deps.cluster === null;
    if (state?.phase === 'done' || step.kind === 'read' || step.kind === 'recap' || reading) {
      if (step.kind === 'read') this.#done(step);
      if (at + 1 < lesson.steps.length) return this.#moveTo(at + 1);
      const finished = doneSteps(this.#core.snapshot).length === lesson.steps.length;
      this.close();
      return finished ? finish(this.#core, lesson, this.#again) : undefined;
    }
    if (busy !== null) return;
    if (step.kind === 'apply') return this.apply();
    if (step.kind === 'fix') return this.check();
    if (step.kind === 'predict') {
      // Answered, but the call did not get through: it is sent again.
      if (state?.said !== undefined) return this.answer(state.said);
      return;
    }
    if (step.kind === 'probe') return this.probe();
    return this.#job('Looking', async on => {
      await this.#act.inspect(on, step);
      this.#done(step);
    });
  }

  async back(): Promise<void> {
    if (this.#core.snapshot.at > 0) await this.#moveTo(this.#core.snapshot.at - 1);
  }

  async goTo(index: number): Promise<void> {
    const { lesson } = this.#core.snapshot;
    if (lesson === null) return;
    if (lesson.steps[index] !== undefined) return this.#moveTo(index);
    const { length } = lesson.steps;
    const there = length === 1 ? 'There is one step' : `The steps are 1 to ${length}`;
    this.#core.tell({ type: 'notice', notice: `There is no such step. ${there}.` });
  }

  async answer(option: number | null): Promise<void> {
    const step = this.#place.step();
    if (step?.kind === 'recap') {
      await answerRecall(this.#core, step, option);
      return this.#place.save();
    }
    if (step?.kind !== 'predict' || (option !== null && step.options[option] === undefined)) return;
    if (this.#core.busy) return;
    this.#core.tell({ type: 'step', id: step.id, patch: { said: option, phase: 'asked' } });
    await this.#job('Sending', async on => {
      if (await this.#act.predict(on, step)) this.#foreseen(step);
    });
    // Stopped before the evidence was there: the question is open again, call and options with it.
    const { steps, problem } = this.#core.snapshot;
    if (steps[step.id]?.phase === 'asked' && problem === null) this.#core.tell({ type: 'anew', id: step.id });
  }

  async apply(): Promise<void> {
    const step = this.#place.step();
    if (step?.kind === 'fix') return this.#check('all', 'give-way');
    if (step?.kind !== 'apply') return;
    const { at } = this.#core.snapshot;
    await this.#job('Applying', async on => {
      this.#core.worldAt = null;
      if (!(await this.#act.apply(on, step, at))) return;
      this.#done(step);
      this.#core.worldAt = exitKey(on.lesson, at);
      await this.#act.showLive(on, step);
    });
  }

  async probe(argv?: readonly string[], from?: string): Promise<void> {
    const step = this.#place.step();
    if (step === undefined) return;
    await this.#job('Sending', async on => {
      if (argv === undefined && step.kind === 'predict') {
        const asked = this.#core.snapshot.steps[step.id]?.said !== undefined;
        const before = this.#core.snapshot.steps[step.id]?.phase;
        const proven = await this.#act.predict(on, step);
        // Sent again, it is no other answer.
        if (asked && proven && before !== 'done') this.#foreseen(step);
      } else if (argv === undefined && step.kind === 'probe') {
        await this.#act.probe(on, step);
        this.#done(step);
      } else {
        const again = argv === undefined ? this.#core.snapshot.steps[step.id]?.probe : undefined;
        const call = { curl: [...(argv ?? this.#place.lastCall())], from: from ?? again?.from };
        await this.#act.own(on, step, call);
        if (this.#core.deps.played === undefined) return;
        const portable = call.curl.map(arg => withoutAddresses(arg, on.mesh.placeholders));
        await this.#core.deps.played.called({ ...call, curl: portable });
        await this.#core.stage(on.signal ?? new AbortController().signal);
      }
    });
  }

  async check(): Promise<void> {
    await this.#check('changed', 'give-way');
    await this.#core.idle();
  }

  hint(): void {
    const step = this.#place.step();
    if (step?.kind !== 'fix' || this.#core.snapshot.lesson?.exam !== undefined) return;
    const shown = this.#core.snapshot.steps[step.id]?.hints ?? 0;
    this.#core.tell({ type: 'step', id: step.id, patch: { hints: Math.min(shown + 1, step.hints.length) } });
  }

  async solution(): Promise<void> {
    const step = this.#place.step();
    const fixing = this.#place.fixing;
    if (step?.kind !== 'fix' || fixing === null || this.#core.snapshot.lesson?.exam !== undefined) return;
    await this.#job('Applying the solution', async on => {
      await fixing.solve(on);
      await this.#afterCheck(on, step);
    });
  }

  async reset(): Promise<void> {
    const step = this.#place.step();
    if (step === undefined) return;
    await this.#core.job('Resetting the step', 'replace', async signal => {
      this.#core.tell({ type: 'anew', id: step.id });
      const moved = (await this.#place.fixing?.putFiles(false)) ?? [];
      await this.#place.bring(signal, true);
      // Of the playground the mesh alone is made anew, and what its files then said has been told.
      if (this.#core.snapshot.lesson?.playground !== undefined) return;
      const notice =
        moved.length === 0
          ? 'The step is as it was.'
          : `The step is as it was; yours is kept as ${moved.join(', ')}.`;
      this.#core.tell({ type: 'notice', notice });
      await this.#place.save();
    });
  }

  async startAnew(id: string): Promise<void> {
    await this.#core.job('Starting anew', 'give-way', async () => {
      const lesson = this.#core.lesson(id);
      if (lesson.playground !== undefined) {
        const notice = (await this.#core.deps.played?.empty()) ?? null;
        this.#core.tell({ type: 'notice', notice });
        // Its world may have been another one.
        this.#core.close();
        return;
      }
      const record = untouched(lesson);
      if (record === null) return;
      await this.#core.deps.progress.put(id, record);
      this.#core.tell({ type: 'forgotten', id });
      const what = lesson.drill === undefined ? 'Lesson' : 'Drill';
      this.#core.tell({ type: 'notice', notice: `${what} ${lesson.number} begins anew.` });
      // Whatever is in the cluster now: the lesson is opened in its first state.
      this.#core.worldAt = null;
    });
  }

  async saveScene(): Promise<void> {
    const { played } = this.#core.deps;
    if (played === undefined) return;
    await this.#core.job('Saving', 'give-way', async () => {
      this.#core.tell({ type: 'notice', notice: await played.save() });
    });
  }

  async bringBack(): Promise<void> {
    const { cluster } = this.#core.deps;
    await this.#core.job('Bringing the cluster back', 'replace', async signal => {
      if (cluster !== null) {
        const { label, tell } = {
          label: (t: string) => this.#core.label(t),
          tell: (line: string) => this.#core.tell({ type: 'line', line }),
        };
        await cluster.up({ stage: label, line: tell, note: text => this.#core.remark(text) }, signal);
      }
      await this.#core.reconnect(signal);
      if (this.#core.snapshot.lesson !== null) await this.#place.arrive(signal);
    });
  }

  async sidecarLog(lines: number): Promise<readonly LoggedLine[]> {
    return this.#core.connectedMesh?.sidecarLog(lines) ?? [];
  }

  plan(): Promise<StepPlan | null> {
    return planStep(this.#core);
  }

  async why(): Promise<Why> {
    return whyOfStep(this.#core, this.#core.connectedMesh);
  }

  dismiss(): void {
    this.#core.dismiss();
  }

  interrupt(): void {
    if (!this.#core.busy) return;
    void this.#core.stop().then(() => this.#core.tell({ type: 'notice', notice: 'Stopped.' }));
  }

  async dispose(): Promise<void> {
    await this.#core.stop();
    await this.#place.leave();
    await this.#place.save();
    this.#core.close();
    await this.#core.deps.release?.();
  }

  /** A job of the step that is open, which must be in its state. Does not begin while another is under way. */
  #job(label: string, work: (on: PlayContext) => Promise<void>): Promise<void> {
    return this.#core.job(label, 'give-way', async signal => {
      await this.#place.bring(signal, false);
      this.#core.label(label);
      await work(await this.#core.stage(signal));
    });
  }

  async #check(files: ApplyFiles, manners: 'replace' | 'give-way', notice?: string): Promise<void> {
    const step = this.#place.step();
    const fixing = this.#place.fixing;
    if (step?.kind !== 'fix' || fixing === null || fixing.id !== step.id) return;
    const label = isSealed(this.#core.snapshot.lesson) ? 'Applying' : 'Checking';
    await this.#core.job(label, manners, async signal => {
      if (notice !== undefined) this.#core.tell({ type: 'notice', notice });
      try {
        await this.#place.bring(signal, false);
        const on = await this.#core.stage(signal);
        await fixing.check(on, files);
        await this.#afterCheck(on, step);
        this.#sayApplied(step, notice);
      } finally {
        // That it is under way has been read once there is a verdict, or why there is none.
        const passes = !isSealed(this.#core.snapshot.lesson) || notice?.endsWith(UNDER_WAY);
        if (passes && this.#core.snapshot.notice === notice)
          this.#core.tell({ type: 'notice', notice: null });
      }
    });
  }

  /** Where there is no verdict: what became of a save. */
  #sayApplied(step: StepOf<'fix'>, notice: string | undefined): void {
    const { notice: shown, steps } = this.#core.snapshot;
    if (shown !== notice || !notice?.endsWith(UNDER_WAY)) return;
    const refused = steps[step.id]?.apply?.objects.some(each => each.outcome === 'refused') === true;
    const became = refused ? 'not applied: it was refused.' : 'applied.';
    this.#core.tell({ type: 'notice', notice: `${notice.slice(0, -UNDER_WAY.length)}${became}` });
  }

  async #afterCheck(on: PlayContext, step: StepOf<'fix'>): Promise<void> {
    await this.#act.showLive(on, step);
    await this.#place.save();
  }

  #done(step: Step): void {
    this.#core.tell({ type: 'done', id: step.id });
    void this.#place.save();
  }

  /** A prediction has met its evidence: both are kept. */
  #foreseen(step: StepOf<'predict'>): void {
    this.#core.tell({ type: 'done', id: step.id });
    void this.#place.save(step);
  }

  async #moveTo(index: number): Promise<void> {
    await this.#core.job(
      'Going there',
      'replace',
      async signal => {
        await this.#place.leave();
        this.#core.tell({ type: 'moved', at: index });
        await this.#place.save();
        await this.#place.arrive(signal);
      },
      true,
    );
  }
}
