/** Signs and colours of what is printed, and what stands for them where there are none. */
import { type Style, styled } from './out.ts';

export interface PrintLook {
  readonly color: boolean;
  readonly ascii: boolean;
  /** Words in place of drawings; left out: drawings. */
  readonly screenReader?: boolean | undefined;
}

/** Signs with their ASCII counterparts. Meaning never hangs on colour alone. */
export function signs(look: PrintLook) {
  return look.ascii
    ? { good: 'ok', bad: 'x', note: '!', todo: '-' }
    : { good: '✓', bad: '✗', note: '!', todo: '·' };
}

/** Text in a colour, for a writer (out.ts) to draw, or as it is where colours are off. */
export function paint(look: PrintLook, style: Style, text: string): string {
  return look.color ? styled(style, text) : text;
}
