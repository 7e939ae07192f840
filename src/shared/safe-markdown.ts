/**
 * Makes Markdown that others wrote, or that quotes them (a course's prose, an answer, a log line), safe for a file that
 * we write: printable, without HTML, each code block closed. What is doubtful is escaped rather than trusted.
 */
import { printableLines } from './printable.ts';

const OPENS = /^ {0,3}(?:(`{3,})[^`]*$|(~{3,}))/;
const CLOSES = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;

export function safeMarkdown(text: string): string {
  const safe: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  const endBlock = () => {
    safe.push(...proseBlock(block));
    block = [];
  };
  for (const line of printableLines(text).split('\n')) {
    if (fence !== null) {
      safe.push(line);
      if (CLOSES.exec(line)?.[1]?.startsWith(fence)) fence = null;
      continue;
    }
    const opened = OPENS.exec(line);
    fence = opened?.[1] ?? opened?.[2] ?? null;
    if (fence === null && line.trim() !== '') block.push(line);
    else {
      endBlock();
      // At the margin: an indented one may belong to a list, and would end where the list ends.
      safe.push(fence === null ? line : line.trimStart());
    }
  }
  endBlock();
  if (fence !== null) {
    if (safe.at(-1) === '') safe.pop();
    safe.push(fence, '');
  }
  return safe.join('\n');
}

/** A code block that nothing within it can close. */
export function codeBlock(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(2, ...lines.flatMap(line => line.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}

/** Lines without a blank one between them. Code spans are left alone while each begins and ends on one line. */
function proseBlock(lines: readonly string[]): readonly string[] {
  const spared = lines.map(withoutTagsOutsideCode);
  return spared.includes(null) ? lines.map(withoutTags) : spared.filter(line => line !== null);
}

/** An escaped character, a code span, backticks that begin none, and all between. */
const PARTS = /\\.|(`+)(?=[^`])(?:.*?[^`])\1(?!`)|`+|[^\\`]+|\\$/g;

/** null where a code span may go on in the next line. */
function withoutTagsOutsideCode(line: string): string | null {
  let safe = '';
  for (const [part, code] of line.matchAll(PARTS)) {
    if (code === undefined && part.startsWith('`')) return null;
    safe += code !== undefined || part.startsWith('\\') ? part : withoutTags(part);
  }
  return safe;
}

/** `<` is escaped where a tag, a comment or a declaration begins, unless it is already. */
function withoutTags(text: string): string {
  return text.replace(/(?<!\\)((?:\\\\)*)<(?=[A-Za-z/!?])/g, '$1\\<');
}
