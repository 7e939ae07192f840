import type { Drill, Lesson } from '../../course/course.ts';
import { loadDrills } from '../../course/load-drill.ts';
import type { GlobalOptions } from '../globals.ts';
import { courseFolder, openCourse } from '../open/course.ts';
import { openCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export async function listCourse(options: GlobalOptions): Promise<void> {
  const [course, drills] = await Promise.all([openCourse(options), loadDrills(courseFolder(options))]);
  if (options.json) {
    const lessons = course.lessons.map(lesson => ({
      id: lesson.id,
      title: lesson.title,
      steps: lesson.steps.length,
      checks: checksOf(lesson),
      minutes: lesson.minutes,
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
}

function factsOf({ id, title, domain, level, points, minutes }: Drill) {
  return { id, title, domain, level, points, minutes };
}

function checksOf(lesson: Lesson): number {
  return lesson.steps.reduce((sum, step) => sum + (step.kind === 'fix' ? step.checks.length : 0), 0);
}
