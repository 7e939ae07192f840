/**
 * What a validation has found. Istio appends errors to a hashicorp/go-multierror, whose text differs by how an
 * error came into it: a plain error alone is its own text, one that was appended as a list says '1 error occurred'.
 * Source: pkg/config/validation/agent/validation.go (AppendValidation), go-multierror format.go.
 */

/** A warning of a rule that analysis reports under a code of its own (AnalysisAwareError). */
export interface RuleWarning {
  readonly code: 'IST0130' | 'IST0131';
  readonly parameters: readonly string[];
  readonly text: string;
}

export type ProblemText = string | null;

export class Report {
  readonly errors: string[] = [];
  /** What kubectl prints as 'Warning: ...', the rules' own among them. */
  readonly warnings: string[] = [];
  readonly ruleWarnings: RuleWarning[] = [];
  /** The errors print as a list even if there is but one. */
  listed = false;

  error(...problems: readonly ProblemText[]): void {
    for (const problem of problems) {
      if (problem === null) continue;
      this.errors.push(problem);
      if (this.errors.length > 1) this.listed = true;
    }
  }

  /** For the places where Istio calls multierror.Append itself. */
  errorInList(problem: ProblemText): void {
    if (problem === null) return;
    this.errors.push(problem);
    this.listed = true;
  }

  warn(problem: ProblemText): void {
    if (problem !== null) this.warnings.push(problem);
  }

  warnOfRule(warning: RuleWarning): void {
    this.warnings.push(warning.text);
    this.ruleWarnings.push(warning);
  }

  /** Runs a check whose warnings Istio loses on the way (appendErrors keeps errors only). */
  errorsOf(check: (inner: Report) => void): void {
    const inner = new Report();
    check(inner);
    this.error(...inner.errors);
    if (inner.listed) this.listed = true;
  }
}

/** The error's text: '2 errors occurred:\n\t* a\n\t* b\n\n', or the only error itself. */
export function errorText(errors: readonly string[], listed = errors.length > 1): string {
  if (!listed) return errors[0] ?? '';
  const head = errors.length === 1 ? '1 error occurred' : `${errors.length} errors occurred`;
  return `${head}:\n${errors.map(text => `\t* ${text}\n`).join('')}\n`;
}
