/**
 * Text from curl, from a log or from a file may hold anything, escape sequences included. Nothing of it
 * may reach the terminal as a command: control characters are made visible here, in the one place through
 * which every line goes before it is drawn.
 */
import type { Line } from './line.ts';

/** C0 and C1 controls, line separators, and the marks that turn the direction of writing. */
const CONTROL = /\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Tabs as two spaces, any other control character as '?'. */
export function printable(text: string): string {
  return text.replace(CONTROL, found => (found === '\t' ? '  ' : '?'));
}

const PLAIN: Readonly<Record<string, string>> = {
  '→': '->', '←': '<-', '▶': '>', '▸': '>', '━': '-', '─': '-', '│': '|', '┃': '|', '…': '...',
  '✓': 'ok', '✗': 'x', '·': '.', '•': '*', '–': '-', '—': '-', '‘': "'", '’': "'", '“': '"', '”': '"',
  '×': 'x', '≥': '>=', '≤': '<=', '█': '#', '▍': '#', '\u00a0': ' ', '↑': '^', '↓': 'v',
}; // biome-ignore format: a table

/** ASCII mode: what has a plain twin gets it, anything else outside ASCII becomes '?'. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, found => PLAIN[found] ?? '?');
}

export function safeLine(line: Line, ascii: boolean): Line {
  return line.map(one => {
    const text = printable(one.text);
    return { ...one, text: ascii ? asciiOnly(text) : text };
  });
}
