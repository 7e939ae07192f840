/** A scene in the world that it is run in: addresses and namespaces put in. Pure. */
import type { WorldNames } from '../world/names.ts';
import { fill, fillAll, fillKnown, ownNamespace, withNamespaces } from './manifest.ts';
import type { Scene, SceneAction, SceneStep } from './scene.ts';
import type { Call } from './schema.ts';

/** A scene with a world of its own is as it was written; one in the lab's is about this learner's lab. */
export function readyScene(
  scene: Scene,
  names: WorldNames,
  placeholders: Readonly<Record<string, string>>,
): Scene {
  if (scene.world !== null) return scene;
  const call = (each: Call): Call => ({ ...each, curl: each.curl.map(arg => fillKnown(arg, placeholders)) });
  const action = (each: SceneAction): SceneAction => {
    if (each.do === 'apply') {
      const manifests = each.manifests.map(({ file, text }) => ({
        file,
        text: fill(withNamespaces(text, names), placeholders),
      }));
      return { ...each, manifests };
    }
    if (each.do !== 'remove') return each;
    return { ...each, ref: { ...each.ref, namespace: ownNamespace(each.ref.namespace ?? '', names) } };
  };
  const step = (each: SceneStep): SceneStep =>
    'actions' in each
      ? { actions: each.actions.map(action) }
      : {
          checks: each.checks.map(check => ({
            ...check,
            call: call(check.call),
            expect: fillAll(check.expect, placeholders),
          })),
        };
  return {
    ...scene,
    steps: scene.steps.map(step),
    calls: scene.calls.map(each => ({ ...each, call: call(each.call) })),
  };
}
