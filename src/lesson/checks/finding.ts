/** What one matcher says of the evidence. Every matcher of this folder is pure and returns these. */

export type CheckFinding =
  | { readonly ok: true }
  /** Short, as a learner reads it: 'scheme https at the API'; '400 "Client sent an HTTP request..."'. */
  | { readonly ok: false; readonly expected: string; readonly found: string }
  /** A side that the expectation speaks of could not be read. */
  | { readonly ok: 'unknown'; readonly why: string };

export const OK: CheckFinding = { ok: true };

export function miss(expected: string, found: string): CheckFinding {
  return { ok: false, expected, found };
}

/** The first that is not ok: a certain miss goes before what could not be read. */
export function worst(findings: readonly CheckFinding[]): CheckFinding {
  return findings.find(f => f.ok === false) ?? findings.find(f => f.ok === 'unknown') ?? OK;
}
