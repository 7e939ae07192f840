/**
 * A shell beside the program, in the learner's folder: a split of tmux or Zellij where the program runs in one, else in
 * the terminal itself until it ends.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import type { Engine } from '../../../lesson/state.ts';
import { asTutorError, UserError } from '../../../shared/errors.ts';
import { makeFolder } from '../../../shared/files/make-folder.ts';
import { tilde } from '../../../shared/paths.ts';
import { makeTempFolder } from '../../../shared/temp-folder.ts';
import { onPath } from '../../../shared/tool.ts';
import { shellAnswer } from '../../screens/lesson/shell-answers.ts';
import type { Look } from '../../theme.ts';
import { succeeds } from '../succeeds.ts';
import type { Size } from '../window-size.ts';
import { chooseShell, type ShellChoice } from './choose-shell.ts';
import { COMMANDS, type ShellPlace, shellFiles, socketOf } from './shell-files.ts';
import { splitCommand } from './split.ts';

interface ShellWorld extends ShellPlace {
  /** What `task`, `verify` or `hint` prints. */
  answer(command: (typeof COMMANDS)[number]): Promise<string>;
}

type Lend = (work: () => Promise<string | null>) => Promise<string | null>;

/** Throws a UserError where there is no cluster, or no folder. */
export async function shellWorld(
  engine: Engine,
  look: Pick<Look, 'ascii'>,
  kubeconfigFor: (path: string, namespace: string) => Promise<string> = async path => path,
): Promise<ShellWorld> {
  const { folder, kubeconfig, namespaces } = engine.getSnapshot();
  if (kubeconfig === null) throw new UserError({ what: 'That needs a cluster: u brings one up.', next: [] });
  if (folder === null || !existsSync(folder))
    throw new UserError({ what: `There is no folder ${tilde(folder ?? '')} to open a shell in.`, next: [] });
  return {
    ...{ folder, kubeconfig: await kubeconfigFor(kubeconfig, namespaces.mesh), namespace: namespaces.mesh },
    answer: command => shellAnswer(engine, command, look),
  };
}

/** The shells that a program has opened; their commands are answered until it ends. */
export interface Shells {
  /** Opens one. `lend` gives the terminal to what it calls, and takes it back. Returns what is to be said, if anything. */
  open(world: ShellWorld, size: Size, lend: Lend): Promise<string | null>;
  close(): Promise<void>;
}

export function openShells(env: NodeJS.ProcessEnv): Shells {
  const ends: (() => Promise<void>)[] = [];
  return {
    async open(world, size, lend) {
      const shell = chooseShell(env);
      const home = await makeTempFolder();
      const server = await answering(home, world);
      const end = async () => {
        server.close();
        await rm(home, { recursive: true, force: true });
      };
      ends.push(end);
      await write(home, shell, world, env);
      const start = join(home, 'start');
      const split = splitCommand([start], world.folder, size, env);
      const lost =
        shell.missing === null ? null : `${shell.missing} cannot be run here. sh was opened in its place.`;
      if (split !== null && onPath(split[0] ?? '', env.PATH ?? '') && (await succeeds(split, env)))
        return lost;
      return lend(async () => {
        try {
          await run(start, env);
          return lost;
        } finally {
          await end();
        }
      });
    },
    async close() {
      await Promise.all(ends.splice(0).map(end => end()));
    },
  };
}

async function write(
  home: string,
  shell: ShellChoice,
  place: ShellPlace,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  for (const { name, text, runs } of shellFiles(home, shell, place, env)) {
    const path = join(home, name);
    await makeFolder(dirname(path));
    await writeFile(path, text);
    if (runs) await chmod(path, 0o700);
  }
}

function answering(home: string, world: ShellWorld): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    let asked = '';
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', text => {
      asked += text;
    });
    socket.on('end', async () => {
      const command = COMMANDS.find(each => each === asked);
      const text = command ? await world.answer(command).catch(said) : '';
      socket.end(`${text}\n`);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketOf(home), () => resolve(server));
  });
}

const said = (error: unknown) => {
  const { what, next } = asTutorError(error).problem;
  return [what, ...next].join('\n');
};

/** Whatever code a shell ends with is the last command's, and none of ours. */
function run(start: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(start, [], { stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('error', error =>
      reject(new UserError({ what: `The shell could not be started: ${error.message}.`, next: [] })),
    );
    child.on('exit', () => resolve());
  });
}
