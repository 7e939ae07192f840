/**
 * Words as a POSIX shell takes them: every command line that is shown for pasting is made here (paths: shellPath,
 * paths.ts). Pure.
 */

/** What every shell takes as it is; with a leading `=` zsh would look for a command of that name. */
const PLAIN = /^(?!=)[\w@%+=:,./-]+$/;

/** One word, in quotes where a shell would make something else of it. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The words of a command as a line. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
