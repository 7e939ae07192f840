/** Text as it stands in XML, in an element or an attribute. Pure. */
import { printable } from './printable.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no control characters, no halves of surrogate pairs, no U+FFFE and no U+FFFF, not even escaped. */
export function xmlText(text: string): string {
  return printable(text.replace(/[\p{Cc}\ufffe\uffff]/gu, ' ')).replace(
    /[&<>"]/g,
    each => ENTITIES[each] ?? '',
  );
}
