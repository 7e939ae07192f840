/** `istio-tutor list`: the lessons and drills, their size, and how far the learner is. */
import { Command } from 'commander';
import type { Drill, Lesson } from '../../course/course.ts';
import { globals } from '../globals.ts';
import { openCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export function listCommand(): Command {
  return new Command('list')
    .summary('list the lessons and drills')
    .description(
      'Lists the lessons: number, title, steps, checks, minutes, and how far you are; and the drills.',
    )
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor list
  istio-tutor list --json | jq -r '.lessons[].id'

With --json: {"lessons": [{"id", "title", "steps", "checks", "minutes"}],
  "drills": [{"id", "title", "domain", "level", "points", "minutes"}]}`,
    )
    .action(async (_flags: unknown, command: Command) => {
      const options = globals(command);
      const [{ openCourse, courseFolder }, { loadDrills }] = await Promise.all([
        import('../open/course.ts'),
        import('../../course/load-drill.ts'),
      ]);
      const [course, drills] = await Promise.all([
        openCourse(options),
        loadDrills(await courseFolder(options)),
      ]);
      if (options.json) {
        const lessons = course.lessons.map(({ id, title, steps, minutes }, i) => ({
          id,
          title,
          steps: steps.length,
          checks: checksOf(course.lessons[i] as Lesson),
          minutes,
        }));
        printJson({ lessons, drills: drills.map(factsOf) });
        return;
      }
      const progress = await openCourseProgress('progress', options);
      tellTrouble(progress);
      const rows = course.lessons.map(lesson => {
        const ids = new Set(lesson.steps.map(s => s.id));
        const done = (progress.get(lesson.id)?.done ?? []).filter(id => ids.has(id)).length;
        const sign = done === lesson.steps.length ? paint(options, 'green', signs(options).good) : ' ';
        const size = `${String(done).padStart(2)} of ${String(lesson.steps.length).padStart(2)} steps`;
        return `${sign} ${lesson.number}  ${lesson.title.padEnd(44)} ${size}   ${String(lesson.minutes).padStart(2)} min`;
      });
      const more = drills.length === 0 ? '' : `\n  ${drills.length} drills: istio-tutor drill --list\n`;
      stdout.write(`${rows.join('\n')}\n${more}`);
    });
}

function factsOf({ id, title, domain, level, points, minutes }: Drill) {
  return { id, title, domain, level, points, minutes };
}

function checksOf(lesson: Lesson): number {
  return lesson.steps.reduce((sum, step) => sum + (step.kind === 'fix' ? step.checks.length : 0), 0);
}
