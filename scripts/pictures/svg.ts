/**
 * A terminal's screen as SVG: rows of text in the colours of its cells, on a dark or a light ground as the reader has it.
 * No fonts, no scripts, nothing to fetch; several screens follow each other by CSS alone.
 */
import type { IBuffer, IBufferCell } from '@xterm/headless';

const CELL = { width: 8.4, height: 18 };
const PAD = 12;
/** Seconds that each of several screens is shown. */
const SHOWN = 3.5;

/** The ground and the plain text; the program's colours can be read on both. */
interface Palette {
  readonly back: string;
  readonly front: string;
}

const DARK: Palette = { back: '#16181d', front: '#d8dbe0' };
const LIGHT: Palette = { back: '#fbfbf9', front: '#24292f' };

/** What a screen is made of: its rows as SVG, and how many there are. */
export interface Drawn {
  readonly rows: readonly string[];
  readonly columns: number;
}

export function drawnScreen(buffer: IBuffer, columns: number, rows: number): Drawn {
  const lines = Array.from({ length: rows }, (_, row) => rowSpans(buffer, row, columns));
  const last = lines.findLastIndex(spans => spans.length > 0);
  return {
    columns,
    rows: lines.slice(0, last + 1).map((spans, row) => {
      const y = PAD + row * CELL.height + 13;
      return spans.length === 0 ? '' : `<text y="${y}" xml:space="preserve">${spans.join('')}</text>`;
    }),
  };
}

/** One screen, or several that follow each other again and again. */
export function screensSvg(screens: readonly Drawn[], title: string): string {
  const width = Math.round(Math.max(...screens.map(each => each.columns)) * CELL.width + 2 * PAD);
  const height = Math.round(Math.max(...screens.map(each => each.rows.length)) * CELL.height + 2 * PAD);
  const moving = screens.length > 1;
  const groups = screens.map(({ rows }, at) => {
    const texts = rows.filter(each => each !== '').join('\n');
    return moving ? `<g class="s" style="animation-delay:${at * SHOWN}s">\n${texts}\n</g>` : texts;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    '<style>',
    rules(DARK),
    `@media (prefers-color-scheme: light) { ${rules(LIGHT)} }`,
    ...(moving ? [motion(screens.length)] : []),
    '</style>',
    '<rect class="back" width="100%" height="100%" rx="8"/>',
    `<g class="front" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    ...groups,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function rules({ back, front }: Palette): string {
  return `.back { fill: ${back} } .front { fill: ${front} }`;
}

/** Whoever wants no motion sees the last screen. */
function motion(count: number): string {
  const share = (100 / count).toFixed(3);
  return [
    `.s { visibility: hidden; animation: turn ${count * SHOWN}s step-end infinite }`,
    `@keyframes turn { 0% { visibility: visible } ${share}% { visibility: hidden } }`,
    '@media (prefers-reduced-motion: reduce) { .s { animation: none } .s:last-child { visibility: visible } }',
  ].join('\n');
}

/** Cells that look the same make one span; each span begins where its first cell does, whatever the font's widths. */
function rowSpans(buffer: IBuffer, row: number, columns: number): string[] {
  const line = buffer.getLine(row);
  const spans: { at: number; text: string; look: string }[] = [];
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column);
    const text = cell?.getChars() || ' ';
    const look = cell ? lookOf(cell) : '';
    const before = spans.at(-1);
    if (before !== undefined && before.look === look) before.text += text;
    else spans.push({ at: column, text, look });
  }
  return spans
    .filter(each => each.text.trim() !== '')
    .map(({ at, text, look }) => {
      const lead = text.length - text.trimStart().length;
      const x = Math.round((PAD + (at + lead) * CELL.width) * 10) / 10;
      const length = Math.round(text.trim().length * CELL.width * 10) / 10;
      return `<tspan x="${x}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escaped(text.trim())}</tspan>`;
    });
}

function lookOf(cell: IBufferCell): string {
  const dim = cell.isDim() ? ' opacity="0.65"' : '';
  // What is inverse on the screen, such as an open tab, is underlined here.
  const bold = cell.isBold() || cell.isInverse() ? ' font-weight="bold"' : '';
  const open = cell.isInverse() ? ' text-decoration="underline"' : '';
  return `${colourOf(cell)}${dim}${bold}${open}`;
}

function colourOf(cell: IBufferCell): string {
  if (cell.isFgDefault()) return '';
  const colour = cell.getFgColor();
  const rgb = cell.isFgRGB() ? colour : rgbOf(colour);
  return ` fill="#${rgb.toString(16).padStart(6, '0')}"`;
}

/** Of a terminal's 256 colours, 16 to 231 are a cube of six steps a side, and the rest greys. */
function rgbOf(colour: number): number {
  if (colour < 16) throw new Error(`Colour ${colour} is another one in each terminal.`);
  if (colour >= 232) return (8 + 10 * (colour - 232)) * 0x010101;
  const step = (place: number) => [0, 95, 135, 175, 215, 255][Math.floor((colour - 16) / place) % 6] ?? 0;
  return (step(36) << 16) | (step(6) << 8) | step(1);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
