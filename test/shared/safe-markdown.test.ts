import { lexer, type Token, walkTokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { codeBlock, safeMarkdown } from '../../src/shared/safe-markdown.ts';

function tagsIn(markdown: string): string[] {
  const found: string[] = [];
  walkTokens(lexer(markdown), (token: Token) => {
    if (token.type === 'html') found.push(token.raw);
  });
  return found;
}

describe('Markdown of others', () => {
  it.each([
    ['a block', '<script>alert(1)</script>'],
    ['in a sentence', 'Look <img src=x onerror=alert(1)> here.'],
    ['a comment, a declaration, an instruction', '<!-- x --> <!DOCTYPE x> <?php x ?> </p>'],
    ['beside code', 'Use `--on` <b>now</b>'],
    ['behind an escaped backtick', '\\` <b>now</b> `'],
    ['behind an escaped backslash', 'a \\\\<b>now</b>'],
    ['between code spans of two lines', 'one ` two\n` <b>now</b> ` three'],
    ['between list items', '- one `\n- <b>now</b>\n- `'],
    ['behind a block that a list closes', '- a\n  ```\n<b>now</b>\n\n```\nx\n```\n<i>x</i>'],
    ['behind a closed block', '~~~\nx\n~~~\n<b>now</b>\n'],
    ['behind backticks that open no block', '``` a`b\n<b>now</b>'],
    ['behind a block in a list that is never closed', '- a\n\n  ```\n  x\n\n<b>now</b>'],
    ['in a quotation', '> ```\n<b>now</b>\n```\nx\n```\n'],
  ])('has no tags: %s', (_, markdown) => {
    expect(tagsIn(markdown)).not.toEqual([]);
    expect(tagsIn(safeMarkdown(markdown))).toEqual([]);
    expect(safeMarkdown(safeMarkdown(markdown))).toBe(safeMarkdown(markdown));
  });

  it.each([
    'Say `--on <PROVIDER>`, and `` a`<b> ``: 1 < 2.',
    '```yaml\nhosts: [<b>]\n```\n\nAnd on.\n',
    'An escaped \\<b> stays, "quotes" & <5 % too.',
    '# Title\n\n- one\n- two\n\n| a | b |\n| --- | --- |\n',
  ])('is left alone where it is harmless: %s', markdown => {
    expect(safeMarkdown(markdown)).toBe(markdown);
  });

  it('closes its code block, so that what follows is text again', () => {
    expect(safeMarkdown('~~~~\nx\n~~~')).toBe('~~~~\nx\n~~~\n~~~~\n');
    expect(safeMarkdown('```\nx\n')).toBe('```\nx\n```\n');
  });

  it('holds no control characters', () => {
    expect(safeMarkdown('a\x1b]0;x\x07b\r\nc\u009b2J\u202ed\u200be')).toBe('a?]0;x?b\nc?2J?d?e');
  });
});

it('a code block is not closed by what is in it', () => {
  const block = codeBlock(['a', '````', '<b>', '```']);
  expect(block).toEqual(['`````', 'a', '````', '<b>', '```', '`````']);
  expect(lexer(block.join('\n'))).toHaveLength(1);
});
