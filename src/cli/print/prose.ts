/** Markdown as plain text: wrapped, without marks; an address that is wider than the lines stays in one piece. */
import { markdownLines } from '../../tui/markdown/markdown-lines.ts';
import { textOf } from '../../tui/text/line.ts';
import { signs } from '../../tui/theme.ts';

export function proseText(markdown: string, columns: number, look: { readonly ascii: boolean }): string {
  const texts: string[] = [];
  let broken = false;
  for (const text of markdownLines(markdown, columns, signs(look)).map(each => textOf(each).trimEnd())) {
    if (broken) texts.push(`${texts.pop()}${text.trimStart()}`);
    else texts.push(text);
    broken = text.length === columns && /https?:\/\/\S+$/.test(texts.at(-1) ?? '');
  }
  return texts.join('\n');
}
