import type { Drill, Lesson } from '../../course/course.ts';
import { loadDrills } from '../../course/load-drill.ts';
import type { LessonRecord } from '../../lesson/progress.ts';
import { foreseenIn, weakIn } from '../../lesson/recall.ts';
import type { GlobalOptions } from '../globals.ts';
import { courseFolder, openCourse } from '../open/course.ts';
import { readCourseProgress, tellTrouble } from '../open/progress.ts';
import { printJson, stdout } from '../print/out.ts';
import { paint, signs } from '../print/paint.ts';

export async function listCourse(options: GlobalOptions): Promise<void> {
  const [course, drills] = await Promise.all([openCourse(options), loadDrills(courseFolder(options))]);
  const progress = await readCourseProgress('progress', options);
  tellTrouble(progress);
  if (options.json) {
    const lessons = course.lessons.map(lesson => ({
      id: lesson.id,
      title: lesson.title,
      steps: lesson.steps.length,
      checks: checksOf(lesson),
      minutes: lesson.minutes,
      done: doneOf(lesson, progress.get(lesson.id)),
      foreseen: foreseenIn(lesson, progress.get(lesson.id)),
      weak: weakIn(lesson, progress.get(lesson.id)),
    }));
    printJson({ lessons, drills: drills.map(factsOf) });
    return;
  }
  const rows = course.lessons.map(lesson => {
    const record = progress.get(lesson.id);
    const done = doneOf(lesson, record);
    const { right, asked } = foreseenIn(lesson, record);
    const foreseen = asked === 0 ? '' : `   foreseen ${right} of ${asked}`;
    const sign = done === lesson.steps.length ? paint(options, 'green', signs(options).good) : ' ';
    const size = `${String(done).padStart(2)} of ${String(lesson.steps.length).padStart(2)} steps`;
    return `${sign} ${lesson.number}  ${lesson.title.padEnd(44)} ${size}   ${String(lesson.minutes).padStart(2)} min${foreseen}`;
  });
  const topics = course.lessons.flatMap(lesson => weakIn(lesson, progress.get(lesson.id)));
  const weak = topics.length === 0 ? '' : `\n  Weak so far: ${[...new Set(topics)].join('; ')}\n`;
  const more = drills.length === 0 ? '' : `\n  ${drills.length} drills: istio-tutor drill --list\n`;
  stdout.write(`${rows.join('\n')}\n${weak}${more}`);
}

function factsOf({ id, title, domain, level, points, minutes }: Drill) {
  return { id, title, domain, level, points, minutes };
}

function doneOf({ steps }: Lesson, record: LessonRecord | undefined): number {
  return steps.filter(step => record?.done.includes(step.id)).length;
}

function checksOf(lesson: Lesson): number {
  return lesson.steps.reduce((sum, step) => sum + (step.kind === 'fix' ? step.checks.length : 0), 0);
}
