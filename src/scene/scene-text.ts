/** A playground as the text of one scene file: its manifests stand in it, so that it can be sent to anybody. Pure. */
import { stringify } from 'yaml';
import type { NamedCall } from '../course/scene.ts';
import { SCENE_FORMAT } from '../course/scene-schema.ts';
import { UserError } from '../shared/errors.ts';
import type { PlayFile } from './play-files.ts';
import type { PlayState, ServerChange } from './playground.ts';

/** Throws a UserError for one that has no call: such a scene would show nothing. */
export function sceneText(state: PlayState, files: readonly PlayFile[]): string {
  const { title, about, clients, world, changes, calls } = state;
  if (calls.length === 0) {
    throw new UserError({
      what: 'There is no call in the playground yet, so the scene would show nothing.',
      next: ['c   sends one, which then belongs to it'],
    });
  }
  const scene = {
    format: SCENE_FORMAT,
    title,
    ...(about === undefined ? {} : { about }),
    ...(clients === undefined ? {} : { clients }),
    ...(world === undefined ? {} : { world }),
    ...(changes.length === 0 ? {} : { start: changes.flatMap(startOf) }),
    ...(files.length === 0 ? {} : { manifests: files.map(({ text }) => `${text.trimEnd()}\n`) }),
    calls: Object.fromEntries(calls.map(({ name, title: said, call }) => [name, callOf(name, said, call)])),
  };
  return stringify(scene, { lineWidth: 0 });
}

function callOf(name: string, title: string, call: NamedCall['call']) {
  return { ...(title === name ? {} : { title }), ...call };
}

/** A Service that is taken away is one that the scene removes. */
function startOf(change: ServerChange): object[] {
  if (!('service' in change)) return [change];
  const { name, present } = change.service;
  const namespace = name === 'catalog' ? 'mesh-network' : 'outside';
  return present ? [] : [{ remove: { kind: 'Service', name, namespace } }];
}
