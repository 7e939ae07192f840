/**
 * Reads a scene: its file, and the manifests that it names. After that no file is touched again. Whatever is wrong is a
 * UserError with file, line, column and field.
 */
import { dirname } from 'node:path';
import { kindNamed } from '../kube/kinds.ts';
import { UserError } from '../shared/errors.ts';
import { courseNamespaces, notForCourses } from './allowed-objects.ts';
import { SCENE_FILE } from './file-kind.ts';
import type { NamedCall, Scene, SceneAction, SceneStep } from './scene.ts';
import { SceneReader, type SceneText, unprintableIn } from './scene-files.ts';
import { ManifestReader } from './scene-manifests.ts';
import { SceneNames } from './scene-names.ts';
import { SCENE_FORMAT, type SceneChange, type SceneFile, scene as sceneSchema } from './scene-schema.ts';
import type { Call, Check } from './schema.ts';
import { planOf, wrongPlan } from './world-plan.ts';
import { fieldName, lessonError, readYaml, validateYaml, type YamlFile } from './yaml-file.ts';

/** `root`: the folder that the scene may read in; its own unless given. */
export async function loadScene(file: string, root: string | undefined): Promise<Scene> {
  const reader = new SceneReader(root ?? dirname(file));
  const text = await reader.file(file);
  const yaml = readYaml(text.text, file, SCENE_FILE);
  refuseNewer(yaml, file);
  const odd = unprintableIn(yaml.value, []);
  if (odd !== null)
    throw lessonError(
      file,
      yaml.place(odd),
      fieldName(odd),
      'There is a control character in it.',
      SCENE_FILE,
    );
  const parsed = validateYaml(sceneSchema, yaml, file, SCENE_FILE);
  return new Loading(text, yaml, parsed, reader).scene();
}

function refuseNewer({ value }: YamlFile, file: string): void {
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format !== 'number' || format <= SCENE_FORMAT) return;
  throw new UserError({
    what: `${file} is of format ${format}, and this istio-tutor reads format ${SCENE_FORMAT}.`,
    why: 'It was written for a newer version.',
    next: ['npm install -g istio-tutor   installs the newest', 'istio-tutor version'],
  });
}

type ApplyAction = Extract<SceneAction, { do: 'apply' }>;

class Loading {
  readonly #file: string;
  readonly #text: string;
  readonly #yaml: YamlFile;
  readonly #scene: SceneFile;
  readonly #world: Scene['world'];
  readonly #manifests: ManifestReader;
  /** Those that a scene in the lab's world may write into on a cluster. */
  readonly #namespaces: readonly string[];
  readonly #names: SceneNames;
  readonly #leftOut: string[] = [];
  #beyondCourse: UserError | null = null;

  constructor({ name, text }: SceneText, yaml: YamlFile, scene: SceneFile, reader: SceneReader) {
    this.#file = name;
    this.#text = text;
    this.#yaml = yaml;
    this.#scene = scene;
    this.#world = scene.world === undefined ? null : planOf(scene.world);
    this.#namespaces = courseNamespaces(scene.clients);
    this.#manifests = new ManifestReader(reader, this.#world === null, this.#namespaces);
    this.#names = new SceneNames(this.#world, scene.clients ?? [], (path, why) => this.#fail(path, why));
  }

