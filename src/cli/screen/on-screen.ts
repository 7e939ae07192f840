/**
 * `istio-tutor [LESSON[/STEP]]`: the lessons on a terminal. Wires the screens to the rest of the program, each
 * part loaded when it is needed: the first frame waits for none of them. Without a terminal: plain mode.
 */
import type { Command } from 'commander';
import type { ChooseOptions } from '../../cluster/choose.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { Course } from '../../course/course.ts';
import type { Engine } from '../../lesson/state.ts';
import { userEnvironment } from '../../shared/environment.ts';
import { UserError } from '../../shared/errors.ts';
import type { Ask, Boot } from '../../tui/state/start-up.ts';
import type { WorldNames } from '../../world/names.ts';
import { type GlobalOptions, globals, wantsScreenReader } from '../globals.ts';
import { stderr } from '../print/out.ts';

/** Opens the lessons. Returns when the learner has quit; throws Interrupted after a signal. */
export async function openLessons(lesson: string | undefined, command: Command): Promise<void> {
  const options = globals(command);
  if (options.json)
    throw new UserError({
      what: 'The lessons have no JSON form.',
      next: ['istio-tutor list --json', 'istio-tutor run --all --json'],
    });
  if (!hasScreen()) return plain(lesson, command);
  await onScreen(lesson, command, () => openTheCourse(options));
}

/** The same screens over any course: the lessons, or the drills. Only where there is a screen to draw on. */
export async function onScreen(
  lesson: string | undefined,
  command: Command,
  load: () => Promise<Course>,
): Promise<void> {
  const options = globals(command);
  const { runTui } = await import('../../tui/app.tsx');
  await runTui({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: userEnvironment,
    look: {
      color: options.color,
      ascii: options.ascii,
      screenReader: wantsScreenReader(command),
    },
    address: lesson ?? null,
    boot: bootOf(options, load),
    now: Date.now,
  });
}

export function hasScreen(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb';
}

function bootOf(options: GlobalOptions, load: () => Promise<Course>): Boot {
  let loaded: Promise<Course> | null = null;
  const course = () => {
    loaded ??= load();
    return loaded;
  };
  // One Cluster an offer: what it has learnt of itself, its Istio's version, stays known.
  const chosen = new Map<string, ReturnType<typeof choose>>();
  let asking: Ask = async () => false;
  const cluster = (on: string) => {
    const known = chosen.get(on) ?? choose(options, on, question => asking(question));
    chosen.set(on, known);
    known.catch(() => chosen.delete(on));
    return known;
  };
  return {
    async read() {
      const { worldNames } = await import('../../world/names.ts');
      return engineOn(await course(), null, worldNames(options.learner ?? null, options.prefix), options);
    },
    async address(text) {
      const { parseAddress } = await import('../../course/address.ts');
      const { lesson, step } = parseAddress(await course(), text);
      return { lesson: lesson.id, ...(step === undefined ? {} : { step }) };
    },
    async find(signal, all) {
      const { allOffers, offerOf } = await import('./offers.ts');
      const wanted = all ? undefined : (options.on ?? (await lastChoice(options)));
      if (wanted !== undefined) {
        const { cluster: one } = await cluster(wanted);
        const health = await one.health(signal);
        // The one of last time may be gone by now, and then it is not offered; what --on names always is.
        if (options.on !== undefined || one.can.kind === 'sandbox' || health.state !== 'absent') {
          return [offerOf(one, wanted, health)];
        }
      }
      return allOffers((await cluster('kind')).cluster, signal);
    },
    async make(offer, progress, ask, signal) {
      asking = ask;
      await (await cluster(offer.id)).cluster.up(progress, signal);
    },
    async connect(offer, ask, signal) {
      asking = ask;
      const { cluster: one, names } = await cluster(offer.id);
      const { startSandbox } = await import('../open/cluster.ts');
      // Before the wait: a choice is one even when the learner quits at once.
      await remember(options, offer.id);
      await startSandbox(one, signal);
      return engineOn(await course(), one, names, options);
    },
  };
}

async function lastChoice(options: GlobalOptions): Promise<string | undefined> {
  const [{ rememberedChoice }, { paths }] = await Promise.all([
    import('../../cluster/choice.ts'),
    import('../../shared/paths.ts'),
  ]);
  return rememberedChoice(paths(options.state)) ?? undefined;
}

/** What --on named for this once is no choice for the next time. */
async function remember(options: GlobalOptions, on: string): Promise<void> {
  if (options.on !== undefined) return;
  const [{ rememberChoice }, { paths }] = await Promise.all([
    import('../../cluster/choice.ts'),
    import('../../shared/paths.ts'),
  ]);
  rememberChoice(paths(options.state), on);
}

async function openTheCourse(options: GlobalOptions): Promise<Course> {
  const { openCourse } = await import('../open/course.ts');
  return openCourse(options);
}

/** Without a cluster: the lessons to read. */
async function engineOn(
  course: Course,
  cluster: Cluster | null,
  names: WorldNames,
  options: GlobalOptions,
): Promise<Engine> {
  const { startEngine } = await import('../open/engine.ts');
  return startEngine(course, cluster, names, options);
}

async function choose(options: GlobalOptions, on: string, ask: Ask) {
  const { chooseCluster } = await import('../../cluster/choose.ts');
  const { name, learner, prefix, state } = options;
  const choice: ChooseOptions = { ask, on };
  if (name !== undefined && on === 'kind') choice.name = name;
  if (learner !== undefined) choice.learner = learner;
  if (prefix !== undefined) choice.prefix = prefix;
  if (state !== undefined) choice.stateDir = state;
  return chooseCluster(choice);
}

/** No screen to draw on: the same lessons, line by line, by the command that does that. */
async function plain(lesson: string | undefined, program: Command): Promise<void> {
  stderr.write('No terminal to draw on: this is plain mode, as `istio-tutor run --plain`.\n');
  const run = program.commands.find(command => command.name() === 'run');
  const lessons = lesson === undefined ? ['--all'] : [lesson];
  await run?.parseAsync(['--plain', ...lessons], { from: 'user' });
}
