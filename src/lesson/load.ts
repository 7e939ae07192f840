/**
 * Reads a course from a folder: course.yaml, and for each lesson lesson.yaml, lesson.md and its manifests.
 * After loading no file is touched again. Whatever is wrong is a UserError with file, line, column and field.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UserError } from '../shared/errors.ts';
import type { Course, Lesson } from './course.ts';
import { kindNamed } from './kinds.ts';
import { readProse } from './load-prose.ts';
import { parseManifest } from './manifest.ts';
import {
  type Change,
  course as courseSchema,
  type Expectation,
  lesson as lessonSchema,
  type Step,
} from './schema.ts';
import { fieldName, lessonError, readYaml, validate, type YamlFile } from './yaml-file.ts';

export interface LoadOptions {
  /** Only these folders of the course; the others need not be there. Numbers stay those of the whole course. */
  readonly only?: readonly string[];
}

/** Loads a course. Throws a UserError that names file, line and field. */
export async function loadCourse(folder: string, options: LoadOptions = {}): Promise<Course> {
  const root = resolve(folder);
  const name = join(folder, 'course.yaml');
  const yaml = readYaml(await text(join(root, 'course.yaml'), name), name);
  const file = validate(courseSchema, yaml, name);
  const wanted = file.lessons
    .map((lessonFolder, index) => ({ lessonFolder, index }))
    .filter(({ lessonFolder }) => options.only === undefined || options.only.includes(lessonFolder));
  const lessons = await Promise.all(
    wanted.map(({ lessonFolder, index }) => loadLesson(join(folder, lessonFolder), index + 1)),
  );
  const seen = new Map<string, string>();
  wanted.forEach(({ lessonFolder, index }, i) => {
    const { id } = lessons[i] as Lesson;
    const other = seen.get(id);
    if (other !== undefined) {
      const why = `${other} has the id "${id}" as well.`;
      throw lessonError(name, yaml.place(['lessons', index]), `lessons[${index}]`, why);
    }
    seen.set(id, lessonFolder);
  });
  return { title: file.title, istio: file.istio, lessons };
}

/** Loads one lesson's folder. `number` is its place in the course, from 1. */
export async function loadLesson(folder: string, number: number): Promise<Lesson> {
  const root = resolve(folder);
  const name = join(folder, 'lesson.yaml');
  const yaml = readYaml(await text(join(root, 'lesson.yaml'), name), name);
  const file = validate(lessonSchema, yaml, name);
  const files = await manifests(root);
  const check = new Checker(yaml, name, files);
  file.start.forEach((change, i) => {
    check.change(change, ['start', i]);
  });
  check.unique(
    file.steps.map(s => s.id),
    ['steps'],
  );
  file.steps.forEach((step, i) => {
    check.step(step, ['steps', i]);
  });
  const proseName = join(folder, 'lesson.md');
  const prose = readProse(
    await text(join(root, 'lesson.md'), proseName),
    proseName,
    file.steps.map(s => s.id),
  );
  return { ...file, number, folder: root, prose, files };
}

async function text(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UserError(
      {
        what: missing ? `${name} is missing.` : `${name} cannot be read.`,
        ...(missing ? {} : { why: (error as Error).message }),
        next: ['A course is a folder with course.yaml and one folder a lesson; see CONTRIBUTING.md.'],
      },
      error,
    );
  }
}

/** Every YAML file of a lesson but lesson.yaml, by its path relative to the lesson. */
async function manifests(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(e => e.isFile() && /\.ya?ml$/.test(e.name))
    .map(e => relative(root, join(e.parentPath, e.name)).replaceAll('\\', '/'))
    .filter(path => path !== 'lesson.yaml')
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async path => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
}

/** What the schema cannot say: that names lead somewhere. */
class Checker {
  constructor(
    private readonly yaml: YamlFile,
    private readonly name: string,
    private readonly files: Readonly<Record<string, string>>,
  ) {}

  private fail(path: readonly PropertyKey[], why: string): never {
    throw lessonError(this.name, this.yaml.place(path), fieldName(path), why);
  }

  unique(ids: readonly string[], path: readonly PropertyKey[]): void {
    ids.forEach((id, i) => {
      if (ids.indexOf(id) !== i) this.fail([...path, i, 'id'], `The id "${id}" is there twice.`);
    });
  }

