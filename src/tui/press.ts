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
  /** Of a click: where, from 0. */
  readonly at?: { readonly column: number; readonly row: number };
}

/** A key as if it had been pressed. */
export const keyPress = (name: string): Press => press(name);

const press = (name: string, text = name.length === 1 ? name : ''): Press => ({
  name,
  text,
  ctrl: false,
  meta: false,
});

const INTERRUPT: Press = { name: 'c', text: '', ctrl: true, meta: false };

const SPECIAL: readonly (readonly [keyof Key, string])[] = [
  ['upArrow', 'up'], ['downArrow', 'down'], ['leftArrow', 'left'], ['rightArrow', 'right'],
  ['pageUp', 'pageup'], ['pageDown', 'pagedown'], ['home', 'home'], ['end', 'end'],
  ['return', 'enter'], ['escape', 'escape'], ['tab', 'tab'], ['backspace', 'backspace'], ['delete', 'delete'],
]; // biome-ignore format: a table

const CHARACTERS: Readonly<Record<string, string>> = {
  '\r': 'enter', '\n': 'enter', '\t': 'tab', '\u007f': 'backspace', '\b': 'backspace', '\u001b': 'escape', ' ': 'space',
}; // biome-ignore format: a table

/** Text that comes in one piece and is longer than this was pasted: outside the line editor it is dropped whole. */
const PASTE = 12;

/** A piece of plain text, and the Enter at its end: that may have been pressed a moment later, and is a key. */
const PLAIN = /^([\t\r\n\P{Cc}]*?)([\r\n]*)$/u;

/** What is left of an escape sequence that Ink does not know: a function key, a mouse report, a paste mark. */
const UNKNOWN_SEQUENCE = /^\[[0-9;?<]*[A-Za-z~^$]$|^O[A-Za-z]$/;

/** A report of the mouse, as terminals send it when they are asked to (terminal/alternate-screen.ts): button, place, M for down. */
const MOUSE = /^\[<(\d+);(\d+);(\d+)M$/;

/** Of the reports of buttons, the left one and the wheel. */
const BUTTONS: Readonly<Record<string, string>> = { 0: 'click', 64: 'wheel-up', 65: 'wheel-down' };

function mousePress(input: string): Press | null {
  const [, button = '', column, row] = MOUSE.exec(input) ?? [];
  const name = BUTTONS[button];
  if (name === undefined) return null;
  return { ...press(name, ''), at: { column: Number(column) - 1, row: Number(row) - 1 } };
}

/** What a terminal puts around a paste when it is asked to (terminal/alternate-screen.ts), as Ink reports it. */
const PASTE_BEGINS = '[200~';
const PASTE_ENDS = '[201~';

/**
 * Presses from what Ink reports, piece by piece. A paste between its marks is one press named 'paste', whatever is in
 * it: a line of a manifest must not run as keys.
 */
export function pressReader(): (input: string, key: Key) => Press[] {
  let pasted: string | null = null;
  return (input, key) => {
    if (input === PASTE_BEGINS) {
      pasted ??= '';
      return [];
    }
    if (pasted === null) return presses(input, key);
    if (input === PASTE_ENDS) {
      const text = pasted;
      pasted = null;
      return text === '' ? [] : [press('paste', text)];
    }
    // Terminals strip Ctrl-C from what is pasted, so this one was pressed: the mark of the paste's end is missing.
    if ((key.ctrl && input === 'c') || input.includes('\u0003')) {
      pasted = null;
      return [INTERRUPT];
    }
    pasted += key.return ? '\n' : key.tab ? '\t' : key.ctrl ? '' : input;
    return [];
  };
}

/** The presses in one piece. A paste that the terminal does not mark is one press named 'paste' as well. */
function presses(input: string, key: Key): Press[] {
  const special = SPECIAL.find(([flag]) => key[flag]);
  if (special) {
    // Most terminals send DEL for backspace, which Ink names delete; the real delete key it names so as well.
    const name = special[1] === 'delete' ? 'backspace' : special[1];
    return [{ ...press(name, ''), meta: key.meta && name !== 'escape' }];
  }
  const mouse = mousePress(input);
  if (mouse !== null) return [mouse];
  if (UNKNOWN_SEQUENCE.test(input)) return [];
  if (key.ctrl) return [{ name: input, text: '', ctrl: true, meta: false }];
  const [, text = '', enters = ''] = PLAIN.exec(input) ?? [];
  if ([...text].length > PASTE) return [press('paste', text), ...[...enters].map(() => press('enter', ''))];
  return [...input].map(character => {
    if (character === '\u0003') return INTERRUPT;
    const name = CHARACTERS[character];
    if (name) return press(name, name === 'space' ? ' ' : '');
    if (character < ' ')
      return { name: String.fromCharCode(character.charCodeAt(0) + 96), text: '', ctrl: true, meta: false };
    return { ...press(character, character), meta: key.meta };
  });
}
