/**
 * What a validation has found. Istio appends errors to a hashicorp/go-multierror, whose text depends on how an error
 * was added: a single plain error is its own text, one that was appended as a list becomes '1 error occurred'.
 * Source: pkg/config/validation/agent/validation.go (AppendValidation), go-multierror format.go.
 */

/** A warning from a rule that analysis reports under its own code (AnalysisAwareError). */
export interface RuleWarning {
  readonly code: 'IST0130' | 'IST0131';
  readonly parameters: readonly string[];
  readonly text: string;
}

export type ProblemText = string | null;

export class Report {
  readonly errors: string[] = [];
  /** What kubectl prints as 'Warning: ...', including the rules' own. */
  readonly warnings: string[] = [];
  readonly ruleWarnings: RuleWarning[] = [];
  /** Errors are printed as a list even if there is only one. */
  listed = false;

  error(...problems: readonly ProblemText[]): void {
    for (const problem of problems) {
      if (problem === null) continue;
      this.errors.push(problem);
      if (this.errors.length > 1) this.listed = true;
    }
  }

  /** For the places where Istio itself calls multierror.Append. */
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

  /** Runs a check whose warnings Istio loses (appendErrors keeps errors only). */
  errorsOf(check: (inner: Report) => void): void {
    const inner = new Report();
    check(inner);
    this.error(...inner.errors);
    if (inner.listed) this.listed = true;
  }
}

/** The errors as text: '2 errors occurred:\n\t* a\n\t* b\n\n', or the only error itself. */
export function errorText(errors: readonly string[], listed = errors.length > 1): string {
  if (!listed) return errors[0] ?? '';
  const head = errors.length === 1 ? '1 error occurred' : `${errors.length} errors occurred`;
  return `${head}:\n${errors.map(text => `\t* ${text}\n`).join('')}\n`;
}