  async scene(): Promise<Scene> {
    const { title, about, clients = [], start = [], manifests = [], checks = [] } = this.#scene;
    this.#worldHolds();
    const first: SceneAction[] = [
      ...(await this.#actions(start, ['start'])),
      ...(await this.#applied(manifests, ['manifests'])),
    ];
    const steps: SceneStep[] = first.length > 0 ? [{ actions: first }] : [];
    this.#idsDiffer();
    for (const [i, each] of checks.entries()) {
      const path = ['checks', i];
      if ('change' in each) {
        steps.push({ actions: await this.#actions(each.change, [...path, 'change']) });
        continue;
      }
      const check = this.#check(each, path);
      const last = steps.at(-1);
      if (last !== undefined && 'checks' in last)
        steps[steps.length - 1] = { checks: [...last.checks, check] };
      else steps.push({ checks: [check] });
    }
    const calls = this.#calls();
    return {
      ...{ file: this.#file, title, about, clients, world: this.#world, steps, calls },
      worldAsWritten: this.#scene.world ?? null,
      ...{ leftOut: this.#leftOut, sandboxOnly: this.#sandboxOnly() },
    };
  }

  #fail(path: readonly PropertyKey[], why: string): never {
    throw lessonError(this.#file, this.#yaml.place(path), fieldName(path), why, SCENE_FILE);
  }

  #worldHolds(): void {
    const wrong = this.#world === null ? null : wrongPlan(this.#world);
    if (wrong !== null) this.#fail(wrong.path, wrong.why);
  }

  #idsDiffer(): void {
    const ids = (this.#scene.checks ?? []).map(each => ('change' in each ? null : each.id));
    ids.forEach((id, i) => {
      if (id !== null && ids.indexOf(id) !== i)
        this.#fail(['checks', i, 'id'], `The id "${id}" appears twice.`);
    });
  }

  async #actions(changes: readonly SceneChange[], at: readonly PropertyKey[]): Promise<SceneAction[]> {
    const actions: SceneAction[] = [];
    for (const [i, each] of changes.entries()) {
      const path = [...at, i];
      if ('apply' in each) {
        const applied = await this.#applied([each.apply], [...path, 'apply']);
        actions.push(...applied.map(one => ({ ...one, refused: each.refused })));
      } else if ('remove' in each) actions.push(this.#removed(each.remove, [...path, 'remove']));
      else if ('scale' in each) {
        this.#names.deployment(each.scale.deployment, [...path, 'scale', 'deployment']);
        actions.push({ do: 'scale', ...each.scale });
      } else if ('env' in each) {
        this.#names.deployment(each.env.deployment, [...path, 'env', 'deployment']);
        actions.push({ do: 'env', ...each.env });
      } else actions.push({ do: 'pause', duration: each.pause });
    }
    return actions;
  }

  /** `at` ends with the field of a single manifest, or of a list of them. */
  async #applied(texts: readonly string[], at: readonly PropertyKey[]): Promise<ApplyAction[]> {
    if (texts.length === 0) return [];
    const manifests = [];
    for (const [i, text] of texts.entries()) {
      const path = at.at(-1) === 'apply' ? at : [...at, i];
      const place = this.#yaml.place(path);
      const block = /[|>][+-]?\d?[+-]?\s*(#.*)?$/.test(this.#text.split('\n')[place.line - 1] ?? '');
      const where = {
        ...{ ...place, file: this.#file, folder: dirname(this.#file), field: fieldName(path) },
        firstLine: place.line + (block ? 1 : 0),
      };
      const read = await this.#manifests.read(text, where);
      manifests.push(...read.manifests);
      this.#leftOut.push(...read.leftOut);
    }
    return [{ do: 'apply', manifests }];
  }

  #removed(
    { kind, name, namespace }: { kind: string; name: string; namespace?: string | undefined },
    path: readonly PropertyKey[],
  ): SceneAction {
    const known = kindNamed(kind);
    if (known === null || known.kind === 'Deployment')
      this.#fail([...path, 'kind'], `A scene applies no kind "${kind}".`);
    const { apiVersion } = known;
    const home = this.#world?.clients[0]?.namespace ?? 'mesh-network';
    const ref = { apiVersion, kind: known.kind, name, namespace: namespace ?? home };
    const beyond = this.#world === null ? notForCourses(ref, this.#namespaces) : null;
    if (beyond !== null) this.#onlyHere(this.#yaml.place(path).line, this.#file, beyond);
    return { do: 'remove', ref };
  }

  #check(
    each: Exclude<NonNullable<SceneFile['checks']>[number], { change: unknown }>,
    path: readonly PropertyKey[],
  ): Check {
    const { id, title, expect } = each;
    this.#names.expectation(expect, [...path, 'expect']);
    if (typeof each.call !== 'string')
      return { id, title, expect, call: this.#call(each.call, [...path, 'call']) };
    const named = this.#scene.calls ?? {};
    this.#names.known(each.call, Object.keys(named), [...path, 'call'], 'call');
    const { title: _, ...call } = named[each.call] as Call & { title?: string };
    return { id, title, expect, call: this.#call(call, ['calls', each.call]) };
  }

  #calls(): NamedCall[] {
    const used = new Set((this.#scene.checks ?? []).map(each => ('call' in each ? each.call : null)));
    return Object.entries(this.#scene.calls ?? {}).flatMap(([name, { title = name, ...call }]) => {
      const ready = this.#call(call, ['calls', name]);
      return used.has(name) ? [] : [{ name, title, call: ready }];
    });
  }

  #call(call: Call, path: readonly PropertyKey[]): Call {
    const beyond = this.#names.call(call, path);
    if (beyond !== null) this.#onlyHere(this.#yaml.place(beyond.path).line, this.#file, beyond.why);
    return call;
  }

  #onlyHere(line: number, file: string, why: string): void {
    this.#beyondCourse ??= new UserError({
      what: `${this.#file} runs in the sandbox alone: ${file}:${line}`,
      why: `${why} On a cluster that others use, a scene keeps to what a course may say.`,
      next: ['leave --on out', SCENE_FILE.guide],
    });
  }

  #sandboxOnly(): UserError | null {
    if (this.#scene.world !== undefined) {
      const why = 'Its world has servers, Services and hosts of its own, which are made in the sandbox.';
      this.#onlyHere(this.#yaml.place(['world']).line, this.#file, why);
    }
    const { beyondCourse } = this.#manifests;
    if (beyondCourse !== null) this.#onlyHere(beyondCourse.line, beyondCourse.file, beyondCourse.why);
    return this.#beyondCourse;
  }
}
