/**
 * `istio-tutor drill [NAME]`: one thing to put right, in the screens of the lessons or by kubectl from another
 * terminal. Hints cost nothing here; the clock and the score are the exam's.
 */
import { Command } from 'commander';
import { nearest } from '../../course/address.ts';
import type { Course, Lesson } from '../../course/course.ts';
import { UserError } from '../../shared/errors.ts';
import { type GlobalOptions, globals } from '../globals.ts';
import { openCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export function drillCommand(): Command {
  return new Command('drill')
    .summary('practise one thing to put right')
    .description(
      'Opens the drills: each is one thing that is broken or missing, with checks that look at what calls do and\nnever at your YAML. Edit the files (saving checks again) or use kubectl from another terminal; whatever works is\nright. Hints cost nothing. `istio-tutor exam` draws from the same drills, with a clock and without hints.',
    )
    .argument('[name]', 'which one: timeout-bites, or its number')
    .option('--list', 'list them, with domain, level, points and minutes')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor drill                    choose one
  istio-tutor drill timeout-bites
  istio-tutor drill --list
  istio-tutor drill --list --json | jq -r '.drills[] | select(.level == "hard").id'

With --list --json: {"drills": [{"id", "number", "title", "domain", "level", "points", "minutes", "done"}]}`,
    )
    .action(async (name: string | undefined, flags: { list?: boolean }, command: Command) => {
      const options = globals(command);
      const { openDrills } = await import('../open/course.ts');
      if (flags.list === true) return listDrills(await openDrills(options), options);
      if (options.json) {
        throw new UserError({
          what: 'A drill has no JSON form.',
          next: ['istio-tutor drill --list --json', 'istio-tutor check --json   proves them all'],
        });
      }
      const course = await openDrills(options);
      const drill = name === undefined ? undefined : findDrill(course, name);
      const { hasScreen, onScreen } = await import('../screen/on-screen.ts');
      const address = drill === undefined ? undefined : drill.id;
      if (hasScreen()) return onScreen(address, command, async () => course);
      const { playPlain } = await import('../plain/play.ts');
      await playPlain(course, address, options);
    });
}

/** By id or number. Throws a UserError that suggests the nearest. */
function findDrill(course: Course, name: string): Lesson {
  const found = course.lessons.find(each => each.id === name || String(each.number) === name);
  if (found !== undefined) return found;
  throw unknown(course, name);
}

function unknown(course: Course, name: string): UserError {
  const ids = course.lessons.map(each => each.id);
  const near = ids.find(id => id.includes(name) || name.includes(id)) ?? nearest(name, ids) ?? undefined;
  return new UserError({
    what: `There is no drill ${JSON.stringify(name)}.`,
    ...(near === undefined ? {} : { why: `Did you mean ${near}?` }),
    next: [
      ...(near === undefined ? [] : [`istio-tutor drill ${near}`]),
      'istio-tutor drill --list   lists them',
    ],
  });
}

async function listDrills(course: Course, options: GlobalOptions): Promise<void> {
  const progress = await openCourseProgress('drills', options);
  tellTrouble(progress);
  const rows = course.lessons.map(({ id, number, title, minutes, drill, steps }) => ({
    id,
    number,
    title,
    domain: drill?.domain ?? '',
    level: drill?.level ?? '',
    points: drill?.points ?? 0,
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
