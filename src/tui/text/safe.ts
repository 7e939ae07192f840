/** Every line goes through here before it is drawn: no text of others reaches the terminal as a command. */
import { printable } from '../../shared/printable.ts';
import type { Line } from './line.ts';

const PLAIN: Readonly<Record<string, string>> = {
  '→': '->', '←': '<-', '▶': '>', '▸': '>', '━': '-', '─': '-', '│': '|', '┃': '|', '…': '...',
  '✓': 'ok', '✗': 'x', '·': '.', '•': '*', '–': '-', '—': '-', '‘': "'", '’': "'", '“': '"', '”': '"',
  '×': 'x', '≥': '>=', '≤': '<=', '█': '#', '▍': '#', '\u00a0': ' ', '↑': '^', '↓': 'v',
}; // biome-ignore format: a table

/** ASCII mode: a character that has a plain twin becomes that, any other outside ASCII becomes '?'. */
export function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]/gu, found => PLAIN[found] ?? '?');
}

export function safeLine(line: Line, ascii: boolean): Line {
  return line.map(one => {
    const text = printable(one.text);
    return { ...one, text: ascii ? asciiOnly(text) : text };
  });
}
