/** The YAML parser, loaded when it is first needed: few sandboxes ever do, and it takes longer than their start. */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** Throws what the parser says of a text that is no YAML. */
export function parseYamlNow(text: string): unknown {
  const { parse } = load('yaml') as typeof import('yaml');
  return parse(text, { maxAliasCount: 100 });
}
