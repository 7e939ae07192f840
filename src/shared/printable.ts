/**
 * Text from curl, from a log, from a course or from a file may hold anything, escape sequences included. What must
 * never reach a terminal, a report or a transcript is defined here, once, for everything that writes.
 */

/**
 * Controls (C0, DEL, C1), line separators, halves of surrogate pairs, and what shows nothing: marks that turn the
 * direction of writing, zero-width spaces, tags, fillers. What shapes its neighbours (joiners after a letter that is
 * not ASCII, variation selectors) is part of honest text.
 */
const UNPRINTABLE =
  /(?![\ufe00-\ufe0f\u{e0100}-\u{e01ef}])(?!(?<=[^\0-\x7f])[\u200c\u200d])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;

/** One line: tabs as two spaces, anything else that is not printable as '?'. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, found => (found === '\t' ? '  ' : '?'));
}

/** Lines and tabs stay as they are, and a line's end is a newline, whatever it was. */
export function printableLines(text: string): string {
  return text.replace(/\r+\n/g, '\n').replace(UNPRINTABLE, found => (/[\n\t]/.test(found) ? found : '?'));
}

/** The same data with every text in it made printable: for what is measured before it is drawn. */
export function printableData<T>(data: T): T;
export function printableData(data: unknown): unknown {
  if (typeof data === 'string') return printableLines(data);
  if (Array.isArray(data)) return data.map(each => printableData(each));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, printableData(value)]));
}

/** One JSON document. What is not printable is escaped; JSON itself requires that only for U+0000 to U+001F. */
export function jsonText(document: unknown, indent?: number): string {
  return JSON.stringify(document, null, indent).replace(UNPRINTABLE, found =>
    found === '\n'
      ? found
      : [...Array(found.length).keys()]
          .map(at => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}
