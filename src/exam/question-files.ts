/**
 * A question's folder: watched as soon as its world is there, whether the question is open or not; once the exam has
 * ended, its files are what they were then.
 */
import { join } from 'node:path';
import { readLearners } from '../lesson/learner-files.ts';
import { withoutTask } from '../lesson/task-comment.ts';
import type { LearnerFile, Workspace } from '../lesson/workspace.ts';
import { asTutorError, type Problem } from '../shared/errors.ts';

export type Texts = Readonly<Record<string, string>>;

/** For the engine it is a workspace like any other. */
export class QuestionFiles implements Workspace {
  readonly #workspace: Workspace;
  readonly #name: string;
  readonly #known: () => readonly string[];
  readonly #engine = new Set<() => void>();
  #stop: Promise<() => Promise<void>> | null = null;
  #atEnd: Texts | null = null;

  /**
   * `name`: the folder's, below the exam's. `known`: the names of files that the question began with, or that were
   * applied.
   */
  constructor(workspace: Workspace, name: string, known: () => readonly string[]) {
    this.#workspace = workspace;
    this.#name = name;
    this.#known = known;
  }

  folder(name: string): string {
    return this.#workspace.folder(name);
  }

  async read(name: string): Promise<Readonly<Record<string, LearnerFile>>> {
    if (this.#atEnd === null) return this.#readNow(name);
    return Object.fromEntries(
      Object.entries(this.#atEnd).map(([file, text]) => [file, { text, changed: 0 }]),
    );
  }

  /** Where something else lies in the place of one of the question's files, it was not deleted: it cannot be read. */
  async #readNow(name: string): Promise<Readonly<Record<string, LearnerFile>>> {
    const there = await this.#workspace.read(name);
    const missing = this.#known().filter(each => !(each in there));
    await Promise.all(missing.map(each => readLearners(join(this.folder(name), each))));
    return there;
  }

  /** By name, without the task above each. */
  async texts(): Promise<Texts> {
    const files = await this.read(this.#name);
    return Object.fromEntries(Object.entries(files).map(([file, { text }]) => [file, withoutTask(text)]));
  }

  /** Nothing is written once the exam has ended: the files are the candidate's. */
  async put(name: string, files: Texts, keep: boolean): Promise<readonly string[]> {
    return this.#atEnd === null ? this.#workspace.put(name, files, keep) : [];
  }

  putGiven(name: string, files: Texts): Promise<readonly string[]> {
    return this.#workspace.putGiven(name, files);
  }

  tryOut(name: string): Promise<void> {
    return this.#workspace.tryOut(name);
  }

  /** Why one of the files cannot be read; null when all can be. A file that was deleted is not one of them. */
  async unreadable(): Promise<Problem | null> {
    try {
      await this.texts();
      return null;
    } catch (error) {
      return asTutorError(error).problem;
    }
  }

  /** A save goes to the engine, when one watches the folder, or else to `onSaved`; and to `onChange` in any case. */
  async begin(onSaved: () => void, onChange: () => void): Promise<void> {
    if (this.#atEnd !== null) return;
    this.#stop ??= this.#workspace.watch(this.#name, () => {
      if (this.#atEnd !== null) return;
      onChange();
      if (this.#engine.size === 0) onSaved();
      for (const each of [...this.#engine]) each();
    });
    await this.#stop;
  }

  async watch(_name: string, onChange: () => void): Promise<() => Promise<void>> {
    this.#engine.add(onChange);
    return async () => void this.#engine.delete(onChange);
  }

  /** From here on the files are these, or as they are now, whatever is saved. */
  async freeze(files?: Texts): Promise<Texts> {
    this.#atEnd ??= files ?? (await this.texts());
    return this.#atEnd;
  }

  async dispose(): Promise<void> {
    await (await this.#stop)?.();
  }
}

export function sameTexts(a: Texts, b: Texts): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
}
