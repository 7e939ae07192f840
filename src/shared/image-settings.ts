/**
 * Which images are used where the defaults will not do: in rooms without internet, behind a private registry. Taken
 * from the environment, else from images.yaml in the data folder, which `up` writes from its flags. A setting that is
 * missing means the image named where it is used, or Istio's own hub and tag.
 */
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import * as z from 'zod';
import { UserError } from './errors.ts';
import { readIfThereSync } from './files/read.ts';
import { reasonOf } from './files/reason.ts';
import { tilde } from './paths.ts';
import { issueText, schemaWords } from './schema-words.ts';

const image = z
  .string()
  .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?(@sha256:[0-9a-f]{64})?$/, 'not a valid image name');

const schema = z.strictObject({
  /** The kind node: 'kindest/node:v1.34.0'. */
  node: image.optional(),
  /** The client's container. */
  curl: image.optional(),
  /** The API servers: an image with Node. */
  server: image.optional(),
  istioHub: image.optional(),
  istioTag: z
    .string()
    .regex(/^[\w.-]+$/, 'not a valid image tag')
    .optional(),
});
export type ImageSettings = Readonly<z.infer<typeof schema>>;

/** Each setting's variable and flag. */
const IMAGE_NAMES = {
  node: { variable: 'ISTIO_TUTOR_NODE_IMAGE', flag: '--node-image' },
  curl: { variable: 'ISTIO_TUTOR_CURL_IMAGE', flag: '--curl-image' },
  server: { variable: 'ISTIO_TUTOR_SERVER_IMAGE', flag: '--server-image' },
  istioHub: { variable: 'ISTIO_TUTOR_ISTIO_HUB', flag: '--istio-hub' },
  istioTag: { variable: 'ISTIO_TUTOR_ISTIO_TAG', flag: '--istio-tag' },
} as const;
type Name = keyof typeof IMAGE_NAMES;
const NAMES = Object.keys(IMAGE_NAMES) as Name[];

const fileOf = (data: string) => join(data, 'images.yaml');

/** Throws a UserError that names the variable, or the file and its field. */
export function imageSettings(data: string, env: NodeJS.ProcessEnv = process.env): ImageSettings {
  const told = Object.fromEntries(
    NAMES.flatMap(name => {
      const value = env[IMAGE_NAMES[name].variable];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
  const path = fileOf(data);
  return { ...settingsIn(path, textOf(path)), ...checked(told, name => IMAGE_NAMES[name].variable) };
}

/** The text of the data folder's images.yaml with the settings from flags: those not given, and its comments, stay. */
export function withFlags(data: string, flags: ImageSettings): { path: string; text: string } {
  const path = fileOf(data);
  const text = textOf(path);
  settingsIn(path, text);
  const document = parseDocument(text ?? '');
  for (const [name, value] of Object.entries(checked(flags, name => IMAGE_NAMES[name].flag))) {
    document.set(name, value);
  }
  return { path, text: document.toString() };
}

function textOf(path: string): string | null {
  try {
    return readIfThereSync(path);
  } catch (error) {
    throw wrong(`${tilde(path)} cannot be read.`, reasonOf(error, path));
  }
}

function settingsIn(path: string, text: string | null): ImageSettings {
  if (text === null) return {};
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    throw wrong(`${tilde(path)} cannot be read.`, (error as Error).message);
  }
  const parsed = schema.safeParse(value, { error: schemaWords });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw wrong(`${tilde(path)} does not say which images to use.`, issueText(issue));
}

function checked(settings: object, sourceOf: (name: Name) => string): ImageSettings {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const name = String(parsed.error.issues[0]?.path[0]) as Name;
  const value = (settings as Record<string, string>)[name];
  throw wrong(
    `${sourceOf(name)} ${JSON.stringify(value)} cannot be used.`,
    `It is ${parsed.error.issues[0]?.message}.`,
  );
}

function wrong(what: string, why: string): UserError {
  return new UserError({ what, why, next: ['istio-tutor images   lists what is used, and how it is set'] });
}
