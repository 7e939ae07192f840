/**
 * YAML as manifests and lessons are written, with bounds: what is larger, deeper or more twisted than anything that
 * means something is refused in words, before it costs time or memory. Pure.
 */
import { type Document, isAlias, isCollection, isMap, isNode, isPair, isScalar } from 'yaml';

/** Characters of a file of a course, and of a learner's. The longest file of our own course has nine thousand. */
export const LONGEST = 64 * 1024;
/** Levels. Istio's objects have twenty at most. */
const DEEPEST = 100;
const TOO_DEEP = `It is nested more than ${DEEPEST} levels deep.`;

/** Why a text is not read. */
export class YamlTrouble extends Error {
  readonly why: string;
  /** Where in the text. */
  readonly offset: number;

  constructor(why: string, offset = 0) {
    super(why);
    this.why = why;
    this.offset = offset;
  }
}

/** What `parse` makes of the text, `longest` characters at most. Throws YamlTrouble for a text that is longer, or nested until the stack ends. */
export function parseBounded<T>(text: string, parse: () => T, longest = LONGEST): T {
  if (text.length > longest) {
    const kilobytes = Math.ceil(text.length / 1024);
    throw new YamlTrouble(`It has ${kilobytes} kB, and at most ${Math.floor(longest / 1024)} are read.`);
  }
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

/** The first thing that is not YAML, in the parser's words; null: nothing. */
export function brokenIn(document: Document.Parsed): YamlTrouble | null {
  const [broken] = document.errors;
  if (broken === undefined) return null;
  // The parser catches its own stack overflow and reports it as the author's mistake.
  const why = /call stack/.test(broken.message) ? TOO_DEEP : broken.message;
  return new YamlTrouble(why, broken.pos[0]);
}

/** A document as plain values. Throws YamlTrouble. */
export function plainValue(document: Document.Parsed): unknown {
  checkShape(document);
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError)
      throw new YamlTrouble('Its aliases (*name) stand for more than a hundred values.');
    throw error;
  }
}

/** Throws YamlTrouble for what is nested too deep, refers to itself, or has keys that are not words. */
export function checkShape(document: Document.Parsed): void {
  look(document.contents, [], 0);
}

/** `anchors`: those of the collections that the node is in. */
function look(node: unknown, anchors: readonly string[], depth: number): void {
  if (depth > DEEPEST) throw tooDeep(node);
  if (isAlias(node)) {
    if (!anchors.includes(node.source)) return;
    throw new YamlTrouble(`*${node.source} stands within what it names.`, offsetOf(node));
  }
  if (!isCollection(node)) return;
  const within = node.anchor === undefined ? anchors : [...anchors, node.anchor];
  for (const item of node.items) {
    if (!isPair(item)) look(item, within, depth + 1);
    else {
      if (isMap(node) && item.key !== null && !isScalar(item.key))
        throw new YamlTrouble('A key is one word, not a list or mapping.', offsetOf(item.key));
      look(item.value, within, depth + 1);
    }
  }
}

function tooDeep(node?: unknown): YamlTrouble {
  return new YamlTrouble(TOO_DEEP, offsetOf(node));
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
