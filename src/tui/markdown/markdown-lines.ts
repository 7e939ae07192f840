/**
 * A lesson's prose as lines: marked's lexer reads the Markdown, this file lays it out. Headings, paragraphs,
 * lists, block quotes, code (inline and fenced), emphasis, links and plain tables; anything else appears as its source
 * text. Links are their text: only who draws a page of ours may have its pieces carry the target (linkedMarkdownLines).
 */
import { lexer, type Token, type Tokens, walkTokens } from 'marked';
import { blank, indent, type Line, type Piece, piece, widthOf } from '../text/line.ts';
import { chop, wrap } from '../text/wrap.ts';
import type { Signs } from '../theme.ts';

/** Lines of at most `columns` columns, without a blank line at either end. */
export function markdownLines(source: string, columns: number, signs: Signs): Line[] {
  return blocks(lexer(source), columns, signs);
}

/** The same of a text of ours, with its links. */
export function linkedMarkdownLines(source: string, columns: number, signs: Signs): Line[] {
  return blocks(ourLinks(lexer(source)), columns, signs);
}

/** marked's tokens, of which each link is one of ours. */
function ourLinks<T extends Token>(tokens: T[]): T[] {
  walkTokens(tokens, token => {
    if (token.type === 'link') (token as OurLink).ours = true;
  });
  return tokens;
}

interface OurLink extends Tokens.Link {
  ours?: boolean;
}

function blocks(tokens: readonly Token[], columns: number, signs: Signs): Line[] {
  const lines: Line[] = [];
  for (const token of tokens) {
    if (token.type === 'space') continue;
    if (lines.length > 0) lines.push(blank);
    lines.push(...block(token, columns, signs));
  }
  return lines;
}

function block(token: Token, columns: number, signs: Signs): Line[] {
  switch (token.type) {
    case 'heading':
      return wrap(
        inline((token as Tokens.Heading).tokens).map(one => ({ ...one, bold: true })),
        columns,
      );
    case 'paragraph':
      return wrap(inline((token as Tokens.Paragraph).tokens), columns);
    case 'text': {
      const text = token as Tokens.Text;
      return wrap(text.tokens ? inline(text.tokens) : [piece(decode(text.text))], columns);
    }
    case 'code':
      return (token as Tokens.Code).text
        .split('\n')
        .flatMap(text => chop([piece('  '), piece(text, 'accent')], columns, 4));
    case 'blockquote':
      return blocks((token as Tokens.Blockquote).tokens, columns - 2, signs).map(one => [
        piece(`${signs.divider} `, 'dim'),
        ...one,
      ]);
    case 'list':
      return list(token as Tokens.List, columns, signs);
    case 'table':
      return table(token as Tokens.Table, columns);
    case 'hr':
      return [[piece(signs.rule.repeat(Math.min(columns, 20)), 'dim')]];
    case 'html':
      return /^\s*<!--/.test(token.raw) ? [] : wrap([piece(token.raw.trim())], columns);
    default:
      return wrap([piece(token.raw.trim())], columns);
  }
}

function list(token: Tokens.List, columns: number, signs: Signs): Line[] {
  const first = token.start === '' ? 1 : token.start;
  return token.items.flatMap((item, index) => {
    const mark = token.ordered ? `${first + index}. ` : `${signs.bullet} `;
    const body = item.tokens.flatMap(one =>
      one.type === 'space' ? [] : block(one, columns - mark.length, signs),
    );
    return body.map(
      (one, at): Line => (at === 0 ? [piece(mark, 'accent'), ...one] : indent(one, mark.length)),
    );
  });
}

/** Columns as wide as their widest cell; the last one takes what is left and wraps. */
function table(token: Tokens.Table, columns: number): Line[] {
  const rows = [token.header, ...token.rows].map(row => row.map(cell => inline(cell.tokens)));
  const widths = token.header.map((_, at) => Math.max(...rows.map(row => widthOf(row[at] ?? []))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = Math.max(12, columns - before);
  return rows.flatMap((row, rowAt) => {
    const cells = row.map((cell): Line => (rowAt === 0 ? cell.map(one => ({ ...one, bold: true })) : cell));
    const tail = wrap(cells.at(-1) ?? [], last);
    return tail.map((rest, at): Line => {
      if (at > 0) return indent(rest, before);
      const head = cells
        .slice(0, -1)
        .flatMap((cell, cellAt): Piece[] => [
          ...cell,
          piece(' '.repeat((widths[cellAt] ?? 0) - widthOf(cell) + 2)),
        ]);
      return [...head, ...rest];
    });
  });
}

function inline(tokens: readonly Token[] | undefined): Piece[] {
  return (tokens ?? []).flatMap((token): Piece[] => {
    switch (token.type) {
      case 'strong':
        return inline((token as Tokens.Strong).tokens).map(one => ({ ...one, bold: true }));
      case 'em':
        return inline((token as Tokens.Em).tokens).map(one => ({ ...one, italic: true }));
      case 'codespan':
        return [piece(decode((token as Tokens.Codespan).text), 'accent')];
      case 'link':
        return linkPieces(token as OurLink);
      case 'br':
        return [piece(' ')];
      case 'escape':
        return [piece(decode((token as Tokens.Escape).text))];
      case 'text': {
        const text = token as Tokens.Text;
        return text.tokens ? inline(text.tokens) : [piece(decode(text.text).replace(/\n/g, ' '))];
      }
      default:
        return [piece(token.raw.replace(/\n/g, ' '))];
    }
  });
}

function linkPieces({ tokens, href, ours }: OurLink): Piece[] {
  const pieces = inline(tokens);
  return ours ? pieces.map(one => ({ ...one, link: href })) : pieces;
}

/** marked escapes for HTML; a terminal wants the characters. */
function decode(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
}
