/** A loaded scene: plain values, no file is touched after loading. */
import type { ObjectRef } from '../kube/client.ts';
import type { UserError } from '../shared/errors.ts';
import type { TeamWorld } from '../world/team-world.ts';
import type { SceneFile } from './scene-schema.ts';
import type { SceneWorld } from './scene-world.ts';
import type { Call, Check } from './schema.ts';

/** A text of manifests; its lines are those of the file, what is left out is blank. */
export interface SceneManifest {
  /** As messages call it. */
  readonly file: string;
  readonly text: string;
}

export type SceneAction =
  | {
      readonly do: 'apply';
      readonly manifests: readonly SceneManifest[];
      /** The API must refuse something in them, with these words. */
      readonly refused?: string | undefined;
    }
  | { readonly do: 'remove'; readonly ref: ObjectRef }
  | { readonly do: 'scale'; readonly deployment: string; readonly replicas: number }
  | { readonly do: 'env'; readonly deployment: string; readonly name: string; readonly value: string }
  | { readonly do: 'pause'; readonly duration: string };

export type SceneStep = { readonly checks: readonly Check[] } | { readonly actions: readonly SceneAction[] };

export interface NamedCall {
  readonly name: string;
  readonly title: string;
  readonly call: Call;
}

export interface Scene extends Pick<SceneFile, 'title' | 'about'> {
  /** As messages and reports call it: the file as it was named on the command line. */
  readonly file: string;
  /** Further clients of the lab's world, by their short names. */
  readonly clients: readonly string[];
  /** Null: the lab's world. */
  readonly world: TeamWorld | null;
  /** The same as the file describes it. */
  readonly worldAsWritten: SceneWorld | null;
  /** What is done and checked, in order; what the manifests and `start` say comes first. */
  readonly steps: readonly SceneStep[];
  /** Calls to look at that no check names. */
  readonly calls: readonly NamedCall[];
  /** Objects of the manifests that are not applied, as 'Deployment/users (k8s/all.yaml, line 3)'. */
  readonly leftOut: readonly string[];
  /** Why it can run in the sandbox alone; null: it keeps to what a course may say, and runs everywhere. */
  readonly sandboxOnly: UserError | null;
}

/** The checks of all steps, in order. */
export function checksOf({ steps }: Pick<Scene, 'steps'>): readonly Check[] {
  return steps.flatMap(step => ('checks' in step ? step.checks : []));
}
