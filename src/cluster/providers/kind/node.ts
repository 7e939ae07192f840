/** The Docker side of a kind cluster: its node's container, and running the commands of commands.ts. */
import { ToolError } from '../../../shared/errors.ts';
import { onPath, runTool, type ToolOptions } from '../../../shared/tool.ts';
import { dockerSilentRemedy, installRemedy, type Tool } from '../../doctor-install.ts';
import type { KindRecord } from '../record.ts';
import { listNodes, type ToolCommand } from './commands.ts';

export interface Node {
  /** The container's whole id. */
  readonly id: string;
  readonly name: string;
  /** Docker's word: running, exited, paused, created, dead. */
  readonly state: string;
  /** When the container was made; null where Docker's date cannot be read. */
  readonly created: Date | null;
}

/** Runs one of commands.ts. Child processes get our kubeconfig as theirs, so that nothing finds the user's. */
export function runNodeCommand(command: ToolCommand, kubeconfig: string, options: ToolOptions = {}) {
  const env = { KUBECONFIG: kubeconfig, ...options.env };
  return runTool(command.program, command.args, { ...options, env });
}

/** The first of the tools that is missing, as a ToolError with the command that installs it. Starts nothing. */
export function requireTools(tools: readonly Tool[]): void {
  const missing = tools.filter(tool => !onPath(tool));
  if (missing.length === 0) return;
  const remedies = missing.map(tool => installRemedy(tool));
  throw new ToolError({
    what:
      missing.length === 1
        ? `${missing[0]} is not installed.`
        : `${missing.slice(0, -1).join(', ')} and ${missing.at(-1)} are not installed.`,
    why: remedies.map(remedy => remedy.say).join(' '),
    next: [
      ...remedies.map(remedy => remedy.command),
      'istio-tutor doctor   checks everything at once',
      '--on sandbox   needs none of it',
    ],
  });
}

/** The containers of the kind cluster `name`. Throws a ToolError with what to do when Docker does not answer. */
export async function findNodes(name: string, kubeconfig: string, signal?: AbortSignal): Promise<Node[]> {
  const timeoutMs = 20_000;
  try {
    const { stdout } = await runNodeCommand(listNodes(name), kubeconfig, {
      timeoutMs,
      signal,
    });
    return stdout.split('\n').flatMap(parseNode);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const words = error.problem.detail ?? '';
    const remedy = dockerSilentRemedy(words);
    throw new ToolError(
      {
        what: 'Docker does not answer.',
        why: remedy.say,
        next: [remedy.command, 'istio-tutor doctor'],
        detail: words || undefined,
      },
      error,
    );
  }
}

function parseNode(line: string): Node[] {
  const [id, name, state, created] = line.split('\t');
  if (id === undefined || name === undefined || state === undefined) return [];
  return [{ id, name, state, created: parseDockerTime(created ?? '') }];
}

/** Docker prints Go's time: '2026-11-23 12:10:00 +0100 CET'. */
function parseDockerTime(text: string): Date | null {
  const match = /^(\S+) (\S+) ([+-]\d\d):?(\d\d)/.exec(text);
  const time = match ? Date.parse(`${match[1]}T${match[2]}${match[3]}:${match[4]}`) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time);
}

/** Allowed between our clock and Docker's, which may run on another machine. */
const CLOCK_SKEW_MS = 60_000;

/**
 * Whether this cluster is the one that the record describes. A cluster of the same name that somebody made
 * with kind after ours was deleted is not: `up` and `down` must leave it alone.
 */
export function isOurCluster(record: KindRecord | null, nodes: readonly Node[]): boolean {
  if (record === null) return false;
  if (record.container !== undefined) return nodes.some(node => node.id === record.container);
  const begun = Date.parse(record.since) - CLOCK_SKEW_MS;
  return nodes.every(node => node.created === null || node.created.getTime() >= begun);
}
