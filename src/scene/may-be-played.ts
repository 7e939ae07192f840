/** Whether the playground would apply what a scene has: asked when it is opened, before anything is moved aside. Pure. */
import { courseNamespaces } from '../course/allowed-objects.ts';
import { SCENE_FILE } from '../course/file-kind.ts';
import { STAND_INS } from '../course/lab-hosts.ts';
import { fillKnown, parseManifest } from '../course/manifest.ts';
import type { Scene } from '../course/scene.ts';
import type { ObjectRef } from '../kube/client.ts';
import { isIstio, shortName } from '../kube/kinds.ts';
import { beyond } from '../lesson/bounds.ts';
import { UserError } from '../shared/errors.ts';

/** Throws a UserError that names file, line and object. What the scene itself says is refused is not looked at. */
export function mayBePlayed({ clients, world, steps }: Pick<Scene, 'clients' | 'world' | 'steps'>): void {
  const actions = steps.flatMap(step => ('actions' in step ? step.actions : []));
  const applied = actions.flatMap(each =>
    each.do === 'apply' && each.refused === undefined ? each.manifests : [],
  );
  for (const { file, text } of applied) {
    for (const { ref, line } of parseManifest(fillKnown(text, world === null ? STAND_INS : {}), file)) {
      const why = world === null ? beyond(ref, courseNamespaces(clients)) : unknownKind(ref);
      if (why === null) continue;
      throw new UserError({
        what: `${file}, line ${line}: ${shortName(ref)} cannot be applied in the playground.`,
        why: `${why} Nothing was changed.`,
        next: ['Take the object out, or put it where the scene may write.', SCENE_FILE.guide],
      });
    }
  }
}

/** A world of its own is in the sandbox alone, where a scene may write into every namespace. */
function unknownKind(ref: ObjectRef): string | null {
  if (isIstio(ref) || ref.apiVersion === 'v1') return null;
  return `${ref.kind} of ${ref.apiVersion} is not one of the kinds that route traffic.`;
}
