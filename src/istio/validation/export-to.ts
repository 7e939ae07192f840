/** Source: pkg/config/validation/validation.go (validateExportTo), pkg/config/visibility. */
import { isDnsLabel } from './names.ts';
import type { Report } from './report.ts';

export interface ExportToOptions {
  readonly isServiceEntry?: boolean;
  readonly hasWorkloadSelector?: boolean;
}

export function checkExportTo(
  namespace: string,
  exportTo: readonly string[] | undefined,
  options: ExportToOptions,
  report: Report,
): void {
  const entries = exportTo ?? [];
  if (entries.length === 0) return;
  const seen = new Set<string>();
  for (const entry of entries) {
    const key = entry === '.' ? namespace : entry;
    if (seen.has(key)) {
      report.error(
        key === entry
          ? `duplicate entries in exportTo for entry ${entry}`
          : `duplicate entries in exportTo: . and current namespace ${namespace}`,
      );
      continue;
    }
    const problem = options.isServiceEntry && entry === '~' ? null : visibilityProblem(key);
    report.error(problem);
    if (problem === null) seen.add(key);
  }
  if (options.hasWorkloadSelector && seen.size > 0) {
    if (!seen.has(namespace)) {
      report.error('destination rule with workload selector cannot have exportTo beyond current namespace');
    } else if (seen.size > 1) {
      report.error('destination rule with workload selector cannot have multiple entries in exportTo');
    }
  }
  if (seen.has('*') && entries.length > 1) {
    report.error('cannot have both public (*) and non-public exportTo values for a resource');
  }
  if (seen.has('~') && entries.length > 1) {
    report.error('cannot export service entry to no one (~) and someone');
  }
}

function visibilityProblem(entry: string): string | null {
  if (entry === '.' || entry === '*') return null;
  if (entry === '~') return 'exportTo ~ (none) is not allowed for Istio configuration objects';
  return isDnsLabel(entry) ? null : 'only .,*, or a valid DNS 1123 label is allowed as exportTo entry';
}
