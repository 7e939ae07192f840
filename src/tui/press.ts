/**
 * A key press as data. Ink hands over what the terminal sent, and several keys in one piece when they come
 * quickly; here each becomes one press, so that fast typing loses nothing.
 */
import type { Key } from 'ink';

export interface Press {
  /** 'enter', 'up', 'space', ..., or the character itself. */
  readonly name: string;
  /** What it would type; '' for a key that types nothing. */
  readonly text: string;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

export const press = (name: string, text = name.length === 1 ? name : ''): Press => ({
  name,
  text,
  ctrl: false,
  meta: false,
});

const SPECIAL: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'],
  ['pageUp', 'pageup'], ['pageDown', 'pagedown'], ['home', 'home'], ['end', 'end'],
  ['return', 'enter'], ['escape', 'escape'], ['tab', 'tab'], ['backspace', 'backspace'], ['delete', 'delete'],
]; // biome-ignore format: a table

const CHARACTERS: Readonly<Record<string, string>> = {
  '\r': 'enter', '\n': 'enter', '\t': 'tab', '\u007f': 'backspace', '\b': 'backspace', '\u001b': 'escape', ' ': 'space',
}; // biome-ignore format: a table

/** A piece of pasted text longer than this is no typing: outside the line editor it is dropped whole. */
const PASTE = 12;

/** What is left of an escape sequence that Ink does not know: a function key, a mouse report, a paste mark. */
const UNKNOWN_SEQUENCE = /^\[[0-9;?<]*[A-Za-z~^$]$|^O[A-Za-z]$/;

/** The presses in what Ink reported. A paste is one press named 'paste'. */
export function presses(input: string, key: Key): Press[] {
  const special = SPECIAL.find(([flag]) => key[flag]);
  if (special) {
    // Most terminals send DEL for backspace, which Ink names delete; the real delete key it names so as well.
    const name = special[1] === 'delete' ? 'backspace' : special[1];
    return [{ ...press(name, ''), meta: key.meta && name !== 'escape' }];
  }
  if (UNKNOWN_SEQUENCE.test(input)) return [];
  if (key.ctrl) return [{ name: input, text: '', ctrl: true, meta: false }];
  const characters = [...input];
  if (characters.length > PASTE && !/[\r\n]/.test(input) && !input.includes('\u0003'))
    return [press('paste', input)];
  return characters.map(character => {
    if (character === '\u0003') return { name: 'c', text: '', ctrl: true, meta: false };
    const name = CHARACTERS[character];
    if (name) return press(name, name === 'space' ? ' ' : '');
    if (character < ' ')
      return { name: String.fromCharCode(character.charCodeAt(0) + 96), text: '', ctrl: true, meta: false };
    return { ...press(character, character), meta: key.meta };
  });
}
