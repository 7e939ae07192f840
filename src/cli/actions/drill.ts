/** A drill in the screens of the lessons, or line by line where none can be drawn; or the list of all. */
import { nearest } from '../../course/address.ts';
import type { Course, Lesson } from '../../course/course.ts';
import { UserError } from '../../shared/errors.ts';
import type { DrillFlags } from '../commands/drill.ts';
import type { GlobalOptions } from '../globals.ts';
import { openDrills } from '../open/course.ts';
import { readCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';
import { hasScreen } from '../screen/has-screen.ts';

export async function playDrill(name: string | undefined, options: DrillFlags): Promise<void> {
  if (options.list === true) return listDrills(await openDrills(options), options);
  if (options.json) {
    throw new UserError({
      what: 'A drill has no JSON form.',
      next: ['istio-tutor drill --list --json', 'istio-tutor check --json   proves them all'],
    });
  }
  const course = await openDrills(options);
  const address = name === undefined ? undefined : findDrill(course, name).id;
  // Only one of the two is needed, and both load much: Ink, or the clusters, which the screens ask for later.
  if (hasScreen()) {
    const { onScreen } = await import('../screen/on-screen.ts');
    return onScreen({ tab: 'drills', address }, options, { drills: async () => course });
  }
  const { playPlain } = await import('../plain/play.ts');
  await playPlain(course, address, options);
}

/** By id or number. Throws a UserError that suggests the nearest. */
function findDrill(course: Course, name: string): Lesson {
  const found = course.lessons.find(each => each.id === name || String(each.number) === name);
  if (found !== undefined) return found;
  throw unknown(course, name);
}

function unknown(course: Course, name: string): UserError {
  const ids = course.lessons.map(each => each.id);
  const near = ids.find(id => id.includes(name) || name.includes(id)) ?? nearest(name, ids);
  return new UserError({
    what: `There is no drill ${JSON.stringify(name)}.`,
    why: near === null ? undefined : `Did you mean ${near}?`,
    next: [...(near === null ? [] : [`istio-tutor drill ${near}`]), 'istio-tutor drill --list   lists them'],
  });
}

async function listDrills(course: Course, options: GlobalOptions): Promise<void> {
  const progress = await readCourseProgress('drills', options);
  tellTrouble(progress);
  const rows = course.lessons.map(({ id, number, title, minutes, drill: facts, steps }) => ({
    id,
    number,
    title,
    domain: facts?.domain ?? '',
    level: facts?.level ?? '',
    points: facts?.points ?? 0,
    minutes,
    done: (progress.get(id)?.done ?? []).some(each => steps.some(step => step.id === each)),
  }));
  if (options.json) {
    printJson({ drills: rows });
    return;
  }
  const widest = Math.max(...rows.map(row => row.id.length));
  const lines = rows.map(row => {
    const sign = row.done ? paint(options, 'green', signs(options).good) : ' ';
    const facts = `${row.domain.padEnd(11)}${row.level.padEnd(8)}${String(row.points).padStart(2)} points ${String(row.minutes).padStart(3)} min`;
    return `${sign} ${String(row.number).padStart(2)}  ${row.id.padEnd(widest)}  ${row.title.padEnd(44)} ${facts}`;
  });
  stdout.write(`${lines.join('\n')}\n`);
}
