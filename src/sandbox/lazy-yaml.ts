/**
 * The YAML parser, loaded when it is first needed: few sandboxes ever need it, and loading takes longer than they take
 * to start.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Throws the parser's own error if the text is not YAML. */
export function parseYamlNow(text: string): unknown {
  const { parse } = load('yaml') as typeof import('yaml');
  return parse(text, { maxAliasCount: 100 });
}
