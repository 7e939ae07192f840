/**
 * The manifests of a scene: read, parsed, counted, and without what has no part in routing. A team's folder has
 * Deployments, roles and much else beside; servers come from the scene's world.
 */
import { join } from 'node:path';
import { isIstio, shortName } from '../kube/kinds.ts';
import { UserError } from '../shared/errors.ts';
import { wrongObject } from './allowed-objects.ts';
import { SCENE_FILE } from './file-kind.ts';
import { STAND_INS } from './lab-hosts.ts';
import { fillKnown, type ManifestObject, parseManifest } from './manifest.ts';
import type { SceneManifest } from './scene.ts';
import type { SceneReader } from './scene-files.ts';
import { MOST_OBJECTS } from './scene-schema.ts';
import { lessonError, type SourcePlace } from './yaml-file.ts';

export interface ReadManifests {
  readonly manifests: readonly SceneManifest[];
  readonly leftOut: readonly string[];
}

interface Place extends SourcePlace {
  /** The scene's file, and its folder. */
  readonly file: string;
  readonly folder: string;
  /** The field that the manifest stands in. */
  readonly field: string;
  /** The line of the scene's file in which the text of an inline manifest begins. */
  readonly firstLine: number;
}

/** Reads a scene's manifests one after the other; its methods throw UserErrors with file and line. */
export class ManifestReader {
  readonly #reader: SceneReader;
  /** Whether the scene has the lab's world, whose placeholders are put in. */
  readonly #lab: boolean;
  readonly #namespaces: readonly string[];
  #objects = 0;
  /** The first thing that a course may not say: such a scene runs in the sandbox alone. */
  beyondCourse: { readonly file: string; readonly line: number; readonly why: string } | null = null;

  constructor(reader: SceneReader, lab: boolean, namespaces: readonly string[]) {
    this.#reader = reader;
    this.#lab = lab;
    this.#namespaces = namespaces;
  }

  /** `text`: a path, or a manifest itself. */
  async read(text: string, place: Place): Promise<ReadManifests> {
    if (text.includes('\n')) {
      // So that lines are counted as in the scene's file.
      const inline = { name: place.file, text: '\n'.repeat(place.firstLine - 1) + text };
      return together([this.#one(inline, place)]);
    }
    if (text.startsWith('/'))
      throw lessonError(place.file, place, place.field, 'A path is relative to the scene.', SCENE_FILE);
    const files = await this.#files(text, place);
    return together(files.map(file => this.#one(file, place)));
  }

  /** Whoever reads that a file is refused wants to know which line of the scene names it. */
  async #files(path: string, { file, folder, line, column, field }: Place) {
    try {
      return await this.#reader.manifests(join(folder, path));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, why, next } = error.problem;
      const from = `${file}:${line}:${column} names it (${field}).`;
      throw new UserError({ what, why: why === undefined ? from : `${why} ${from}`, next }, error);
    }
  }

  #one(file: { readonly name: string; readonly text: string }, place: Place): ReadManifests {
    const { name, text } = file;
    this.#refuseTemplates(name, text);
    const objects = parseManifest(fillKnown(text, this.#lab ? STAND_INS : {}), name);
    this.#objects += objects.length;
    if (this.#objects > MOST_OBJECTS) {
      const which = name === place.file ? 'this manifest' : name;
      const why = `With ${which} the scene has ${this.#objects} objects, and at most ${MOST_OBJECTS} are read.`;
      throw lessonError(place.file, place, place.field, why, SCENE_FILE);
    }
    const odd = objects.filter(each => !isApplied(each));
    for (const each of objects) if (!odd.includes(each)) this.#look(each, name);
    return {
      manifests: [{ file: name, text: without(text, odd) }],
      leftOut: odd.map(({ ref, line }) => `${shortName(ref)} (${name}, line ${line})`),
    };
  }

  #look(each: ManifestObject, file: string): void {
    if (this.beyondCourse !== null || !this.#lab) return;
    const wrong = wrongObject(each, this.#namespaces);
    if (wrong !== null)
      this.beyondCourse = { file, line: each.lineOf(wrong.field) ?? each.line, why: wrong.why };
  }

  #refuseTemplates(file: string, text: string): void {
    const found = placeholders(text).find(({ name }) => !this.#lab || !Object.hasOwn(STAND_INS, name));
    if (found === undefined) return;
    const { line, whole } = found;
    throw lessonError(file, { line, column: 1 }, null, unknownPlaceholder(whole, this.#lab), SCENE_FILE);
  }
}

export function unknownPlaceholder(whole: string, lab: boolean): string {
  const known = lab ? ` There are ${Object.keys(STAND_INS).join(', ')}.` : '';
  return `There is no placeholder ${whole}: a template is rendered first (helm template, kustomize build).${known}`;
}

/** Everything in double braces, with its line. */
export function placeholders(
  text: string,
): { readonly whole: string; readonly name: string; readonly line: number }[] {
  return [...text.matchAll(/\{\{-?\s*([^}\n]{0,60})\}?\}?/g)].map(match => ({
    whole: match[0],
    name: (match[1] ?? '').trim(),
    line: text.slice(0, match.index).split('\n').length,
  }));
}

/** What routes, and the Services that are routed to; of ConfigMaps the mesh's own. */
function isApplied({ ref }: ManifestObject): boolean {
  const { apiVersion, kind, name, namespace } = ref;
  if (apiVersion === 'v1')
    return kind === 'Service' || (kind === 'ConfigMap' && name === 'istio' && namespace === 'istio-system');
  return isIstio(ref) || !OTHERS.some(group => apiVersion.startsWith(`${group}/`));
}

/** Groups that have no say in where a call goes. What is in none of them, and not known either, is refused by the API. */
const OTHERS = [
  ...['apps', 'autoscaling', 'batch', 'policy', 'networking.k8s.io', 'rbac.authorization.k8s.io'],
  ...[
    'storage.k8s.io',
    'scheduling.k8s.io',
    'coordination.k8s.io',
    'cert-manager.io',
    'monitoring.coreos.com',
  ],
];

/** The text with these objects' lines empty. */
function without(text: string, objects: readonly ManifestObject[]): string {
  if (objects.length === 0) return text;
  const lines = text.split('\n');
  for (const { line } of objects) {
    for (
      let at = line - 1;
      at < lines.length && (at === line - 1 || !/^---(\s|$)/.test(lines[at] ?? ''));
      at++
    )
      lines[at] = '';
  }
  return lines.join('\n');
}

function together(all: readonly ReadManifests[]): ReadManifests {
  return { manifests: all.flatMap(each => each.manifests), leftOut: all.flatMap(each => each.leftOut) };
}
