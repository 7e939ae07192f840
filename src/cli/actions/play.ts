/** The playground in the screens, or line by line; what is put into it, and the scene that is made of it. */
import { nearest, parseAddress } from '../../course/address.ts';
import type { Lesson } from '../../course/course.ts';
import { readScenes } from '../../course/find-scenes.ts';
import { takeProgressLock } from '../../lesson/lock.ts';
import { type Played, playScene } from '../../scene/play-scene.ts';
import { playStep } from '../../scene/play-step.ts';
import { PLAY } from '../../scene/playground.ts';
import { UserError } from '../../shared/errors.ts';
import { paths } from '../../shared/paths.ts';
import { shellWord } from '../../shared/shell.ts';
import type { PlayFlags } from '../commands/play.ts';
import { openCourse, openDrills } from '../open/course.ts';
import { openPlayground } from '../open/playground.ts';
import { stderr, stdout } from '../print/out.ts';
import { hasScreen } from '../screen/has-screen.ts';

export async function play(scene: string | undefined, options: PlayFlags): Promise<void> {
  mustFit(scene, options);
  const { save, from } = options;
  if (save !== undefined) {
    const home = await openPlayground(options);
    await home.saveAs(save);
    stdout.write(
      `Saved as ${save}: istio-tutor play ${shellWord(save)} opens it, istio-tutor test runs it.\n`,
    );
    return;
  }
  const played =
    scene !== undefined ? await sceneAt(scene) : from !== undefined ? await stepAt(from, options) : null;
  const told = played === null ? [] : await load(played, options);
  if (hasScreen()) {
    const { onScreen } = await import('../screen/on-screen.ts');
    return onScreen({ tab: 'playground', address: PLAY, remark: told.join(' ') || undefined }, options);
  }
  for (const text of told) stderr.write(`${text}\n`);
  const { playPlain } = await import('../plain/play.ts');
  await playPlain((await openPlayground(options)).course, PLAY, options);
}

function mustFit(scene: string | undefined, { from, save, json }: PlayFlags): void {
  const given = [scene, from && `--from ${from}`, save && `--save ${save}`].filter(Boolean);
  if (json) {
    const next = ["istio-tutor test SCENE --calls --json   sends a scene's calls"];
    throw new UserError({ what: 'The playground has no JSON form.', next });
  }
  if (given.length < 2) return;
  throw new UserError({
    what: `${given.join(' and ')} cannot be given together.`,
    why: 'A scene or a step is put into the playground, and what is in it is saved.',
    next: given.map(each => `istio-tutor play ${each}`),
  });
}

/** Everything is read, and whatever is wrong is said, before anything is written. */
async function sceneAt(word: string): Promise<Played> {
  const { scenes, unreadable } = await readScenes([word], undefined);
  const [broken] = unreadable;
  if (broken !== undefined) throw broken.error;
  const [scene, ...more] = scenes;
  if (scene !== undefined && more.length === 0) return playScene(scene);
  throw new UserError({
    what: `${word} has ${more.length + 1} scenes, and the playground takes one.`,
    next: [scene, ...more].slice(0, 3).map(each => `istio-tutor play ${shellWord(each?.file ?? '')}`),
  });
}

/** `3/5`, a lesson's name or number, or a drill's name. */
async function stepAt(text: string, options: PlayFlags): Promise<Played> {
  // A course may have lessons alone, or drills alone.
  const [lessons, drills] = await Promise.all(
    [openCourse(options), openDrills(options)].map(each => each.catch(() => null)),
  );
  const drill = drills?.lessons.find(each => each.id === text);
  if (drill !== undefined) return playStep(drill, 0);
  const near = nearest(text, drills?.lessons.map(each => each.id) ?? []);
  if (near !== null && !lessons?.lessons.some(each => text.split('/')[0] === each.id)) {
    throw new UserError({
      what: `There is no lesson and no drill ${JSON.stringify(text)}.`,
      why: `Did you mean ${near}?`,
      next: [`istio-tutor play --from ${near}`, 'istio-tutor drill --list   lists the drills'],
    });
  }
  const { lesson, step } = parseAddress(lessons ?? (await openCourse(options)), text);
  return playStep(lesson, indexOf(lesson, step));
}

const indexOf = ({ steps }: Lesson, id: string | undefined) =>
  Math.max(
    0,
    steps.findIndex(each => each.id === id),
  );

/** While no other istio-tutor works in the same folders. Returns what is to be told. */
async function load(played: Played, options: PlayFlags): Promise<readonly string[]> {
  const lock = await takeProgressLock(paths(options.state).lock);
  try {
    return await (await openPlayground(options)).load(played);
  } finally {
    await lock.release();
  }
}
