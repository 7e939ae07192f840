import { expect, it } from 'vitest';
import { LineSplitter } from '../../src/shared/line-splitter.ts';

it('puts lines and characters together that came in pieces', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(line => lines.push(line));
  const text = Buffer.from('one\ntwö and\nthree\n');
  for (let at = 0; at < text.length; at++) splitter.write(text.subarray(at, at + 1));
  expect(lines).toEqual(['one', 'twö and', 'three']);
});

it('passes on a last line without its end when there is no more', () => {
  const lines: string[] = [];
  const splitter = new LineSplitter(line => lines.push(line));
  splitter.write('one\nhalf');
  expect(lines).toEqual(['one']);
  splitter.end();
  splitter.end();
  expect(lines).toEqual(['one', 'half']);
});
