/**
 * Draws a walk as text: the path taken lit, the hop that failed crossed, what was not reached dim. Meaning never
 * depends on colour alone: '━▶' was taken, '┄▶' was taken and is not governed, or not waited for, '✗' failed, '─' was
 * not taken, '?' is not known. Pure.
 */
import wrapAnsi from 'wrap-ansi';
import { printableData } from '../shared/printable.ts';
import { drawFork } from './draw-fork.ts';
import type { DrawOptions } from './draw-parts.ts';
import { drawPath } from './draw-path.ts';
import type { DrawnLine, Walk } from './walk-types.ts';

/** The whole block: the path or the fork, what is known of it, the lines 'log' and 'api', and the sentence. */
export function drawWalk(walked: Walk, options: DrawOptions): DrawnLine[] {
  // Before anything is measured: what is invisible, or becomes '?', has another width then.
  const walk = printableData(walked);
  const blocks = [
    walk.branches.length > 1 ? drawFork(walk, options) : drawPath(walk, options),
    drawSentence(walk.sentence, options),
  ];
  return blocks
    .filter(block => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : [[], ...block]));
}

function drawSentence(sentence: string, options: DrawOptions): DrawnLine[] {
  const text = options.ascii ? sentence.replaceAll('’', "'") : sentence;
  return wrapAnsi(text, options.columns)
    .split('\n')
    .map(line => [{ text: line, role: 'plain' }]);
}

/** The text alone, for logs, tests and screen readers. */
export function plainText(lines: readonly DrawnLine[]): string {
  return lines.map(line => line.map(span => span.text).join('')).join('\n');
}
