/** A line of the access log as tests want it: by the product's own reader. */
import { readAccessLog } from '../../../src/probe/access-log.ts';
import type { LogLine } from '../../../src/probe/evidence.ts';

export type AccessLine = LogLine & { readonly text: string };

export function readLine(text: string): AccessLine {
  const read = readAccessLog(text);
  if (read.kind !== 'access') throw new Error(`no access-log line: ${text}`);
  return { ...read.line, text };
}
