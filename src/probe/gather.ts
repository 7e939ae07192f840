/**
 * Waits for the log lines of one call and makes the evidence. Envoy flushes its access log once a second, a
 * connection is logged when it closes, and mirrored requests trickle in: so it waits for what must come, then for
 * a moment of quiet, and never past the deadline. A stream that has stalled must not look like a log without
 * lines, so the log itself is read before that is believed. Lines that do not come are reported as missing.
 * Nobody knows how many mirrored requests must come. A moment of quiet proves nothing on a loaded machine, so the
 * servers' logs are read once more at its end; that takes longer the busier the machine is.
 */
import type { Clock } from '../shared/clock.ts';
import { believed, missingApiLines } from './believe.ts';
import type { ApiLine, CurlSide, Evidence, LogLine, Side } from './evidence.ts';
import type { LogHub, Mark } from './hub.ts';
import { linesOfCall, missingLines } from './match.ts';

/**
 * Milliseconds from curl's answer until missing lines are given up. Envoy flushes each second; on a loaded machine a
 * line takes several.
 */
const DEADLINE = 15_000;
/** The same where the sidecar has logged calls before: then its log is on, and what is missing is late. */
const DEADLINE_LOGGING = 30_000;
/** The same where nothing may come: curl gave up on a connection that the far side keeps open. */
const DEADLINE_OPEN = 6000;
/** Milliseconds from the answer after which a log whose lines are missing is read directly. */
const REREAD = 2000;
/** Milliseconds without a new line of this call after which it is complete. */
const QUIET = 150;
/** Milliseconds from the answer in which a mirrored or late request may still show in the API's log. */
const SETTLE = 250;

export interface AnsweredCall {
  readonly provider: string;
  readonly curl: CurlSide;
  readonly userAgent: string;
  /** Where the logs stood when curl was started. */
  readonly mark: Mark;
  /** Reads the logs since the call into the hub, beside the streams that follow them. Throws nothing. */
  readonly reread?: () => Promise<void>;
  /** The same for the servers' logs alone. Throws nothing. */
  readonly rereadServers?: () => Promise<void>;
}

