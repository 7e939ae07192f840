/** What the schema of a lesson or a drill cannot say: that names refer to something. */
import { join } from 'node:path';
import { type ApiKind, kindNamed } from '../kube/kinds.ts';
import { courseCalls, wrongCall } from './allowed-calls.ts';
import { courseNamespaces, notForCourses, wrongObject } from './allowed-objects.ts';
import { CALL_STAND_INS, STAND_INS } from './lab-hosts.ts';
import { fillKnown, parseManifest } from './manifest.ts';
import type { Again, Call, Change, Expectation, Step, StepOf } from './schema.ts';
import { fieldName, lessonError, type YamlFile } from './yaml-file.ts';

/** What a fix step and a drill have in common. */
type Repair = Omit<StepOf<'fix'>, 'kind' | 'id' | 'title' | 'order'>;

/** Checks one file. Each method throws a UserError with file, line and field. */
export class Checker {
  readonly #namespaces: readonly string[];
  readonly #yaml: YamlFile;
  readonly #name: string;
  readonly #files: Readonly<Record<string, string>>;
  readonly #clients: readonly string[];

  constructor(
    yaml: YamlFile,
    name: string,
    files: Readonly<Record<string, string>>,
    clients: readonly string[] = [],
  ) {
    this.#yaml = yaml;
    this.#name = name;
    this.#files = files;
    this.#clients = clients;
    this.#namespaces = courseNamespaces(clients);
  }

  #fail(path: readonly PropertyKey[], why: string): never {
    throw lessonError(this.#name, this.#yaml.place(path), fieldName(path), why);
  }

  unique(ids: readonly string[], path: readonly PropertyKey[]): void {
    ids.forEach((id, i) => {
      if (ids.indexOf(id) !== i) this.#fail([...path, i, 'id'], `The id "${id}" appears twice.`);
    });
  }

  file(path: string, at: readonly PropertyKey[]): void {
    const content = this.#files[path];
    if (content === undefined) {
      const near = Object.keys(this.#files).filter(f => f.split('/').at(-1) === path.split('/').at(-1));
      this.#fail(at, `There is no file ${path}.${near.length > 0 ? ` There is ${near.join(', ')}.` : ''}`);
    }
    // Through the same parser as at run time, so that a typo in a manifest is found now, not in the middle of a lesson.
    const name = join(this.#name, '..', path);
    for (const each of parseManifest(fillKnown(content, STAND_INS), name)) {
      const wrong = wrongObject(each, this.#namespaces);
      if (wrong === null) continue;
      const line = each.lineOf(wrong.field) ?? each.line;
      throw lessonError(name, { line, column: 1 }, wrong.field, wrong.why);
    }
  }

  /** The files, checks and answers of a fix or a drill. */
  repair(step: Repair, path: readonly PropertyKey[]): void {
    const ids = step.checks.map(c => c.id);
    this.unique(ids, [...path, 'checks']);
    step.checks.forEach((c, i) => {
      this.call(c.call, [...path, 'checks', i, 'call']);
      this.expectation(c.expect, [...path, 'checks', i, 'expect']);
    });
    for (const field of ['files', 'solution'] as const) {
      step[field].forEach((f, i) => {
        this.file(f, [...path, field, i]);
      });
      this.#bases(step[field], [...path, field]);
    }
    step.remove?.forEach((r, i) => {
      this.#removal(r, [...path, 'remove', i]);
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
          this.#fail([...path, 'nearMisses', i, 'fails', j], `There is no check "${id}".`);
      });
    });
  }

  changes(changes: readonly Change[], path: readonly PropertyKey[]): void {
    changes.forEach((each, i) => {
      this.#change(each, [...path, i]);
    });
  }

  #change(change: Change, path: readonly PropertyKey[]): void {
    if ('apply' in change) this.file(change.apply, [...path, 'apply']);
    if ('remove' in change) this.#removal(change.remove, [...path, 'remove']);
    if ('service' in change && change.service.name === 'client') {
      this.#fail([...path, 'service', 'name'], 'The client has no Service.');
    }
  }

  kind(kind: string, path: readonly PropertyKey[]): ApiKind {
    return kindNamed(kind) ?? this.#fail([...path, 'kind'], `There is no kind "${kind}".`);
  }

