/**
 * The screen-reader mode: instead of a frame that is drawn again and again, a text that only grows. Each section
 * is told once, and again only when its words have changed. Pure.
 */
import { type Line, line, textOf } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';

export interface Said {
  /** What has been told under a name is told again only when its text has changed. */
  readonly id: string;
  readonly lines: readonly Line[];
}

/** A frame of another screen, row by row, without rules and empty rows; the row with the pointer comes last. */
export function frameSpeech(id: string, frame: readonly Line[], look: Look): Said[] {
  const { pointer } = signs(look);
  const rows = frame.map(textOf);
  const said = rows.flatMap((text, at): Said[] =>
    /[\p{L}\p{N}]/u.test(text)
      ? [{ id: `${id} ${at}`, lines: [line(squeezed(text.replace(pointer, ' ')))] }]
      : [],
  );
  const chosen = rows.find(text => text.trimStart().startsWith(pointer));
  return chosen
    ? [...said, { id: 'pointer', lines: [line(`Chosen: ${squeezed(chosen.replace(pointer, ' '))}`)] }]
    : said;
}

/** Without what is only for the eye: columns and bars. */
const squeezed = (text: string) =>
  text
    .replace(/[━─#.·]{4,}/g, ' ')
    .trim()
    .replace(/ {2,}/g, '  ');

/** What of `now` has not been told yet: new names, and names whose words have changed. */
export function unsaid(
  before: ReadonlyMap<string, string>,
  now: readonly Said[],
): { fresh: Said[]; said: Map<string, string> } {
  const said = new Map<string, string>();
  const fresh: Said[] = [];
  for (const one of now) {
    const text = one.lines.map(textOf).join('\n');
    if (before.get(one.id) !== text) fresh.push(one);
    said.set(one.id, text);
  }
  return { fresh, said };
}