  file(path: string, at: readonly PropertyKey[]): void {
    const content = this.files[path];
    if (content === undefined) {
      const near = Object.keys(this.files).filter(f => f.split('/').at(-1) === path.split('/').at(-1));
      this.fail(at, `There is no file ${path}.${near.length > 0 ? ` There is ${near.join(', ')}.` : ''}`);
    }
    // Through the same parser as at run time, so that a typo in a manifest is found now and not in the middle of a lesson.
    parseManifest(content, join(this.name, '..', path));
  }

  change(change: Change, path: readonly PropertyKey[]): void {
    if ('apply' in change) this.file(change.apply, [...path, 'apply']);
    if ('remove' in change) this.kind(change.remove.kind, [...path, 'remove', 'kind']);
    if ('service' in change && change.service.name === 'client') {
      this.fail([...path, 'service', 'name'], 'The client has no Service.');
    }
  }

  kind(kind: string, path: readonly PropertyKey[]): void {
    if (kindNamed(kind) === null) this.fail(path, `There is no kind "${kind}".`);
  }

  /** Fields that belong together or exclude each other. */
  expectation(expect: Expectation, path: readonly PropertyKey[]): void {
    if (
      expect.sequence !== undefined &&
      expect.repeat !== undefined &&
      expect.sequence.length !== expect.repeat
    ) {
      this.fail(
        [...path, 'sequence'],
        `It tells of ${expect.sequence.length} transfers, and repeat is ${expect.repeat}.`,
      );
    }
  }

  step(step: Step, path: readonly PropertyKey[]): void {
    switch (step.kind) {
      case 'predict': {
        if (step.announced > step.options.length) {
          this.fail([...path, 'announced'], `There are only ${step.options.length} options.`);
        }
        const open = step.options.filter(o => o.expect === undefined).length;
        if (open > 1)
          this.fail([...path, 'options'], 'Only one option can be "none of the others" (have no expect).');
        step.options.forEach((o, i) => {
          if (o.expect !== undefined) this.expectation(o.expect, [...path, 'options', i, 'expect']);
        });
        return;
      }
      case 'apply':
        step.changes.forEach((c, i) => {
          this.change(c, [...path, 'changes', i]);
        });
        if (step.refusal !== undefined && step.effect !== 'refused-by-api') {
          this.fail([...path, 'refusal'], 'Only with effect: refused-by-api are there words of a refusal.');
        }
        return;
      case 'probe':
        this.expectation(step.expect, [...path, 'expect']);
        return;
      case 'fix': {
        const ids = step.checks.map(c => c.id);
        this.unique(ids, [...path, 'checks']);
        step.checks.forEach((c, i) => {
          this.expectation(c.expect, [...path, 'checks', i, 'expect']);
        });
        for (const field of ['files', 'solution'] as const) {
          step[field].forEach((f, i) => {
            this.file(f, [...path, field, i]);
          });
          this.bases(step[field], [...path, field]);
        }
        step.remove?.forEach((r, i) => {
          this.kind(r.kind, [...path, 'remove', i, 'kind']);
        });
        step.alternatives?.forEach((list, i) => {
          list.forEach((f, j) => {
            this.file(f, [...path, 'alternatives', i, j]);
          });
        });
        step.nearMisses?.forEach((miss, i) => {
          miss.files.forEach((f, j) => {
            this.file(f, [...path, 'nearMisses', i, 'files', j]);
          });
          miss.fails.forEach((id, j) => {
            if (!ids.includes(id))
              this.fail([...path, 'nearMisses', i, 'fails', j], `There is no check "${id}".`);
          });
        });
        return;
      }
      case 'inspect':
        if (step.look === 'object') {
          if (step.object === undefined) this.fail([...path, 'look'], 'look: object needs `object`.');
          this.kind(step.object.kind, [...path, 'object', 'kind']);
        }
        return;
      case 'read':
        return;
    }
  }

  /** Base names are the file names in the learner's folder, so they must differ. */
  private bases(paths: readonly string[], at: readonly PropertyKey[]): void {
    const names = paths.map(p => p.split('/').at(-1));
    names.forEach((n, i) => {
      if (names.indexOf(n) !== i) this.fail([...at, i], `Two files are named ${n}.`);
    });
  }
}
