/**
 * The user's own kubeconfig ($KUBECONFIG or ~/.kube/config), read and never written. A context of it is
 * taken out as a file of ours with that context alone, so that a second terminal and our own client
 * see the same cluster, whatever the user's current context becomes meanwhile.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { UserError } from '../../../shared/errors.ts';
import { tilde } from '../../../shared/paths.ts';
import { shellWord } from '../../../shared/shell.ts';
import { EXTENSION } from '../../../workshop/access.ts';

interface Named<Key extends string, Value> {
  readonly entry: { readonly name: string } & { readonly [K in Key]?: Value };
  /** The folder of the file: relative paths in an entry are relative to it. */
  readonly folder: string;
}
type Fields = Readonly<Record<string, unknown>>;

export interface UserKubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string | null;
  readonly contexts: readonly Named<'context', Fields>[];
  readonly clusters: readonly Named<'cluster', Fields>[];
  readonly users: readonly Named<'user', Fields>[];
}

/** The files that kubectl would read, in its order, those that exist. */
export function userKubeconfigFiles(env: NodeJS.ProcessEnv = process.env): string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(path => path !== '');
  const files = listed.length > 0 ? listed : [join(homedir(), '.kube', 'config')];
  return files.map(file => resolve(file)).filter(file => existsSync(file));
}

/** All files as one. As in kubectl, the first file to set something wins. Throws a UserError naming a broken file. */
export function readUserKubeconfig(files: readonly string[] = userKubeconfigFiles()): UserKubeconfig {
  const parsed = files.map(file => ({ folder: dirname(file), content: readOne(file) }));
  const entries = <Key extends string>(list: string) =>
    parsed.flatMap(({ folder, content }) => {
      const items = Array.isArray(content[list]) ? (content[list] as Named<Key, Fields>['entry'][]) : [];
      return items.filter(item => typeof item?.name === 'string').map(entry => ({ entry, folder }));
    });
  const current = parsed
    .map(({ content }) => content['current-context'])
    .find(name => typeof name === 'string' && name);
  return {
    files,
    currentContext: typeof current === 'string' ? current : null,
    contexts: entries<'context'>('contexts'),
    clusters: entries<'cluster'>('clusters'),
    users: entries<'user'>('users'),
  };
}

function readOne(file: string): Fields {
  try {
    const content: unknown = parse(readFileSync(file, 'utf8'));
    return typeof content === 'object' && content !== null ? (content as Fields) : {};
  } catch (error) {
    throw new UserError(
      {
        what: `The kubeconfig ${tilde(file)} cannot be read.`,
        why: error instanceof Error ? error.message : String(error),
        next: ['export KUBECONFIG=FILE   names another one'],
      },
      error,
    );
  }
}

export interface TakenContext {
  readonly name: string;
  readonly server: string;
  /** A command that the kubeconfig runs to log in; null if it needs none. */
  readonly login: string | null;
  /** It is a workshop learner's: whose world it is for. */
  readonly workshop: { readonly learner: string; readonly prefix: string } | null;
  /** The kubeconfig with this context alone. Certificates and keys given as files stay files. */
  readonly text: string;
}

/** One context of the user's kubeconfig (the current one unless named). Throws a UserError listing those there are. */
export function takeContext(config: UserKubeconfig, wanted?: string): TakenContext {
  const name = wanted ?? config.currentContext;
  const names = config.contexts.map(context => context.entry.name);
  const context = config.contexts.find(candidate => candidate.entry.name === name)?.entry.context;
  if (name === null || context === undefined) {
    throw new UserError({
      what:
        name === null
          ? 'Your kubeconfig has no current context.'
          : `Your kubeconfig has no context ${JSON.stringify(name)}.`,
      why:
        names.length === 0
          ? `No context was found in ${config.files.map(tilde).join(', ') || 'any kubeconfig'}.`
          : `It has: ${names.join(', ')}.`,
      next: names.length === 0 ? ['istio-tutor --on kind'] : [`--on ${shellWord(`context=${names[0]}`)}`],
    });
  }
  const cluster = config.clusters.find(candidate => candidate.entry.name === context.cluster);
  const user = config.users.find(candidate => candidate.entry.name === context.user);
  const clusterFields = absolute(cluster?.entry.cluster ?? {}, cluster?.folder ?? '/', [
    'certificate-authority',
  ]);
  const userFields = absolute(user?.entry.user ?? {}, user?.folder ?? '/', [
    'client-certificate',
    'client-key',
    'tokenFile',
  ]);
  const exec = userFields.exec as { command?: string } | undefined;
  return {
    name,
    server: typeof clusterFields.server === 'string' ? clusterFields.server : '',
    login: exec?.command ?? null,
    workshop: workshopOf(context),
    text: stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context }],
      clusters: [{ name: context.cluster, cluster: clusterFields }],
      users: [{ name: context.user, user: userFields }],
    }),
  };
}

/** What `workshop up` wrote into the contexts that it made. */
function workshopOf(context: Fields): TakenContext['workshop'] {
  const extensions = Array.isArray(context.extensions) ? (context.extensions as Fields[]) : [];
  const found = extensions.find(each => each?.name === EXTENSION)?.extension as Fields | undefined;
  if (typeof found?.learner !== 'string') return null;
  return { learner: found.learner, prefix: typeof found.prefix === 'string' ? found.prefix : '' };
}

/** Relative file names made absolute; a login command with a slash in it is relative to its file as well. */
function absolute(fields: Fields, folder: string, keys: readonly string[]): Fields {
  const moved = { ...fields };
  for (const key of keys) {
    const path = moved[key];
    if (typeof path === 'string' && path !== '' && !isAbsolute(path)) moved[key] = join(folder, path);
  }
  const exec = moved.exec as { command?: string } | undefined;
  if (exec?.command?.includes('/') && !isAbsolute(exec.command)) {
    moved.exec = { ...exec, command: join(folder, exec.command) };
  }
  return moved;
}
