/** Words and paths as a POSIX shell takes them: every line that is shown to be pasted is made here. Pure. */
import { tilde } from './paths.ts';

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

/** A path as people write it: ~ stays outside the quotes, where the shell still puts the home folder in. */
export function shellPath(path: string): string {
  const short = tilde(path);
  return short.startsWith('~/') && short.length > 2 ? `~/${shellWord(short.slice(2))}` : shellWord(path);
}
