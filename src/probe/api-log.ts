/** The log of the lab's API servers: one JSON object per line for each request that they could read. */
import type { ApiLine } from './evidence.ts';

/**
 * One line as the server prints it, with or without the time that the runtime puts before it; null when it is something
 * else (a start message, a stack trace).
 * `server`: whose log it is.
 */
export function readApiLog(text: string, server: string): ApiLine | null {
  const begin = text.indexOf('{');
  if (begin < 0) return null;
  let row: Partial<Record<keyof ApiLine, unknown>>;
  try {
    row = JSON.parse(text.slice(begin)) as typeof row;
  } catch {
    return null;
  }
  if (row === null || typeof row.version !== 'string' || typeof row.path !== 'string') return null;
  return {
    version: server,
    ...(server === row.version ? {} : { claims: row.version }),
    method: typeof row.method === 'string' ? row.method : '',
    path: row.path,
    host: typeof row.host === 'string' ? row.host : '',
    scheme: row.scheme === 'https' ? 'https' : 'http',
    sni: typeof row.sni === 'string' ? row.sni : '',
    status: typeof row.status === 'number' ? row.status : 0,
    ua: typeof row.ua === 'string' ? row.ua : '',
  };
}
