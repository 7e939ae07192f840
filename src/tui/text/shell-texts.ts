/** A word with its quotes: what is inside them is never broken. */
const WORD = /(?:'[^']*'|\\.|[^\s'])+/g;

/** A command for the shell in lines that can be pasted together: broken between words, with a backslash. */
export function shellTexts(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.match(WORD) ?? []) {
    const last = lines.at(-1) ?? '';
    const joined = last === '' ? word : `${last} ${word}`;
    if (joined.length <= columns - 2 || last === '') lines[lines.length - 1] = joined;
    else lines.push(`  ${word}`);
  }
  return lines.map((one, at) => (at < lines.length - 1 ? `${one} \\` : one));
}
