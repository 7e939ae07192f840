/** `istio-tutor new lesson|drill NAME`: a working skeleton in a course folder, and its line in course.yaml. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { isSeq, parseDocument } from 'yaml';
import { drillSkeleton, lessonSkeleton, type Skeleton, titleOf } from '../lesson/skeleton.ts';
import { UserError } from '../shared/errors.ts';
import { packageFile } from '../shared/paths.ts';
import { globals } from './globals.ts';

type What = 'lesson' | 'drill';

export function newCommand(): Command {
  return new Command('new')
    .summary('begin a lesson or a drill')
    .description(
      'Writes a skeleton that works as it is, so that you change one thing at a time and `istio-tutor check` tells\nwhat broke. It goes into the course of --course, else the one of this folder (./course.yaml or\n./lessons/course.yaml), else a new course is begun here.',
    )
    .argument('<what>', 'lesson or drill')
    .argument('<name>', 'small letters, digits and dashes: two-doors')
    .addHelpText(
      'after',
      `
Examples:
  istio-tutor new lesson two-doors
  istio-tutor new drill lost-header --course ../my-course

With --json: {"course", "folder", "files": []}`,
    )
    .action(async (what: string, name: string, _flags: unknown, command: Command) => {
      const options = globals(command);
      const kind = checkedWhat(what);
      checkName(name);
      const course = options.course ?? courseHere();
      const folder = await folderFor(kind, name, course);
      const schema = relative(resolve(course, folder), packageFile(`schemas/${kind}.json`));
      const make = kind === 'lesson' ? lessonSkeleton : drillSkeleton;
      const files = make(name, titleOf(name), schema);
      await register(course, kind, folder);
      await write(join(course, folder), files);
      if (options.json) {
        const document = { course, folder: join(course, folder), files: Object.keys(files) };
        process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
        return;
      }
      const at =
        options.course === undefined && resolve(course) === packageFile('lessons')
          ? ''
          : ` --course ${course}`;
      process.stdout.write(
        [
          `${join(course, folder)} is there: ${Object.keys(files).length} files, and its line in ${join(course, 'course.yaml')}.`,
          '',
          `  istio-tutor check ${join(course, folder)}   proves it, as it is and after each change`,
          kind === 'lesson'
            ? `  istio-tutor ${name}${at}   plays it`
            : `  istio-tutor drill ${name}${at}   plays it`,
          '',
        ].join('\n'),
      );
    });
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
    what: `${JSON.stringify(name)} cannot be its name.`,
    why: 'A name has at most 40 small letters and digits, with single dashes between them.',
    next: [
      better === '' ? 'istio-tutor new lesson two-doors' : `istio-tutor new lesson ${better.slice(0, 40)}`,
    ],
  });
}

function courseHere(): string {
  return existsSync('course.yaml') ? '.' : existsSync('lessons/course.yaml') ? 'lessons' : '.';
}

/** '09-two-doors' for a lesson: the number after the highest; 'drills/lost-header' for a drill. */
async function folderFor(kind: What, name: string, course: string): Promise<string> {
  const there = existsSync(course) ? await readdir(course) : [];
  const numbers = there.map(each => Number(/^(\d+)-/.exec(each)?.[1] ?? 0));
  const number = String(Math.max(0, ...numbers) + 1).padStart(2, '0');
  const folder = kind === 'drill' ? join('drills', name) : `${number}-${name}`;
  const taken =
    kind === 'drill'
      ? existsSync(join(course, folder))
      : there.some(each => /^\d+-/.test(each) && each.replace(/^\d+-/, '') === name);
  if (!taken) return folder;
  throw new UserError({
    what: `The course in ${course} has a ${kind} ${name} already.`,
    why: 'Nothing was written.',
    next: [`istio-tutor new ${kind} ${name}-2`],
  });
}

/** Adds the folder to course.yaml, everything else in it left as it is written; makes the file where there is none. */
async function register(course: string, kind: What, folder: string): Promise<void> {
  const path = join(course, 'course.yaml');
  const key = kind === 'lesson' ? 'lessons' : 'drills';
  const text = existsSync(path)
    ? await readFile(path, 'utf8')
    : '# The order of the lessons and drills.\nformat: 1\ntitle: A course of mine\nistio: ["1.31"]\nlessons: []\n';
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new UserError({
      what: `${path} cannot be read.`,
      why: broken.message,
      next: ['Put it right first.'],
    });
  }
  const list = document.get(key);
  if (isSeq(list)) {
    list.flow = false;
    list.add(folder);
  } else document.set(key, document.createNode([folder]));
  await mkdir(course, { recursive: true });
  await writeFile(path, document.toString());
}

async function write(folder: string, files: Skeleton): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
}
