/** A terminal's screen as SVG: rows of text in the colours of its cells. No fonts, no scripts, nothing to fetch. */
import type { IBuffer, IBufferCell } from '@xterm/headless';

const CELL = { width: 8.4, height: 18 };
const PAD = 12;
const BACK = '#16181d';
const FRONT = '#d8dbe0';
/** The palette's first eight, and their bright ones. */
const PALETTE = [
  ...['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dbe0'],
  ...['#5c6370', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#ffffff'],
];

export function screenSvg(buffer: IBuffer, columns: number, rows: number, title: string): string {
  const lines = Array.from({ length: rows }, (_, row) => rowSpans(buffer, row, columns));
  const last = lines.findLastIndex(spans => spans.length > 0);
  const shown = lines.slice(0, last + 1);
  const width = Math.round(columns * CELL.width + 2 * PAD);
  const height = Math.round(shown.length * CELL.height + 2 * PAD);
  const texts = shown.map((spans, row) => {
    const y = PAD + row * CELL.height + 13;
    return spans.length === 0 ? '' : `  <text y="${y}" xml:space="preserve">${spans.join('')}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `  <rect width="100%" height="100%" rx="8" fill="${BACK}"/>`,
    `  <g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${FRONT}">`,
    ...texts.filter(each => each !== ''),
    '  </g>',
    '</svg>',
    '',
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
  const colour = cell.isFgDefault() ? '' : ` fill="${PALETTE[cell.getFgColor() % PALETTE.length]}"`;
  const dim = cell.isDim() ? ' opacity="0.6"' : '';
  const bold = cell.isBold() ? ' font-weight="bold"' : '';
  return `${colour}${dim}${bold}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
