/**
 * Runs a script: `sh` in a container of the sandbox. Programs are those of the container; no other program of the
 * machine is started, and no file of it is opened. Source: POSIX.1-2017, Shell Command Language, 2.8 to 2.11; where it
 * leaves a choice, as dash does.
 */
import { setImmediate } from 'node:timers/promises';
import { ByteQueue } from '../../byte-queue.ts';
import { type ContainerCommand, own, programName } from '../exec/container-command.ts';
import { BUILTINS } from './builtins.ts';
import { ExpansionFault, expandPattern, expandText, expandWords, type ShellState } from './expand.ts';
import type { ContainerFiles } from './files.ts';
import { Leave } from './leave.ts';
import { pathsOf } from './paths.ts';
import { matches, type PatternText } from './patterns.ts';
import { RedirectFault, redirected } from './redirects.ts';
import { execStreams, Held, Input, type Streams } from './streams.ts';
import type { Command, Item, List, Pipeline, Statement } from './syntax.ts';
import { Variables } from './variables.ts';
import { runToLast } from './whole.ts';

export interface ShellPlace {
  readonly files: ContainerFiles;
  /** The container's programs in an environment. */
  programs(env: Readonly<Record<string, string>>): Readonly<Record<string, ContainerCommand>>;
}

const NOT_FOUND = 127;
/** 128 + SIGINT: what a command has that was stopped. */
const STOPPED = 130;
/** So many commands run until others of this process have their turn. */
const TURN = 100;
/** Functions that call themselves, and substitutions in substitutions. */
const DEEPEST = 200;

export class Shell extends Variables implements ShellState {
  readonly place: ShellPlace;
  #depth = 0;
  /** Within `if`, `&&` and the like a failure does not end a `set -e` shell. */
  #tested = 0;
  #commands = 0;
  #background: Promise<number>[] = [];
  /** Of the command that runs, for its substitutions. */
  #streams: Streams | null = null;

  constructor(
    place: ShellPlace,
    name: string,
    positional: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    super(name, positional, env);
    this.place = place;
  }

