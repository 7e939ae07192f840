/**
 * A line being typed, as a pure reducer: cursor, words, history. The cursor counts what a reader takes for one
 * character, however many code points that may be: a letter with its accent, a family of four.
 */
export interface LineEditor {
  readonly characters: readonly string[];
  readonly cursor: number;
  /** Earlier lines, oldest first; `at` is where the learner is in them: their number while a new line is typed. */
  readonly history: readonly string[];
  readonly at: number;
  readonly draft: string;
  readonly error: string | null;
}

export type LineAction =
  | { readonly type: 'insert'; readonly text: string }
  /** Takes the place of the whole line. */
  | { readonly type: 'replace'; readonly text: string }
  | { readonly type: 'move'; readonly to: 'left' | 'right' | 'start' | 'end' | 'word-left' | 'word-right' }
  | { readonly type: 'erase'; readonly what: 'before' | 'after' | 'word' | 'to-start' | 'to-end' }
  | { readonly type: 'history'; readonly to: 'older' | 'newer' }
  | { readonly type: 'wrong'; readonly error: string };

const segmenter = new Intl.Segmenter();
const charactersOf = (text: string): string[] => Array.from(segmenter.segment(text), each => each.segment);

export function openLine(text: string, history: readonly string[]): LineEditor {
  const characters = charactersOf(text);
  return { characters, cursor: characters.length, history, at: history.length, draft: text, error: null };
}

export const textOfLine = (editor: LineEditor): string => editor.characters.join('');

export function reduceLine(state: LineEditor, action: LineAction): LineEditor {
  const { characters, cursor } = state;
  const edited = (next: readonly string[], at: number): LineEditor => ({
    ...state,
    characters: next,
    cursor: at,
    error: null,
  });
  const without = (from: number, to: number) =>
    edited([...characters.slice(0, from), ...characters.slice(to)], from);
  switch (action.type) {
    case 'insert': {
      // As a whole: what is typed may belong to the character before it, or to the one behind.
      const before = `${characters.slice(0, cursor).join('')}${action.text}`;
      const next = charactersOf(`${before}${characters.slice(cursor).join('')}`);
      return edited(next, Math.min(charactersOf(before).length, next.length));
    }
    case 'replace': {
      const next = charactersOf(action.text);
      return edited(next, next.length);
    }
    case 'move':
      return { ...state, cursor: target(state, action.to) };
    case 'erase':
      if (action.what === 'before') return cursor === 0 ? state : without(cursor - 1, cursor);
      if (action.what === 'after') return without(cursor, cursor + 1);
      if (action.what === 'word') return without(target(state, 'word-left'), cursor);
      return action.what === 'to-start' ? without(0, cursor) : without(cursor, characters.length);
    case 'history':
      return recall(state, action.to === 'older' ? state.at - 1 : state.at + 1);
    case 'wrong':
      return { ...state, error: action.error };
  }
}

function recall(state: LineEditor, at: number): LineEditor {
  if (at < 0 || at > state.history.length) return state;
  const draft = state.at === state.history.length ? textOfLine(state) : state.draft;
  const characters = charactersOf(at === state.history.length ? draft : (state.history[at] ?? ''));
  return { ...state, characters, cursor: characters.length, at, draft, error: null };
}

function target({ characters, cursor }: LineEditor, to: Extract<LineAction, { type: 'move' }>['to']): number {
  const blankAt = (at: number) => (characters[at] ?? ' ') === ' ';
  let at = cursor;
  switch (to) {
    case 'left':
      return Math.max(0, cursor - 1);
    case 'right':
      return Math.min(characters.length, cursor + 1);
    case 'start':
      return 0;
    case 'end':
      return characters.length;
    case 'word-left':
      while (at > 0 && blankAt(at - 1)) at--;
      while (at > 0 && !blankAt(at - 1)) at--;
      return at;
    case 'word-right':
      while (at < characters.length && blankAt(at)) at++;
      while (at < characters.length && !blankAt(at)) at++;
      return at;
  }
}