  /** An object that is removed: one that the course could have made. */
  #removal(
    {
      kind,
      name,
      namespace = 'mesh-network',
    }: { kind: string; name: string; namespace?: string | undefined },
    path: readonly PropertyKey[],
  ): void {
    const ref = { ...this.kind(kind, path), name, namespace };
    const why = notForCourses(ref, this.#namespaces);
    if (why !== null) this.#fail(path, why);
  }

  call(call: Call, path: readonly PropertyKey[]): void {
    const argv = call.curl.map(arg => fillKnown(arg, CALL_STAND_INS));
    const wrong = wrongCall(argv, courseCalls([CALL_STAND_INS.mesh, CALL_STAND_INS.outside]));
    if (wrong !== null) this.#fail([...path, 'curl', wrong.at], wrong.why);
    if (call.from === undefined || this.#clients.includes(call.from)) return;
    const known = this.#clients.length === 0 ? 'none are named' : this.#clients.join(', ');
    this.#fail([...path, 'from'], `There is no client "${call.from}"; under \`clients\` ${known}.`);
  }

  /** Fields that belong together or exclude each other. */
  expectation(expect: Expectation, path: readonly PropertyKey[]): void {
    if (
      expect.sequence !== undefined &&
      expect.repeat !== undefined &&
      expect.sequence.length !== expect.repeat
    ) {
      this.#fail(
        [...path, 'sequence'],
        `It describes ${expect.sequence.length} transfers, and repeat is ${expect.repeat}.`,
      );
    }
  }

  step(step: Step, path: readonly PropertyKey[]): void {
    switch (step.kind) {
      case 'predict':
        this.#question(step, path);
        this.#provable(step, path);
        if (step.again === undefined) return;
        this.#question(step.again, [...path, 'again']);
        if (step.again.call !== undefined)
          this.#provable({ ...step.again, call: step.again.call }, [...path, 'again']);
        return;
      case 'apply':
        this.changes(step.changes, [...path, 'changes']);
        if (step.refusal !== undefined && step.effect !== 'refused-by-api') {
          this.#fail([...path, 'refusal'], 'Only with effect: refused-by-api are there words of a refusal.');
        }
        return;
      case 'probe':
        this.call(step.call, [...path, 'call']);
        this.expectation(step.expect, [...path, 'expect']);
        return;
      case 'fix':
        this.repair(step, path);
        return;
      case 'inspect':
        if (step.look === 'object') {
          if (step.object === undefined) this.#fail([...path, 'look'], 'look: object needs `object`.');
          this.kind(step.object.kind, [...path, 'object']);
        }
        return;
      case 'read':
      case 'recap':
        return;
    }
  }

  #question(
    { options, announced }: Pick<Again, 'options' | 'announced'>,
    path: readonly PropertyKey[],
  ): void {
    if (announced > options.length)
      this.#fail([...path, 'announced'], `There are only ${options.length} options.`);
    if (options[announced - 1]?.because !== undefined) {
      const why = 'This option is the right one: `because` is for those that are not.';
      this.#fail([...path, 'options', announced - 1, 'because'], why);
    }
    const says = options.map(each => each.say);
    says.forEach((say, i) => {
      if (says.indexOf(say) !== i) this.#fail([...path, 'options', i, 'say'], 'Two options say the same.');
    });
  }

  /** A question whose answer a call proves. */
  #provable(
    { call, options }: Pick<StepOf<'predict'>, 'call' | 'options'>,
    path: readonly PropertyKey[],
  ): void {
    this.call(call, [...path, 'call']);
    const open = options.filter(o => o.expect === undefined).length;
    if (open > 1)
      this.#fail([...path, 'options'], 'Only one option can be "none of the others" (have no expect).');
    options.forEach((o, i) => {
      if (o.expect !== undefined) this.expectation(o.expect, [...path, 'options', i, 'expect']);
    });
  }

  /** Base names are the file names in the learner's folder, so they must differ. */
  #bases(paths: readonly string[], at: readonly PropertyKey[]): void {
    // Some disks ignore case.
    const names = paths.map(p => p.split('/').at(-1)?.toLowerCase());
    names.forEach((n, i) => {
      if (names.indexOf(n) !== i)
        this.#fail([...at, i], `Two files are named ${paths[i]?.split('/').at(-1)}.`);
    });
  }
}
