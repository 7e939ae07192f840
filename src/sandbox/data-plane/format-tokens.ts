/**
 * The pieces of a format as Envoy's header values have them: text, and commands like '%REQ(x-user?x-name):4%'.
 * '%%' is a percent sign. What is no command stays text: Envoy refuses such values, so none gets here from a mesh.
 * Source: envoyproxy/envoy source/common/formatter/substitution_format_string.cc (SubstitutionFormatParser).
 */

export interface FormatCommand {
  /** As it is written. */
  readonly text: string;
  readonly name: string;
  /** What stands in the parentheses; left out: there are none. */
  readonly argument?: string;
  /** At most so many bytes of the value. */
  readonly length?: number;
}

export type FormatToken = string | FormatCommand;

/** Values are few and used for each request. */
const known = new Map<string, readonly FormatToken[]>();
const MAX_KNOWN = 1000;

export function formatTokens(format: string): readonly FormatToken[] {
  let tokens = known.get(format);
  if (tokens === undefined) {
    tokens = tokenize(format);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(format, tokens);
  }
  return tokens;
}

/** An argument ends at the first ')' with a length or '%' behind it; it may have parentheses and percent signs of its own. */
const COMMAND = /%(?:%|([A-Z0-9_]+)(?:\((.*?)\))?(?::(\d+))?%)/gs;

function tokenize(format: string): FormatToken[] {
  const tokens: FormatToken[] = [];
  let at = 0;
  for (const match of format.matchAll(COMMAND)) {
    const [whole, name, argument, length] = match;
    if (match.index > at) tokens.push(format.slice(at, match.index));
    at = match.index + whole.length;
    if (name === undefined) tokens.push('%');
    else
      tokens.push({
        text: whole,
        name,
        ...(argument === undefined ? {} : { argument }),
        ...(length === undefined ? {} : { length: Number(length) }),
      });
  }
  if (at < format.length) tokens.push(format.slice(at));
  return tokens;
}
