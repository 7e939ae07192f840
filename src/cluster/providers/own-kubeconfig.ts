/**
 * Kubeconfigs that we write, and remove again: in our data folder, or where the user wants one. kubectl, kind and
 * others add to whatever file $KUBECONFIG names, so what is there may have become more than ours. Such a file is
 * neither overwritten nor removed, and a symbolic link is not followed to somebody else's file.
 */
import { lstatSync, readlinkSync, rmSync } from 'node:fs';
import { parseDocument } from 'yaml';
import * as z from 'zod';
import { UserError } from '../../shared/errors.ts';
import { readIfThereSync } from '../../shared/files/read.ts';
import { isAbsence, reasonOf } from '../../shared/files/reason.ts';
import { tilde } from '../../shared/paths.ts';
import { writeOurFile } from './record.ts';

export interface OwnKubeconfig {
  readonly path: string;
  readonly context: string;
  /** The name of the cluster entry and the user entry; unless given, what the context calls them. */
  readonly entry?: string;
  /** How the comments begin that we put above it. */
  readonly heading?: readonly string[];
}

const list = <K extends string>(key: K, value: z.ZodType) =>
  z
    .array(z.object({ name: z.string().optional(), [key]: value }))
    .nullish()
    .transform(entries => entries ?? []);
const kubeconfig = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Config'),
  'current-context': z.string().nullish(),
  preferences: z.record(z.string(), z.unknown()).nullish(),
  contexts: list(
    'context',
    z.object({ cluster: z.string().optional(), user: z.string().optional() }).nullish(),
  ),
  clusters: list('cluster', z.unknown()),
  users: list('user', z.unknown()),
});

/** How the first line of a kubeconfig begins that names the process behind it. */
export const KEPT_BY = '# The sandbox of istio-tutor, process ';

/** Why this text is more than the one context that we write, or something else; null: it is just that, or empty. */
export function foreignIn(
  text: string,
  { context, entry, heading = [KEPT_BY] }: Omit<OwnKubeconfig, 'path'>,
): string | null {
  const document = parseDocument(text);
  const parsed = document.errors.length > 0 ? null : kubeconfig.safeParse(document.toJS());
  if (!parsed?.success) return 'It is not a kubeconfig that istio-tutor wrote.';
  const { contexts, clusters, users, preferences } = parsed.data;
  const own = contexts.find(each => each.name === context)?.context as
    | { readonly cluster?: string; readonly user?: string }
    | undefined;
  const others = [
    ...contexts.filter(each => each.name !== context).map(each => `context ${each.name}`),
    ...clusters.filter(each => each.name !== (entry ?? own?.cluster)).map(each => `cluster ${each.name}`),
    ...users.filter(each => each.name !== (entry ?? own?.user)).map(each => `user ${each.name}`),
    ...(Object.keys(preferences ?? {}).length > 0 ? ['preferences'] : []),
    ...(/(^|\s)#/m.test(withoutHeading(text, heading)) ? ['comments'] : []),
  ];
  if (others.length > 0) return `It also has ${others.join(', ')}.`;
  return Math.max(contexts.length, clusters.length, users.length) > 1 ? 'It has an entry twice.' : null;
}

function withoutHeading(text: string, heading: readonly string[]): string {
  const lines = text.split('\n');
  const body = lines.findIndex(line => !heading.some(each => line.startsWith(each)));
  return lines.slice(body).join('\n');
}

/** Why the file may be neither overwritten nor removed; null: it may, or there is none. */
function foreign(own: OwnKubeconfig): string | null {
  const { path } = own;
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink())
      return `It is a symbolic link to ${readlinkSync(path)}.`;
    const text = readIfThereSync(path);
    return text === null ? null : foreignIn(text, own);
  } catch (error) {
    return isAbsence(error) ? null : reasonOf(error, path);
  }
}

/** Throws a UserError when something other than this kubeconfig of ours is there. `next`: what to type. */
export function mustBeOurs(own: OwnKubeconfig, next: readonly string[] = MOVE(own.path)): void {
  const why = foreign(own);
  if (why === null) return;
  throw new UserError({
    what: `${tilde(own.path)} is not istio-tutor's alone, so it stays as it is.`,
    why: `${why} A kubeconfig of ours would take its place.`,
    next,
  });
}

const MOVE = (path: string) => [
  `mv ${tilde(path)} ${tilde(path)}.mine   keeps it under another name`,
  '--state DIR   puts our files into another folder',
];

/** Writes it, readable by its owner only. Throws a UserError when something else is there. */
export function writeKubeconfig(own: OwnKubeconfig, text: string, next?: readonly string[]): void {
  mustBeOurs(own, next);
  writeOurFile(own.path, text, next);
}

/** Removes it, unless it has become more than ours. */
export function removeKubeconfig(own: OwnKubeconfig): void {
  if (foreign(own) === null) rmSync(own.path, { force: true });
}