  /** As it is now; what happens in it changes nothing here. */
  #copy(): Shell {
    const copy = new Shell(this.place, this.name, this.positional, {});
    copy.takeFrom(this);
    copy.#depth = this.#depth + 1;
    copy.#tested = this.#tested;
    return copy;
  }

  async output(list: List): Promise<string> {
    const streams = this.#streams;
    if (streams === null) return '';
    const held = new Held();
    this.status = await this.#copy().runWhole(list, { ...streams, stdout: held });
    return held.text;
  }

  paths(pattern: readonly PatternText[]): readonly string[] {
    return pathsOf(this.place.files, this.folder, pattern);
  }

  runWhole(list: List, streams: Streams): Promise<number> {
    return runToLast(this, [list], streams);
  }

  async run(list: List, streams: Streams): Promise<number> {
    for (const statement of list) await this.#statement(statement, streams);
    return this.status;
  }

  async #statement({ items, background }: Statement, streams: Streams): Promise<void> {
    if (background) {
      const shell = this.#copy();
      this.#background.push(shell.runWhole([{ items, background: false }], { ...streams, stdin: null }));
      this.status = 0;
    } else await this.#items(items, streams);
  }

  /** `wait` */
  async join(): Promise<void> {
    await Promise.all(this.#background);
    this.#background = [];
    this.status = 0;
  }

  async #items(items: readonly Item[], streams: Streams): Promise<void> {
    for (const [index, { when, pipeline }] of items.entries()) {
      if (when === 'success' && this.status !== 0) continue;
      if (when === 'failure' && this.status === 0) continue;
      const last = index === items.length - 1;
      this.status = await (last
        ? this.#pipeline(pipeline, streams)
        : this.#test(() => this.#pipeline(pipeline, streams)));
      if (last && this.status !== 0 && !pipeline.negated && this.options.has('e') && this.#tested === 0)
        throw new Leave('exit', this.status);
    }
  }

  async #test(run: () => Promise<number>): Promise<number> {
    this.#tested += 1;
    try {
      return await run();
    } finally {
      this.#tested -= 1;
    }
  }

  async #pipeline({ negated, commands }: Pipeline, streams: Streams): Promise<number> {
    const [only] = commands;
    const status =
      commands.length === 1 && only !== undefined
        ? await this.#command(only, streams)
        : await this.#piped(commands, streams);
    return negated ? (status === 0 ? 1 : 0) : status;
  }

  /** All of them at once, each in a shell of its own; one whose reader has gone is ended. */
  async #piped(commands: readonly Command[], streams: Streams): Promise<number> {
    let stdin = streams.stdin;
    let leave: () => void = () => {};
    const runs = commands.map((command, index) => {
      const unread = new AbortController();
      const signal = AbortSignal.any([streams.signal, unread.signal]);
      const pipe = index < commands.length - 1 ? new ByteQueue(signal) : null;
      const shell = this.#copy();
      const leaveBefore = leave;
      const own = { ...streams, stdin, stdout: pipe ?? streams.stdout, signal };
      const run = shell
        .runWhole(
          [
            {
              items: [{ when: 'always', pipeline: { negated: false, commands: [command] } }],
              background: false,
            },
          ],
          own,
        )
        .finally(() => {
          pipe?.end();
          leaveBefore();
        });
      stdin = pipe && new Input(pipe);
      leave = () => unread.abort();
      return run;
    });
    const ends = await Promise.all(runs);
    return ends.at(-1) ?? 0;
  }

  async #command(command: Command, streams: Streams): Promise<number> {
    await this.#turn(streams);
    const before = this.#streams;
    this.#streams = streams;
    try {
      if (command.kind === 'simple') return await this.#simple(command, streams);
      if (command.kind === 'function') {
        this.functions.set(command.name, command.body);
        return 0;
      }
      return await redirected(command.redirects, streams, this, own => this.#compound(command, own));
    } catch (error) {
      if (!(error instanceof ExpansionFault || error instanceof RedirectFault)) throw error;
      streams.stderr.write(`${this.name}: ${error.message}\n`);
      // As in dash: what cannot be expanded ends a script, what cannot be opened fails the command.
      if (error instanceof ExpansionFault) throw new Leave('stop', 2);
      return 2;
    } finally {
      this.#streams = before;
    }
  }

  /** Lets others have their turn, waits for readers, and ends with the client. */
  async #turn({ signal, stdout }: Streams): Promise<void> {
    this.#commands += 1;
    if (this.#depth > DEEPEST) throw new ExpansionFault('too many calls within calls');
    if (this.#commands % TURN === 0) await setImmediate();
    await stdout.ready?.();
    if (signal.aborted) throw new Leave('stop', STOPPED);
  }

  async #compound(
    command: Exclude<Command, { kind: 'simple' | 'function' }>,
    streams: Streams,
  ): Promise<number> {
    switch (command.kind) {
      case 'group':
        return this.run(command.body, streams);
      case 'subshell':
        return this.#copy().runWhole(command.body, streams);
      case 'if': {
        for (const { test, body } of command.branches) {
          if ((await this.#test(() => this.run(test, streams))) === 0) return this.run(body, streams);
        }
        return command.otherwise === null ? 0 : this.run(command.otherwise, streams);
      }
      case 'while': {
        let status = 0;
        const goesOn = async () =>
          ((await this.#test(() => this.run(command.test, streams))) === 0) !== command.until;
        while (await goesOn()) {
          const end = await this.#round(command.body, streams);
          status = this.status;
          if (end) break;
        }
        return status;
      }
      case 'for': {
        const words = command.words === null ? [...this.positional] : await expandWords(command.words, this);
        let status = 0;
        for (const word of words) {
          this.set(command.name, word);
          const end = await this.#round(command.body, streams);
          status = this.status;
          if (end) break;
        }
        return status;
      }
      case 'case': {
        const text = await expandText(command.word, this);
        for (const { patterns, body } of command.arms) {
          for (const pattern of patterns) {
            if (matches(await expandPattern(pattern, this), text)) return this.run(body, streams);
          }
        }
        return 0;
      }
    }
  }

  /** One round of a loop. Returns whether it was the last. */
  async #round(body: List, streams: Streams): Promise<boolean> {
    try {
      await this.#turn(streams);
      await this.run(body, streams);
      return false;
    } catch (error) {
      if (!(error instanceof Leave) || (error.what !== 'break' && error.what !== 'continue')) throw error;
      if (error.count > 1) throw new Leave(error.what, error.count - 1);
      this.status = 0;
      return error.what === 'break';
    }
  }

  async #simple(command: Extract<Command, { kind: 'simple' }>, streams: Streams): Promise<number> {
    const argv = await expandWords(command.words, this);
    const assigned: [string, string][] = [];
    for (const { name, value } of command.assignments) assigned.push([name, await expandText(value, this)]);
    if (this.options.has('x') && argv.length > 0) streams.stderr.write(`+ ${argv.join(' ')}\n`);
    return redirected(command.redirects, streams, this, async own => {
      if (argv.length > 0) return this.#call(argv, assigned, own);
      for (const [name, value] of assigned) this.set(name, value);
      return this.#afterSubstitution(command);
    });
  }

  /** `x=$(false)` ends as the substitution did. */
  #afterSubstitution(command: Extract<Command, { kind: 'simple' }>): number {
    const substitutes = command.assignments.some(({ value }) => value.some(part => part.kind === 'command'));
    return substitutes ? this.status : 0;
  }

  async #call(
    argv: readonly string[],
    assigned: readonly (readonly [string, string])[],
    streams: Streams,
  ): Promise<number> {
    const [name = ''] = argv;
    const body = this.functions.get(name);
    if (body !== undefined) return this.#callFunction(body, argv.slice(1), streams);
    const builtin = own(BUILTINS, name);
    if (builtin !== undefined) {
      for (const [variable, value] of assigned) this.set(variable, value);
      return builtin(this, argv, streams);
    }
    return this.program(argv, streams, Object.fromEntries(assigned));
  }

  async #callFunction(body: Command, args: string[], streams: Streams): Promise<number> {
    const before = this.positional;
    this.positional = args;
    this.#depth += 1;
    try {
      return await this.#command(body, streams);
    } catch (error) {
      if (!(error instanceof Leave) || error.what !== 'return') throw error;
      return error.count;
    } finally {
      this.positional = before;
      this.#depth -= 1;
    }
  }

  /** A program of the container, in the shell's environment and what is added to it. */
  async program(
    argv: readonly string[],
    streams: Streams,
    added: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const [name = ''] = argv;
    const programs = this.place.programs({ ...this.environment, ...added, PWD: this.folder });
    const known = own(programs, programName(name));
    if (known === undefined) {
      streams.stderr.write(`${this.name}: ${name}: not found\n`);
      return NOT_FOUND;
    }
    const status = await known(argv, execStreams(streams));
    return streams.signal.aborted ? STOPPED : status;
  }
}
