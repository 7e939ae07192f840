/** The seam between the shape of a command (commands/) and its work (actions/), which is loaded when it is called. */
import type { Command } from 'commander';
import { globals } from './globals.ts';

/**
 * An action for commander: `load` imports the work, which is given the command's arguments and its options, its own
 * and those that every command takes. Few need the command itself, which comes last.
 */
export function late<Given extends readonly unknown[]>(
  load: () => Promise<(...given: Given) => unknown>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = { ...command.opts(), ...globals(command) };
    const work = await load();
    await work(...([...given.slice(0, -2), options, command] as unknown as Given));
  };
}
