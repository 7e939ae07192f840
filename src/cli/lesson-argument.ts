/** Tells a lesson's name on the command line from a mistyped command, before anything heavy is loaded. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearest } from '../course/address.ts';
import { UserError } from '../shared/errors.ts';
import { packageFile } from '../shared/paths.ts';

/** Throws a UserError with the nearest command or lesson when `argument` can be no lesson of the course. */
export function checkLessonArgument(argument: string, commands: readonly string[], course?: string): void {
  const [lesson = ''] = argument.split('/');
  if (/^\d+$/.test(lesson)) return;
  const lessons = lessonNames(course === undefined ? packageFile('lessons') : resolve(course));
  if (lessons.includes(lesson)) return;
  const meant = nearest(lesson, [...commands, ...lessons]);
  throw new UserError({
    what: `${JSON.stringify(argument)} is neither a command nor a lesson.`,
    why: meant === null ? undefined : `Did you mean ${meant}?`,
    next: ['istio-tutor --help   lists the commands', 'istio-tutor list     lists the lessons'],
  });
}

/** Folder names, with and without their number: '03-destination-rule', 'destination-rule'. */
function lessonNames(folder: string): string[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true }).flatMap(entry =>
      entry.isDirectory() ? [entry.name] : [],
    );
    return names.flatMap(name => [name, name.replace(/^\d+-/, '')]);
  } catch {
    return [];
  }
}
