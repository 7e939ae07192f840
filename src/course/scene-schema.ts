/**
 * What a scene may say: manifests, calls and checks in one file, in the lessons' vocabulary. A scene is what a team keeps
 * in its CI, and what is attached to a question: somebody else's file, whoever reads it. docs/scenes.md explains it.
 */
import * as z from 'zod';
import { world } from './scene-world.ts';
import { anyExpectation, call, clients, duration, idText, objectName } from './schema.ts';

/** The version of scene files. A scene in a newer one is refused before anything else of it is read. */
export const SCENE_FORMAT = 1;

/** Most objects of all manifests of a scene. */
export const MOST_OBJECTS = 300;

/**
 * A manifest: a file or a folder, by its path relative to the scene, or the text itself, which has more than one line.
 * What lies outside the scene's folder is refused when it is read.
 */
const manifest = z
  .string()
  .max(64 * 1024)
  .refine(text => text.includes('\n') || /^[A-Za-z0-9_./-]{1,200}$/.test(text), {
    message: 'a path of letters, digits, dots, dashes and underscores, or the text of a manifest',
  })
  .describe('a file or a folder, relative to the scene; or the text of a manifest');

const deployment = z.string().max(128).describe("one of the servers: 'safedata-stable', or of `world`");

/** A stranger's scene must not hold a CI for ever. */
function isShort(duration: string): boolean {
  const unit = /ms$/.test(duration) ? 1 : /s$/.test(duration) ? 1000 : 60_000;
  return Number.parseFloat(duration) * unit <= 600_000;
}

const change = z.union([
  z.strictObject({
    apply: manifest,
    refused: z
      .string()
      .min(3)
      .max(300)
      .optional()
      .describe('the API must refuse it, with these words among its own'),
  }),
  z.strictObject({
    remove: z.strictObject({
      kind: z.string().max(64),
      name: objectName,
      namespace: z.string().max(63).optional(),
    }),
  }),
  z.strictObject({ scale: z.strictObject({ deployment, replicas: z.number().int().min(0).max(3) }) }),
  z.strictObject({
    env: z.strictObject({
      deployment,
      name: z.enum(['APP_VERSION', 'FIREWALL']).describe('what the servers read'),
      value: z.string().max(64),
    }),
  }),
  z.strictObject({
    pause: duration.refine(isShort, 'ten minutes at most').describe("wait so long: '2s'"),
  }),
]);
export type SceneChange = z.infer<typeof change>;

const sceneCall = call.extend({ title: z.string().max(80).optional() });

const check = z.strictObject({
  id: idText.describe('name within the scene; JUnit and --only use it'),
  title: z.string().max(80),
  call: z.union([idText.describe('one of `calls`, by its name'), call]),
  expect: anyExpectation,
});

const changes = z.strictObject({
  change: z.array(change).min(1).max(20).describe('what is done before the checks below it'),
});

export const scene = z
  .strictObject({
    format: z.literal(SCENE_FORMAT),
    title: z.string().min(1).max(80),
    about: z.string().max(2000).optional().describe('what the scene shows, and where it comes from'),
    clients,
    world: world.optional(),
    start: z.array(change).max(20).optional().describe('done before the manifests are applied'),
    manifests: z.array(manifest).max(100).optional(),
    calls: z.record(idText, sceneCall).optional().describe('calls to look at, by name; a check may name one'),
    checks: z
      .array(z.union([check, changes]))
      .max(200)
      .optional()
      .describe('in this order; a `change` stands between them'),
  })
  .refine(s => s.world === undefined || s.clients === undefined, {
    message: 'the clients of a world are listed in it: world.clients',
    path: ['clients'],
  })
  .refine(s => Object.keys(s.calls ?? {}).length <= 100, { message: 'at most 100 calls', path: ['calls'] })
  .refine(s => (s.checks ?? []).length + Object.keys(s.calls ?? {}).length > 0, {
    message: 'has neither checks nor calls',
    path: ['checks'],
  });
export type SceneFile = z.infer<typeof scene>;
