/**
 * Where the lines of all followed logs come together: the sidecar's, and those of every API server. Keeps recent
 * lines, and notifies those who wait that something has come. In memory only.
 */
import { portOf, readAccessLog } from './access-log.ts';
import { readApiLog } from './api-log.ts';
import type { ApiLine, CurlSide, LogLine } from './evidence.ts';
import type { LoggedLine } from './log-rows.ts';
import { clientPortOf } from './renumbered.ts';

/** Raw sidecar lines kept for the learner to look at. */
const HISTORY = 1000;
/** Parsed lines kept for matching: the largest probe makes 1,000 calls, retries and mirrors besides. */
const KEPT = 10_000;

/** A place in the stream of lines: what came after it belongs to calls begun after it. */
export interface Mark {
  readonly sidecar: number;
  readonly api: number;
  readonly unknown: number;
}

/** Whose log a line is from. */
export interface LogSource {
  readonly pod: string;
  /** As its Deployment's server is called: world/names.ts. */
  readonly server: string;
}

export class LogHub {
  readonly #raw: string[] = [];
  readonly #sidecar = new Tail<LogLine>();
  readonly #api = new Tail<ApiLine>();
  readonly #unknown = new Tail<string>();
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<() => void>();
  /** By client port, the latest call that had it. */
  readonly #claims = new Map<number, CurlSide>();
  readonly #own = new Set<string>();
  /** Why the sidecar's or the API's log cannot be followed, while that is so. */
  sidecarTrouble: string | null = null;
  /** How often the sidecar has reported an update that it refused. */
  refusals = 0;
  #inRefusal = false;
  apiTrouble: string | null = null;

  sidecarText(text: string): void {
    if (this.#isOfRefusal(text)) return;
    const found = readAccessLog(text);
    if (found.kind === 'message') return;
    if (!this.#isNew(text)) return;
    this.#raw.push(text);
    if (this.#raw.length > HISTORY) this.#raw.shift();
    if (found.kind === 'access') this.#sidecar.push(found.line);
    else this.#unknown.push(text);
    this.#tell();
  }

  /**
   * A line of a server's log.
   * `text`: with the time that the runtime puts before it; without that, equal lines would be taken for one.
   */
  apiText(text: string, from: LogSource): void {
    const line = readApiLog(text, from.server);
    if (line === null || !this.#isNew(`${from.pod} ${text}`)) return;
    this.#api.push(line);
    this.#tell();
  }

  /** To be called with each call when curl has ended: lines of its connections are its own. */
  claim(call: CurlSide): void {
    // 0: no connection was made.
    for (const { localPort } of call.transfers) if (localPort > 0) this.#claims.set(localPort, call);
  }

  /** The lines that a call has after all: theirs may be another port, where the kernel changed it on the way. */
  own(lines: readonly LogLine[]): void {
    for (const line of lines)
      if (!this.#claims.has(portOf(line.downstreamRemote))) this.#own.add(keyOf(line));
  }

  /** Whether a client port belongs to another call. */
  isAnothers(port: number, call: CurlSide): boolean {
    return (this.#claims.get(port) ?? call) !== call;
  }

  mark(): Mark {
    return { sidecar: this.#sidecar.end, api: this.#api.end, unknown: this.#unknown.end };
  }

  since(mark: Mark): { sidecar: LogLine[]; api: ApiLine[]; unknown: string[] } {
    return {
      sidecar: this.#sidecar.after(mark.sidecar),
      api: this.#api.after(mark.api),
      unknown: this.#unknown.after(mark.unknown),
    };
  }

  /** The last access-log lines, newest last. */
  logged(count: number): readonly LoggedLine[] {
    return (count <= 0 ? [] : this.#raw.slice(-count)).map(text => {
      const found = readAccessLog(text);
      if (found.kind !== 'access') return { text, line: null, own: false };
      const { line } = found;
      return { text, line, own: this.#claims.has(clientPortOf(line)) || this.#own.has(keyOf(line)) };
    });
  }

  /** Calls back after each new line, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Envoy's message about an update that it refused: it may be many lines long, and ends with the thread. */
  #isOfRefusal(text: string): boolean {
    const begins = / rejected: /.test(text) && readAccessLog(text).kind === 'message';
    if (!begins && !this.#inRefusal) return false;
    if (begins && this.#isNew(text)) this.refusals++;
    this.#inRefusal = !/\tthread=\d+$/.test(text);
    return true;
  }

  /** A stream that was resumed, or a log that is read beside it, brings lines a second time. */
  #isNew(text: string): boolean {
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    if (this.#seen.size > 2 * KEPT) this.#seen.delete(this.#seen.values().next().value as string);
    return true;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Which connection or request a line is of. */
const keyOf = ({ start, downstreamRemote, requestId }: LogLine) =>
  `${start} ${downstreamRemote} ${requestId}`;

/** A list that forgets its oldest entries and still knows how many there ever were. */
class Tail<T> {
  #items: T[] = [];
  end = 0;

  push(item: T): void {
    this.#items.push(item);
    this.end++;
    if (this.#items.length > 2 * KEPT) this.#items = this.#items.slice(-KEPT);
  }

  after(mark: number): T[] {
    const fresh = this.end - mark;
    return fresh <= 0 ? [] : this.#items.slice(-fresh);
  }
}
