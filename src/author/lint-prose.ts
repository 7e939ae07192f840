/**
 * What an author overlooks in prose: a code block that is never closed, a link that leads nowhere, a manifest that the
 * text names but the folder lacks, an image, which no terminal shows. Pure: texts in, findings out.
 */
import { lexer, type Token, type Tokens, walkTokens } from 'marked';

export interface Finding {
  /** The file as messages call it. */
  readonly file: string;
  /** From 1; 0 where no single line is to blame. */
  readonly line: number;
  readonly what: string;
}

export interface ProseFile {
  readonly name: string;
  readonly text: string;
}

const MANIFEST = /\b(?:[\w-]+\/)*[\w-]+\.ya?ml\b/g;

/** `files`: every file of the lesson or drill, by its path relative to the folder. */
export function lintProse(prose: ProseFile, files: ReadonlySet<string>): Finding[] {
  const { name, text } = prose;
  const findings: Finding[] = [];
  const lineOf = (part: string): number => {
    const at = text.indexOf(part);
    return at < 0 ? 0 : text.slice(0, at).split('\n').length;
  };
  const say = (part: string, what: string) => findings.push({ file: name, line: lineOf(part), what });

  const open = openFence(text);
  if (open !== null) {
    findings.push({ file: name, line: open, what: 'This code block is never closed.' });
    return findings;
  }
  const bases = new Set([...files].map(path => path.split('/').at(-1)));
  const mentions = (words: string) => {
    for (const [path] of words.matchAll(MANIFEST)) {
      const known = files.has(path) || (!path.includes('/') && bases.has(path));
      if (!known) say(path, `There is no file ${path}.`);
    }
  };
  walkTokens(lexer(text), (token: Token) => {
    switch (token.type) {
      case 'image':
        say(token.raw, 'A terminal shows no images.');
        return;
      case 'html':
        if (!token.raw.trim().startsWith('<!--')) say(token.raw, 'HTML is shown as it is written.');
        return;
      case 'link':
        link(token as Tokens.Link, say);
        return;
      case 'codespan':
        mentions((token as Tokens.Codespan).text);
        return;
      case 'text':
        if ((token as Tokens.Text).tokens === undefined) mentions(token.raw);
        return;
    }
  });
  return findings;
}

function link(token: Tokens.Link, say: (part: string, what: string) => void): void {
  const bare = token.raw === token.href || token.raw === `<${token.href}>`;
  if (bare) return;
  if (/^https?:\/\/[^\s.]+\.[^\s]+$/.test(token.href)) return;
  say(token.raw, `This link leads nowhere: ${token.href === '' ? 'it has no address' : token.href}`);
}

/** The line of a code fence that is never closed. */
function openFence(text: string): number | null {
  let open: { mark: string; line: number } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark === undefined) continue;
    if (open === null) open = { mark, line: index + 1 };
    else if (mark.startsWith(open.mark)) open = null;
  }
  return open?.line ?? null;
}
