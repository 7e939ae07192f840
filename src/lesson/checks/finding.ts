/** What one matcher says of the evidence. Every matcher of this folder is pure and returns these. */

export type Finding =
  | { readonly ok: true }
  /** Short, as a learner reads it: 'scheme https at the API'; '400 "Client sent an HTTP request..."'. */
  | { readonly ok: false; readonly expected: string; readonly found: string }
  /** A side that the expectation speaks of could not be read. */
  | { readonly ok: 'unknown'; readonly why: string };

export const OK: Finding = { ok: true };

export function miss(expected: string, found: string): Finding {
  return { ok: false, expected, found };
}

/** The first that is not ok: a certain miss before what could not be read. */
export function worst(findings: readonly Finding[]): Finding {
  return findings.find(f => f.ok === false) ?? findings.find(f => f.ok === 'unknown') ?? OK;
}
