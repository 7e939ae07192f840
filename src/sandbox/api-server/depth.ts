/**
 * How deep a body may be nested. Go's decoder stops at 10,000 levels; what walks through objects here, one call a
 * level, would run out of stack before. No object that means anything has fifty.
 * Source: sigs.k8s.io/json, internal/golang/encoding/json/scanner.go (maxNestingDepth).
 */
import { badRequest } from './status.ts';

const DEEPEST = 1000;

/** Throws BadRequest for JSON, or YAML in brackets, that is nested deeper than that. */
export function checkDepth(text: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > DEEPEST) {
      throw badRequest(`error decoding the body: exceeded max depth (${DEEPEST} in the sandbox)`);
    }
  }
}
