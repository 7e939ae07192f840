/** Process 1 of a client: what it prints goes into its log and to whoever is attached, whose keys it reads. */
import { LineSplitter } from '../../../shared/line-splitter.ts';
import { ByteQueue } from '../../byte-queue.ts';
import type { ExecStreams } from '../../rooms.ts';
import type { Container } from '../kube-types.ts';
import type { ContainerLog } from './container-log.ts';

/**
 * Milliseconds that a command with a stdin waits for its first client. A node takes a second to start a container, in
 * which `kubectl run -i` attaches; here the command would be over by then.
 */
const UNATTACHED = 500;

type Run = (streams: ExecStreams) => Promise<number>;

export class MainCommand {
  readonly #stop = new AbortController();
  readonly #attached = new Set<ExecStreams>();
  readonly #input: ByteQueue | null;
  readonly #once: boolean;
  #begin: () => void = () => {};
  /** Resolves with its exit code. Rejects with what `run` rejects with. */
  readonly ended: Promise<number>;

  constructor(container: Container, log: ContainerLog | undefined, signal: AbortSignal, run: Run) {
    this.#input = container.stdin === true ? new ByteQueue() : null;
    this.#once = container.stdinOnce === true;
    const lines = new LineSplitter(line => log?.push(line));
    const streams: ExecStreams = {
      stdin: this.#input,
      stdout: chunk => {
        lines.write(chunk);
        for (const each of this.#attached) each.stdout(chunk);
      },
      stderr: chunk => {
        lines.write(chunk);
        for (const each of this.#attached) each.stderr(chunk);
      },
      signal: AbortSignal.any([signal, this.#stop.signal]),
      tty: container.tty === true,
    };
    const begun = this.#input === null ? Promise.resolve() : this.#awaitClient(streams.signal);
    this.ended = begun
      .then(() => run(streams))
      .finally(() => {
        lines.end();
        this.#input?.end();
      });
  }

  /** A client that wants the streams comes at once, or not at all. */
  async #awaitClient(signal: AbortSignal): Promise<void> {
    await new Promise<void>(done => {
      const timer = setTimeout(done, UNATTACHED);
      this.#begin = () => {
        clearTimeout(timer);
        done();
      };
      signal.addEventListener('abort', this.#begin, { once: true });
    });
  }

  /** Whether it was told to end, and did not do so by itself. */
  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Until it ends, or its client goes. */
  async attach(streams: ExecStreams): Promise<void> {
    this.#attached.add(streams);
    this.#begin();
    const gone = new Promise<void>(done =>
      streams.signal.addEventListener('abort', () => done(), { once: true }),
    );
    void this.#feed(streams);
    await Promise.race([this.ended.catch(() => {}), gone]);
    this.#attached.delete(streams);
  }

  async #feed({ stdin }: ExecStreams): Promise<void> {
    if (stdin === null || this.#input === null) return;
    try {
      for await (const chunk of stdin) {
        this.#input.write(chunk);
        await this.#input.ready();
      }
    } catch {
      // The client's stream broke: what has arrived is all there is.
    }
    if (this.#once) this.#input.end();
  }
}
