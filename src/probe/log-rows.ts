/** The sidecar's access log as rows of text: each of the learner's calls with named fields, the others counted. Pure. */
import type { LogLine } from './evidence.ts';
import { isConnection } from './match.ts';
import { flagSentence } from './response-flags.ts';
import type { Span } from './walk-types.ts';

/** A line of the access log as it was read. */
export interface LoggedLine {
  readonly text: string;
  /** Null for a line in somebody's own format. */
  readonly line: LogLine | null;
  /** It is of a call that was sent from here; others come from kubectl, from other programs, or from before. */
  readonly own: boolean;
}

export interface LogRow {
  readonly spans: readonly Span[];
  /** Columns by which the row's further lines are moved right. */
  readonly hang: number;
  /** The row is shown as it is: it is cut where the line ends, not between words. */
  readonly raw?: true;
}

/** Columns for the names of fields. */
const LABEL = 11;

/** Newest last. A line that cannot be decoded is shown as it is. */
export function logRows(lines: readonly LoggedLine[]): LogRow[] {
  const rows: LogRow[] = [];
  let others = 0;
  const count = () => {
    if (others > 0) rows.push(plainRow(othersText(others), 'dim'));
    others = 0;
  };
  for (const each of lines) {
    if (each.line !== null && !each.own) {
      others++;
      continue;
    }
    count();
    rows.push(...(each.line === null ? [rawRow(each)] : callRows(each.line)));
  }
  count();
  return rows;
}

/** The lines as they are; those of others dim. */
export const rawRows = (lines: readonly LoggedLine[]): LogRow[] => lines.map(rawRow);

function othersText(count: number): string {
  return count === 1 ? '1 line of a call that was not yours' : `${count} lines of calls that were not yours`;
}

function callRows(line: LogLine): LogRow[] {
  const { cluster, upstreamHost, route, milliseconds, bytesReceived, bytesSent } = line;
  const unset = (value: string) => value === '-' || value === '';
  return [
    plainRow(`${line.start.slice(11, 23)}  ${askedText(line)}`, 'accent'),
    field('answer', answerText(line), line.flags === '-' || line.flags === '' ? 'plain' : 'bad'),
    ...meaningRows(line),
    field('cluster', unset(cluster) ? 'none' : cluster),
    ...(unset(upstreamHost) ? [] : [field('upstream', upstreamHost)]),
    ...(unset(route) ? [] : [field('route', route)]),
    field('took', `${milliseconds} ms, ${bytesReceived} bytes from the app, ${bytesSent} to it`),
  ];
}

function askedText(line: LogLine): string {
  if (!isConnection(line)) return `${line.method} ${line.authority}${line.path}  ${line.protocol}`;
  const sni = line.sni === '-' || line.sni === '' ? '' : `, server name (SNI) ${line.sni}`;
  return `connection to ${line.downstreamLocal}${sni}`;
}

function answerText(line: LogLine): string {
  const { flags, code, details } = line;
  const flag = flags === '-' || flags === '' ? '' : `flag ${flags}`;
  const status = code === 0 ? (isConnection(line) ? '' : 'no status') : `${code}`;
  const by =
    isConnection(line) || details === '-' ? '' : details === 'via_upstream' ? 'from upstream' : details;
  return [status, flag, by].filter(text => text !== '').join(', ') || 'none seen: only bytes';
}

function meaningRows({ flags, transportFailure, details }: LogLine): LogRow[] {
  const meaning = flagSentence(flags, transportFailure === '' ? details : transportFailure);
  const words = [meaning, transportFailure].filter(text => text !== '');
  return words.map(text => ({ spans: [span(' '.repeat(LABEL + 2)), span(text, 'dim')], hang: LABEL + 2 }));
}

function field(name: string, value: string, role: Span['role'] = 'plain'): LogRow {
  return { spans: [span(`  ${name.padEnd(LABEL)}`, 'dim'), span(value, role)], hang: LABEL + 2 };
}

const rawRow = ({ text, own }: LoggedLine): LogRow => ({
  ...plainRow(text, own ? 'plain' : 'dim'),
  raw: true,
});

function plainRow(text: string, role: Span['role']): LogRow {
  return { spans: [span(text, role)], hang: 2 };
}

const span = (text: string, role: Span['role'] = 'plain'): Span => ({ text, role });
