import { begin, courseHere, isOwnCourse, type What } from '../../author/new-lesson.ts';
import { UserError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import type { GlobalOptions } from '../globals.ts';
import { printJson, stdout } from '../print/out.ts';

export async function newLesson(what: string, name: string, options: GlobalOptions): Promise<void> {
  const kind = checkedWhat(what);
  checkName(name);
  const course = options.course ?? courseHere() ?? '.';
  const { folder, files } = await begin(kind, name, course);
  if (options.json) {
    printJson({ course, folder, files });
    return;
  }
  const at = options.course === undefined && isOwnCourse(course) ? '' : ` --course ${shellWord(course)}`;
  const play = kind === 'lesson' ? name : `drill ${name}`;
  stdout.write(
    [
      `${folder} is there: ${files.length} files, and its line in ${course}/course.yaml.`,
      '',
      `  istio-tutor check ${folder}   proves it, as it is and after each change`,
      `  istio-tutor ${play}${at}   plays it`,
      '',
    ].join('\n'),
  );
}

function checkedWhat(what: string): What {
  if (what === 'lesson' || what === 'drill') return what;
  throw new UserError({
    what: `${JSON.stringify(what)} is neither a lesson nor a drill.`,
    next: ['istio-tutor new lesson NAME', 'istio-tutor new drill NAME'],
  });
}

function checkName(name: string): void {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 40) return;
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  throw new UserError({
    what: `${JSON.stringify(name)} cannot be used as a name.`,
    why: 'A name has at most 40 small letters and digits, with single dashes between them.',
    next: [
      better === '' ? 'istio-tutor new lesson two-doors' : `istio-tutor new lesson ${better.slice(0, 40)}`,
    ],
  });
}
