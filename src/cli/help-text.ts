/** How wide a help text is at most: longer lines are hard to read. */
const WIDEST = 100;
/** In a column narrower than this, lines are not kept under each other. */
const NARROWEST_COLUMN = 24;

/** The room that a help text has on this terminal, in columns. */
export const helpWidth = (columns: number): number => Math.min(WIDEST, columns);

/**
 * A help text made to fit. Lines that begin without a space are prose, and a paragraph of them is wrapped as a whole;
 * lines that begin with one (options, examples) stay lines, and what is too long goes on under its last column.
 */
export function fitHelp(text: string, width: number): string {
  const fitted: string[] = [];
  let prose: string[] = [];
  const endOfProse = () => {
    if (prose.length > 0) fitted.push(...wrapHelp(prose.join(' '), width, 0));
    prose = [];
  };
  for (const line of text.split('\n')) {
    if (/^\S/.test(line) && !line.endsWith(':')) {
      prose.push(line);
      continue;
    }
    endOfProse();
    fitted.push(...(line.length <= width ? [line] : wrapHelp(line, width, lastColumn(line, width))));
  }
  endOfProse();
  return fitted.join('\n');
}

function lastColumn(line: string, width: number): number {
  const indent = line.length - line.trimStart().length;
  const column = [...line.matchAll(/(?<=\S)\s{2,}/g)].map(gap => gap.index + gap[0].length).at(-1) ?? WIDEST;
  return width - column >= NARROWEST_COLUMN ? column : indent + 2;
}

/** Broken between words; every line but the first begins with `indent` blanks. */
export function wrapHelp(line: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const last = rest.lastIndexOf(' ', width);
    // A word that is wider than the room stays whole.
    const end = last > indent ? last : rest.indexOf(' ', width);
    if (end < 0) break;
    lines.push(rest.slice(0, end).trimEnd());
    rest = ' '.repeat(indent) + rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
