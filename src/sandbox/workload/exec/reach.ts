/**
 * `node -e SCRIPT TARGETS PATIENCE` in the container of an API server. The sandbox runs no script from a command; but
 * the world's code asks one question this way (world/reachable.ts): do these Services lead to a server, or refuse? The
 * question is in the arguments, as JSON, and is answered here by trying the pods' network directly.
 */
import type { ExecStreams, Network } from '../../rooms.ts';
import type { ContainerCommand } from './container-command.ts';

interface Target {
  readonly name: string;
  readonly host: string;
  readonly want: string;
}

/** Milliseconds between tries. */
const EVERY = 20;

/** The port that the script tries: http, on every Service of the world. */
const PORT = 80;

export function nodeProgram(network: Network, ip: string, now: () => number): ContainerCommand {
  return async (argv, streams) => {
    const [, option, , targets, patience] = argv;
    const wanted = option === '-e' ? targetsOf(targets) : null;
    if (wanted === null) {
      streams.stderr(
        'sandbox: no script is run here; this container runs its API server and nothing else.\n',
      );
      return 127;
    }
    return untilReached(network, ip, wanted, now() + Number(patience), now, streams);
  };
}

function targetsOf(text: string | undefined): Target[] | null {
  try {
    const list: unknown = JSON.parse(text ?? '');
    const isTarget = (each: unknown): each is Target =>
      typeof each === 'object' &&
      each !== null &&
      ['name', 'host', 'want'].every(key => typeof (each as Record<string, unknown>)[key] === 'string');
    return Array.isArray(list) && list.every(isTarget) ? list : null;
  } catch {
    return null;
  }
}

async function untilReached(
  network: Network,
  ip: string,
  targets: readonly Target[],
  end: number,
  now: () => number,
  streams: ExecStreams,
): Promise<number> {
  for (;;) {
    const found = await Promise.all(
      targets.map(async each => ({ ...each, is: await look(network, ip, each.host) })),
    );
    const left = found.filter(each => each.is !== each.want);
    if (left.length === 0 || streams.signal.aborted) return 0;
    if (now() > end) {
      streams.stdout(`${left.map(each => `${each.name} is ${each.is}`).join(', ')}\n`);
      return 0;
    }
    await new Promise(done => setTimeout(done, EVERY));
  }
}

async function look(network: Network, from: string, host: string): Promise<string> {
  try {
    (await network.dial({ ip: host, port: PORT }, from)).destroy();
    return 'open';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED' ? 'refused' : (code ?? 'unknown');
  }
}
