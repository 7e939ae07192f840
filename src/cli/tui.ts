/**
 * `istio-tutor [LESSON[/STEP]]`: the lessons on a terminal. Wires the screens to the rest of the program, each
 * part loaded when it is needed: the first frame waits for none of them. Without a terminal: plain mode.
 */
import type { Command } from 'commander';
import type { ChooseOptions } from '../cluster/choose.ts';
import type { Cluster, Health } from '../cluster/cluster.ts';
import type { Course } from '../lesson/course.ts';
import type { Engine } from '../lesson/state.ts';
import { UserError } from '../shared/errors.ts';
import type { Offer } from '../tui/screens/start/start-state.ts';
import type { Ask, Boot } from '../tui/state/start-up.ts';
import type { WorldNames } from '../world/names.ts';
import { type GlobalOptions, globals } from './globals.ts';

/** Opens the lessons. Returns when the learner has quit; throws Interrupted after a signal. */
export async function openLessons(lesson: string | undefined, command: Command): Promise<void> {
  const options = globals(command);
  if (options.json)
    throw new UserError({
      what: 'The lessons have no JSON form.',
      next: ['istio-tutor list --json', 'istio-tutor run --all --json'],
    });
  if (!hasScreen()) return plain(lesson, command);
  // Ink writes nothing until its end where it believes to be in a CI; this is a terminal.
  for (const name of ['CI', 'CONTINUOUS_INTEGRATION'])
    if (process.env[name] !== undefined) process.env[name] = 'false';
  const { runTui } = await import('../tui/app.tsx');
  const flags = command.optsWithGlobals<{ screenReader?: boolean }>();
  await runTui({
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    look: {
      color: options.color,
      ascii: options.ascii,
      screenReader: flags.screenReader === true || process.env.INK_SCREEN_READER === 'true',
    },
    address: lesson ?? null,
    boot: bootOf(options),
    now: Date.now,
  });
}

function hasScreen(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && process.env.TERM !== 'dumb';
}

function bootOf(options: GlobalOptions): Boot {
  let loaded: Promise<Course> | null = null;
  const course = () => {
    loaded ??= openTheCourse(options);
    return loaded;
  };
  // One Cluster an offer: what it has learnt of itself, its Istio's version, stays known.
  const chosen = new Map<string, ReturnType<typeof choose>>();
  let asking: Ask = async () => false;
  const cluster = (on: string | undefined) => {
    const known = chosen.get(on ?? '') ?? choose(options, on, question => asking(question));
    chosen.set(on ?? '', known);
    known.catch(() => chosen.delete(on ?? ''));
    return known;
  };
  // Without --on the first offer is kind, under the name of no flag at all.
  const taken = (offer: Offer) =>
    cluster(options.on === undefined && offer.id === 'kind' ? undefined : offer.id);
  return {
    async read() {
      const { worldNames } = await import('../world/names.ts');
      return engineOn(await course(), null, worldNames(options.learner ?? null, options.prefix), options);
    },
    async address(text) {
      const { parseAddress } = await import('../lesson/address.ts');
      const { lesson, step } = parseAddress(await course(), text);
      return { lesson: lesson.id, ...(step === undefined ? {} : { step }) };
    },
    async find(signal) {
      try {
        const { cluster: first } = await cluster(options.on);
        return await offersOf(first, await first.health(signal), options, signal);
      } catch (error) {
        // No kind here; a cluster that the learner has will do as well.
        const contexts = options.on === undefined ? await contextOffers(signal) : [];
        if (contexts.length > 0) return contexts;
        throw error;
      }
    },
    async make(offer, progress, ask, signal) {
      asking = ask;
      await (await taken(offer)).cluster.up(progress, signal);
    },
    async connect(offer, ask) {
      asking = ask;
      const { cluster: one, names } = await taken(offer);
      return engineOn(await course(), one, names, options);
    },
  };
}

async function openTheCourse(options: GlobalOptions): Promise<Course> {
  const { openCourse } = await import('./open-course.ts');
  return openCourse(options);
}

/** Without a cluster: the lessons to read. */
async function engineOn(
  course: Course,
  cluster: Cluster | null,
  names: WorldNames,
  options: GlobalOptions,
): Promise<Engine> {
  const { startEngine } = await import('./start-engine.ts');
  return startEngine(course, cluster, names, options);
}

async function choose(options: GlobalOptions, on: string | undefined, ask: Ask) {
  const { chooseCluster } = await import('../cluster/choose.ts');
  const { name, learner, prefix, state } = options;
  const choice: ChooseOptions = { ask };
  if (on !== undefined) choice.on = on;
  if (name !== undefined && !on?.startsWith('context')) choice.name = name;
  if (learner !== undefined) choice.learner = learner;
  if (prefix !== undefined) choice.prefix = prefix;
  if (state !== undefined) choice.stateDir = state;
  return chooseCluster(choice);
}

/** What --on names, or kind; and where kind is not up yet, the contexts that have Istio as well. */
async function offersOf(
  cluster: Cluster,
  health: Health,
  options: GlobalOptions,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const offer = offerOf(cluster, options.on ?? 'kind', health);
  if (options.on !== undefined || health.state !== 'absent') return [offer];
  return [offer, ...(await contextOffers(signal))];
}

async function contextOffers(signal: AbortSignal): Promise<Offer[]> {
  const { lookAtContexts } = await import('../cluster/doctor-contexts.ts');
  const contexts = (await lookAtContexts(signal)).filter(one => one.state === 'istio');
  return contexts.map(one => ({
    id: `context=${one.name}`,
    note: `a cluster that you have: Istio ${one.istio ?? 'found'}`,
    ready: false,
  }));
}

function offerOf(cluster: Cluster, id: string, health: Health): Offer {
  const kind = cluster.can.kind === 'kind';
  if (health.state === 'ready') return { id, note: cluster.name, ready: true };
  const note = kind
    ? 'a real cluster with real Istio, made in Docker; about 90 s'
    : `${cluster.name}: the lab world is not there yet`;
  if (health.state === 'absent') return { id, note, ready: false };
  return {
    id,
    note,
    ready: false,
    problem: {
      what: `${cluster.name} does not work.`,
      why: health.why,
      ...(health.detail === undefined ? {} : { detail: health.detail }),
      next: ['istio-tutor doctor'],
    },
  };
}

/** No screen to draw on: the same lessons, line by line, by the command that does that. */
async function plain(lesson: string | undefined, program: Command): Promise<void> {
  process.stderr.write('No terminal to draw on: this is plain mode, as `istio-tutor run --plain`.\n');
  const run = program.commands.find(command => command.name() === 'run');
  const lessons = lesson === undefined ? ['--all'] : [lesson];
  await run?.parseAsync(['--plain', ...lessons], { from: 'user' });
}
