/** Draws the line editor: the whole line, however long, with its cursor as an inverse cell. */
import { type Line, type Piece, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';
import type { LineEditor } from './state.ts';

/** `prompt`: what stands in front of it. */
export function lineEditorLines(editor: LineEditor, columns: number, signs: Signs, prompt = '$ '): Line[] {
  const { characters, cursor } = editor;
  const typed: Piece[] = [
    piece(prompt, 'accent'),
    piece(characters.slice(0, cursor).join('')),
    { ...piece(characters[cursor] ?? ' '), inverse: true },
    piece(characters.slice(cursor + 1).join('')),
  ];
  const wrong: Line[] = editor.error
    ? wrap([piece(`${signs.bad} `, 'bad'), piece(editor.error)], columns, 2)
    : [];
  return [
    ...chop(
      typed.filter(one => one.text !== ''),
      columns,
      2,
    ),
    ...wrong,
  ];
}
