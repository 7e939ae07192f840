/** The screens before the course: where the mesh shall run, the cluster being made, and what went wrong. Pure. */
import { headerLine, noteRule, ruleLine, scrollNote } from '../../components/frame-lines.ts';
import { type KeyLabel, keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { keyLabel } from '../../keys.ts';
import { windowOn } from '../../state/scroll.ts';
import type { Size } from '../../terminal/window-size.ts';
import { blank, bold, clickable, indent, type Line, line, piece, spread } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, type Signs, signs } from '../../theme.ts';
import { SUBTITLE, TITLE } from '../list/frame.ts';
import type { Offer, Start, StartStage, StartState } from './state.ts';

export interface StartInput {
  readonly state: StartState;
  readonly size: Size;
  readonly look: Look;
  readonly now: number;
}

export const READ_ONLY: Offer = { id: 'read', note: 'only read the lessons, without a cluster', ready: true };

export function startFrame(input: StartInput): Line[] {
  const { state, size, look } = input;
  const height = Math.max(3, size.rows - 5);
  const lines = [blank, ...bodyOf(input)];
  const scrolled =
    state.now.at === 'trouble' ? state.now.scrolled : state.now.at === 'making' ? lines.length : 0;
  const seen = windowOn(lines, scrolled, height);
  const rows = Array.from({ length: height }, (_, at) => indent(seen.lines[at] ?? [], 1));
  return [
    headerLine(TITLE, '', '', size.columns, look),
    ruleLine(size.columns, look),
    ...rows,
    noteRule(null, scrollNote(seen.above, seen.below, look), size.columns, look),
    keyBarLine(keysOf(state.now), size.columns),
  ];
}

function bodyOf({ state, size, look, now }: StartInput): Line[] {
  const room = Math.min(size.columns - 2, 100);
  const sign = signs(look);
  const start = state.now;
  switch (start.at) {
    case 'choose':
      return [
        line(SUBTITLE, 'dim'),
        blank,
        [bold('Where shall the mesh run?')],
        blank,
        ...offersLines([...start.offers, READ_ONLY], start.pointer, room, sign),
        blank,
        ...wrap([piece('You can change later: every lesson is the same on all of them.', 'dim')], room),
      ];
    case 'making':
      return [
        [bold(`Bringing up ${start.offer.id}`)],
        blank,
        ...start.stages.flatMap(stage => stageLines(stage, now, room, look)),
        ...(start.line && !look.screenReader
          ? wrap([piece('     '), piece(start.line, 'dim')], room, 5).slice(0, 3)
          : []),
        ...start.notes.flatMap(text => wrap([piece('!  ', 'accent'), piece(text)], room, 3)),
      ];
    case 'trouble':
      return problemLines(start.problem, room, sign, [
        ['u', start.canMake ? 'try again' : 'look again'],
        ...(start.canMake ? ([['w', 'choose where the mesh runs']] as const) : []),
        ...(start.canRead ? ([['r', 'read the lessons without a cluster']] as const) : []),
      ]);
    default:
      return [];
  }
}

function offersLines(offers: readonly Offer[], pointer: number, columns: number, sign: Signs): Line[] {
  const width = Math.min(30, Math.max(10, ...offers.map(offer => offer.id.length)));
  return offers.flatMap((offer, at) => {
    const here = at === pointer;
    const name = offer.id.padEnd(width);
    const lead: Line = [piece(here ? ` ${sign.pointer} ` : '   ', 'accent'), here ? bold(name) : piece(name)];
    const lines = wrap([...lead, piece(`  ${offer.note}`, 'dim')], columns, width + 5);
    return clickable(lines, { key: String(at + 1) });
  });
}

function stageLines(stage: StartStage, now: number, columns: number, look: Look): Line[] {
  const sign = signs(look);
  const passed = Math.max(0, (stage.until ?? now) - stage.since);
  const turn = look.screenReader ? '' : (sign.spinner[Math.floor(passed / 100) % sign.spinner.length] ?? '');
  const mark =
    stage.until === undefined
      ? piece(` ${turn} `.padEnd(4), 'accent')
      : piece(` ${sign.good} `.padEnd(4), 'good');
  const time =
    stage.until === undefined && passed < 1000 ? '' : `${(passed / 1000).toFixed(passed < 10_000 ? 1 : 0)} s`;
  return [spread([mark, piece(stage.title)], [piece(time, 'dim')], Math.min(columns, 76), sign.ellipsis)];
}

function keysOf(start: Start): KeyLabel[] {
  switch (start.at) {
    case 'choose':
      return [keyLabel('choose', 'menu', 'start'), keyLabel('quit', 'menu')];
    case 'making':
      return [keyLabel('interrupt', 'wait'), keyLabel('quit', 'wait')];
    case 'trouble':
      return [
        keyLabel('bring-back', 'trouble', start.canMake ? 'try again' : 'look again'),
        ...(start.canMake ? [keyLabel('where', 'trouble')] : []),
        ...(start.canRead ? [keyLabel('read', 'trouble')] : []),
        keyLabel('quit', 'trouble'),
      ];
    default:
      return [keyLabel('quit', 'list')];
  }
}
