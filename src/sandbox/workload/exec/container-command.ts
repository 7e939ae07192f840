/** The commands of a container. */
import type { ExecStreams } from '../../rooms.ts';

/** Runs a command. Returns the exit code. */
export type ContainerCommand = (argv: readonly string[], streams: ExecStreams) => Promise<number> | number;

export type ContainerCommands = Readonly<Record<string, ContainerCommand>>;

/** '/usr/bin/curl' -> 'curl'; there are no programs in other folders. */
export function programName(program: string): string {
  return program.replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, '');
}

/** Not what an object inherits: there is no command named 'constructor'. */
export function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
