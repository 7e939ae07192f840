/**
 * How deep a body may be nested, and how many values it may hold: the work grows with both, and everybody waits for it.
 * Go's decoder stops at 10,000 levels; recursive code here, one call per level, would run out of stack before that. No
 * meaningful object has fifty levels, or ten thousand values; a long text is one value.
 * Source: sigs.k8s.io/json, internal/golang/encoding/json/scanner.go (maxNestingDepth).
 */
import { badRequest, StatusError } from './status.ts';

const DEEPEST = 1000;
const MOST_VALUES = 50_000;
/** Counting lines too; the parser is slow. */
const MOST_IN_YAML = 10_000;

/** Throws for JSON or YAML beyond these bounds. */
export function checkBounds(text: string, isYaml: boolean): void {
  let depth = 0;
  let values = 0;
  let quoted = false;
  const most = isYaml ? MOST_IN_YAML : MOST_VALUES;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === ',' || (isYaml && character === '\n')) values++;
    if (depth > DEEPEST) {
      throw badRequest(`error decoding the body: exceeded max depth (${DEEPEST} in the sandbox)`);
    }
    if (values > most) {
      const message = `Request entity too large: the sandbox takes ${most} values in one body`;
      throw new StatusError(413, 'RequestEntityTooLarge', message);
    }
  }
}
