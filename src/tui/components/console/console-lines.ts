/** The probe console: the call as it was typed, how it ended, and what curl said. */
import { waitedFor } from '../../../probe/curl-output.ts';
import type { ApiAnswer, CurlSide, Transfer } from '../../../probe/evidence.ts';
import { bold, type Line, line, piece, spread, textOf, widthOf } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';
import { commandText } from './command-text.ts';

/** Up to this many transfers are listed one by one; more are counted. */
const LISTED = 6;

interface Room {
  readonly columns: number;
  /** The walk below counts the answers already, so a call of many transfers is not counted here. */
  readonly tallied?: boolean;
  /** Rows are few: a body has one. */
  readonly brief?: boolean;
}

export function consoleLines(argv: readonly string[], answer: CurlSide | undefined, room: Room): Line[] {
  const { columns } = room;
  const command: Line = [piece('$ ', 'dim'), bold(commandText(argv))];
  if (!answer) return wrap(command, columns, 4);
  const ending = endingOf(answer);
  const lines = wrap(command, columns, 4);
  const last = lines.at(-1) ?? [];
  const fits = textOf(last).length + textOf(ending).length + 2 <= columns;
  const head = fits
    ? [...lines.slice(0, -1), spread(last, ending, columns)]
    : [...lines, spread([], ending, columns)];
  return [...head, ...bodyLines(answer, room)];
}

function endingOf(answer: CurlSide): Line {
  const only = answer.transfers.length === 1 ? answer.transfers[0] : undefined;
  const took = ` ${duration(waitedFor(answer))}`;
  if (answer.exit !== 0) return [piece(`exit ${answer.exit} `, 'bad'), piece(took, 'dim')];
  if (!only) return [piece('exit 0 '), piece(took, 'dim')];
  return [piece(`${only.code} `, only.code < 400 ? 'good' : 'bad'), piece(took, 'dim')];
}

function duration(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
}

function bodyLines(answer: CurlSide, room: Room): Line[] {
  const { columns, tallied, brief } = room;
  const { transfers } = answer;
  const lines: Line[] = [];
  if (transfers.length === 1 && transfers[0]) lines.push(...answerLines(transfers[0], room));
  else if (transfers.length <= LISTED)
    lines.push(...(brief ? runs(transfers) : transfers.map((one, at) => listed(one, `${at + 1}`))));
  else if (!tallied) lines.push(...counted(transfers));
  const message = answer.message.trim();
  if (message !== '')
    lines.push(...message.split('\n').flatMap(text => chop([piece(`  ${text}`)], columns, 4)));
  return lines;
}

function answerLines(transfer: Transfer, { columns, brief }: Room): Line[] {
  const { api, text } = transfer.body;
  if (api) {
    const { headers: _, ...facts } = api;
    const shown = Object.entries(facts).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`);
    if (brief) return [line(`  ${briefBody(api, columns - 2)}`)];
    return wrap([piece('  '), piece(`{${shown.join(', ')}}`)], columns, 3);
  }
  return text === ''
    ? []
    : text
        .split('\n')
        .slice(0, 8)
        .flatMap(one => chop([piece(`  ${one}`)], columns, 4));
}

/** What lessons look at, the most telling first; the status stands in the row above, the path in the walk as well. */
const TELLING = ['version', 'scheme', 'clientCert', 'path', 'sni', 'host'] as const;

/** As much of the body as one row has room for; an ellipsis stands for the rest. */
function briefBody(api: ApiAnswer, columns: number): string {
  const fields = TELLING.map(key => `"${key}": ${JSON.stringify(api[key])}`);
  const bodies = fields.map((_, at) => `{${fields.slice(0, at + 1).join(', ')}, ...}`);
  return bodies.findLast(body => widthOf(line(body)) <= columns) ?? '{...}';
}

/** Equal answers in a row share a row. */
function runs(transfers: readonly Transfer[]): Line[] {
  const groups: Transfer[][] = [];
  for (const each of transfers) {
    const last = groups.at(-1);
    if (last?.[0] && textOf(result(last[0])) === textOf(result(each))) last.push(each);
    else groups.push([each]);
  }
  let from = 1;
  return groups.map(group => {
    const [first] = group as [Transfer];
    const numbers = group.length === 1 ? `${from}` : `${from}-${from + group.length - 1}`;
    from += group.length;
    const longest = duration(Math.max(...group.map(each => each.seconds)));
    return listed(first, numbers, group.length === 1 ? longest : `up to ${longest}`);
  });
}

function listed(transfer: Transfer, numbers: string, took = duration(transfer.seconds)): Line {
  return [piece(`  ${numbers.padStart(2)}  `, 'dim'), ...result(transfer), piece(`  ${took}`, 'dim')];
}

function counted(transfers: readonly Transfer[]): Line[] {
  const groups = new Map<string, { count: number; of: Transfer }>();
  for (const transfer of transfers) {
    const key = textOf(result(transfer));
    const group = groups.get(key);
    groups.set(key, { count: (group?.count ?? 0) + 1, of: transfer });
  }
  const ordered = [...groups.values()].sort((a, b) => b.count - a.count);
  const rows = ordered
    .slice(0, LISTED)
    .map(({ count, of }): Line => [piece(`  ${String(count).padStart(4)} x  `), ...result(of)]);
  const rest = ordered.slice(LISTED).reduce((sum, one) => sum + one.count, 0);
  return rest > 0 ? [...rows, line(`  ${String(rest).padStart(4)} others`, 'dim')] : rows;
}

function result(transfer: Transfer): Line {
  if (transfer.exit !== 0) return [piece(`exit ${transfer.exit}`, 'bad')];
  const who = transfer.body.api ? `  ${transfer.body.api.version}` : '';
  return [piece(String(transfer.code), transfer.code < 400 ? 'good' : 'bad'), piece(who)];
}
