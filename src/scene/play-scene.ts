/**
 * From a scene to a playground: its manifests are files, its calls and those of its checks are there to choose from.
 * Pure.
 */
import type { NamedCall, Scene, SceneAction } from '../course/scene.ts';
import { mayBePlayed } from './may-be-played.ts';
import { type PlayFile, playFiles } from './play-files.ts';
import type { PlayState, ServerChange } from './playground.ts';

export interface Played {
  readonly state: PlayState;
  readonly files: readonly PlayFile[];
  /** What of it the playground does not do, in sentences. */
  readonly leftOut: readonly string[];
}

/**
 * The scene as it is before its first check that has anything applied before it. What happens further down, between its
 * checks, is for `istio-tutor test`. Throws a UserError for an object that the playground would not apply: whoever
 * opens the scene has lost nothing yet.
 */
export function playScene(scene: Scene): Played {
  const { title, about, clients, worldAsWritten, steps, calls, leftOut } = scene;
  mayBePlayed(scene);
  const applied = steps.findIndex(
    step => 'actions' in step && step.actions.some(each => each.do === 'apply'),
  );
  const first = steps.findIndex((step, at) => 'checks' in step && at > applied);
  const before = steps.slice(0, first < 0 ? steps.length : first);
  const actions = before.flatMap(step => ('actions' in step ? step.actions : []));
  const later = steps.slice(before.length).flatMap(step => ('actions' in step ? step.actions : []));
  const checked = steps.flatMap(step => ('checks' in step ? step.checks : []));
  const named: NamedCall[] = [
    ...calls,
    ...checked.map(({ id, title: text, call }) => ({ name: id, title: text, call })),
  ];
  const unlike = [...actions.filter(each => each.do === 'remove' || refused(each)), ...later];
  return {
    state: {
      title,
      about,
      ...(clients.length === 0 ? {} : { clients: [...clients] }),
      ...(worldAsWritten === null ? {} : { world: worldAsWritten }),
      changes: actions.flatMap(changeOf),
      calls: named.filter(({ name }, i) => named.findIndex(each => each.name === name) === i),
    },
    files: playFiles(actions.flatMap(each => (each.do === 'apply' && !refused(each) ? each.manifests : []))),
    leftOut: [
      ...leftOut.map(what => `${what} is left out.`),
      ...(unlike.length === 0
        ? []
        : [`What it changes between its checks is not done (${unlike.length}): istio-tutor test does.`]),
    ],
  };
}

const refused = (action: SceneAction) => action.do === 'apply' && action.refused !== undefined;

function changeOf(action: SceneAction): ServerChange[] {
  if (action.do === 'scale') {
    const { deployment, replicas } = action;
    return [{ scale: { deployment, replicas } }];
  }
  if (action.do !== 'env') return [];
  const { deployment, name, value } = action;
  return name === 'APP_VERSION' || name === 'FIREWALL' ? [{ env: { deployment, name, value } }] : [];
}