/** Throws when the signal aborts. */
export async function gather(
  hub: LogHub,
  call: AnsweredCall,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Evidence> {
  const answered = clock.now();
  let seen = '';
  let changed = answered;
  let readAt = '';
  const deadline = answered + patience(call);
  const rereads = call.reread === undefined ? [] : [answered + REREAD, deadline];
  for (;;) {
    const now = clock.now();
    // Once the log has been read all lines should be there: what is missing may have come under another port.
    const late = call.reread === undefined ? now >= deadline : rereads.length < 2;
    const { sidecar, api } = matched(hub, call, late);
    const count = `${sidecar.length}/${api.length}`;
    if (count !== seen) {
      seen = count;
      changed = now;
    }
    const complete =
      (hub.sidecarTrouble !== null || missingLines(call.curl, sidecar) === 0) &&
      (hub.apiTrouble !== null || missingApiLines(call.curl, api, sidecar) === 0);
    const quietAt = Math.max(changed + QUIET, answered + SETTLE);
    const [reread] = rereads;
    if (!complete && reread !== undefined && now >= reread) {
      rereads.shift();
      await call.reread?.();
      signal?.throwIfAborted();
      continue;
    }
    if (complete && now >= quietAt && now < deadline && readAt !== count) {
      readAt = count;
      await call.rereadServers?.();
      signal?.throwIfAborted();
      continue;
    }
    const until = complete ? Math.min(quietAt, deadline) : Math.min(deadline, reread ?? deadline);
    if (now >= until) return evidence(hub, call, sidecar, api);
    await newLineOr(hub, until - now, clock, signal);
  }
}

/**
 * The evidence as soon as nothing is missing on the side of the API, or on both: RunningProbe.early.
 * Throws when the signal aborts.
 */
export async function soon(
  hub: LogHub,
  call: AnsweredCall,
  sides: 'api' | 'both',
  clock: Clock,
  signal?: AbortSignal,
): Promise<Evidence> {
  const deadline = clock.now() + patience(call);
  for (;;) {
    const { sidecar, api } = matched(hub, call);
    const left = deadline - clock.now();
    const heard = hub.apiTrouble !== null || missingApiLines(call.curl, api, sidecar) === 0;
    const logged = sides === 'api' || hub.sidecarTrouble !== null || missingLines(call.curl, sidecar) === 0;
    if ((heard && logged) || left <= 0) {
      const found = evidence(hub, call, sidecar, api);
      const unread = { read: false, why: 'its lines are still to come.' } as const;
      return sides === 'both' ? found : { ...found, sidecar: unread };
    }
    await newLineOr(hub, left, clock, signal);
  }
}

function patience({ curl, mark }: AnsweredCall): number {
  if (keptOpen(curl)) return DEADLINE_OPEN;
  return hasLogged(mark) ? DEADLINE_LOGGING : DEADLINE;
}

function hasLogged(mark: Mark): boolean {
  return mark.sidecar > 0;
}

function matched(hub: LogHub, call: AnsweredCall, late = false): { sidecar: LogLine[]; api: ApiLine[] } {
  const since = hub.since(call.mark);
  const isAnothers = late ? (port: number) => hub.isAnothers(port, call.curl) : undefined;
  return {
    sidecar: linesOfCall(call.curl, call.userAgent, since.sidecar, isAnothers),
    api: since.api.filter(line => line.ua === call.userAgent),
  };
}

function evidence(hub: LogHub, call: AnsweredCall, sidecar: LogLine[], api: ApiLine[]): Evidence {
  const side = apiSide(hub, call, sidecar, api);
  // Where lines are missing, an answer without one may be as genuine as any.
  const curl = side.read && side.missing === undefined ? believed(call.curl, api) : call.curl;
  return { provider: call.provider, curl, sidecar: sidecarSide(hub, call, sidecar), api: side };
}

function apiSide(hub: LogHub, call: AnsweredCall, sidecar: LogLine[], lines: ApiLine[]): Side<ApiLine> {
  if (hub.apiTrouble !== null && lines.length === 0) return { read: false, why: hub.apiTrouble };
  const missing = missingApiLines(call.curl, lines, sidecar);
  if (missing === 0) return { read: true, lines };
  const answers = missing === 1 ? 'the request of one answer' : `the requests of ${missing} answers`;
  return { read: true, lines, missing: `no server has logged ${answers} that came back.` };
}

function sidecarSide(hub: LogHub, call: AnsweredCall, lines: LogLine[]): Side<LogLine> {
  const missing = missingLines(call.curl, lines);
  if (missing === 0) return { read: true, lines };
  if (lines.length > 0)
    return { read: true, lines, missing: `${missing} of the sidecar's lines did not come.` };
  if (hub.sidecarTrouble !== null) return { read: false, why: hub.sidecarTrouble };
  const [strange] = hub.since(call.mark).unknown;
  if (strange !== undefined) {
    return {
      read: false,
      why: `its access log has a format of its own, which is not read: ${strange.slice(0, 60)}`,
    };
  }
  // A far side that stays silent but open keeps Envoy from closing its half, and a connection is logged at its end.
  const why = keptOpen(call.curl)
    ? 'it writes a line when a connection has ended, and has written none of this one yet.'
    : `it has logged nothing of this call within ${patience(call) / 1000} s; its access log may be off.`;
  return { read: false, why };
}

function keptOpen(curl: CurlSide): boolean {
  return curl.transfers.some(transfer => transfer.exit === 28 && transfer.code === 0);
}

/** Returns at the next line of any log, or after that many milliseconds. */
async function newLineOr(hub: LogHub, ms: number, clock: Clock, signal?: AbortSignal): Promise<void> {
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  const unlisten = hub.listen(stop);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await clock.wait(ms, waiting.signal);
  } catch (error) {
    if (!waiting.signal.aborted) throw error;
  } finally {
    unlisten();
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
}
