/** A proposed call as curl's arguments. Pure. */
import type { ProposedCall } from '../difference/types.ts';
import { authorityOf } from '../difference/way.ts';

/** Seconds that an experiment may take. */
export const PATIENCE = 12;

export interface Sent {
  readonly call: ProposedCall;
  readonly headers: readonly string[];
  /** One after another, in one curl. */
  readonly repeat: number;
  readonly atOnce: number;
  /** A path that is asked for first, so many times, and how many of all these calls are sent in a second. */
  readonly after: { readonly path: string; readonly times: number; readonly perSecond: number };
  /** Seconds until curl gives up. */
  readonly most: number;
}

/** curl's arguments; `repeat` and `atOnce` number the query, which no server looks at. */
export function argvOf(call: ProposedCall, sent: Partial<Sent> = {}): string[] {
  const { headers = [], repeat = 1, atOnce = 1, most = PATIENCE, after } = sent;
  const { scheme, host, port, at, method, path } = call;
  const count = Math.max(repeat, atOnce);
  const url = (of: string, times: number) =>
    `${scheme}://${authorityOf(call)}${of}${of.includes('?') ? '&' : '?'}n=[1-${times}]`;
  return [
    ...['-m', String(most)],
    ...(method === 'HEAD' ? ['-I'] : method === 'GET' ? [] : ['-X', method]),
    ...(atOnce > 1 ? ['-Z', '--parallel-immediate', '--parallel-max', String(atOnce)] : []),
    ...(at === null ? [] : [scheme === 'https' ? '-k' : '', '--connect-to', `${host}:${port}:${at}:${port}`]),
    ...Object.entries(call.headers).flatMap(([name, value]) => [
      '-H',
      value === '' ? `${name};` : `${name}: ${value}`,
    ]),
    ...headers.flatMap(each => ['-H', each]),
    ...(after === undefined ? [] : ['--rate', `${after.perSecond}/s`]),
    ...(after === undefined || after.times === 0 ? [] : [url(after.path, after.times)]),
    ...(count === 1 ? ['-g', `${scheme}://${authorityOf(call)}${path}`] : [url(path, count)]),
  ].filter(each => each !== '');
}

/** The API waits `seconds` before it answers the first `times` requests of a call. */
export function hang(times: number, seconds: number): string[] {
  return [`x-lab-hang-first: ${times};${seconds}`];
}

/** The same call, asking the API to answer with this status. */
export function answeredWith(status: number, call: ProposedCall): ProposedCall {
  return { ...call, path: `${call.path.replace(/[?#].*$/, '').replace(/\/$/, '')}/status/${status}` };
}
