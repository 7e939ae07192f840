/**
 * What was recorded of real Istio, and what is recorded here of the sandbox: the same shapes. A case is a set of
 * manifests and curl calls; an outcome is what was refused, what curl told of each transfer, what the sidecar logged
 * and what the upstream servers saw. data/ holds the project's own: real Istio 1.31-dev,
 * Envoy 1.39.3, Kubernetes 1.34.4 in the lab world without its fence.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Case {
  readonly name: string;
  /** YAML documents; {{stableIP}} and {{canaryIP}} are put in. */
  readonly apply: string;
  /** Seconds between two documents, where age decides. */
  readonly gap?: number;
  /** The public reports that it was built from. */
  readonly from?: string;
  readonly probes: readonly {
    readonly curl: readonly string[];
    readonly pause?: number;
    readonly max?: number;
  }[];
}

export interface Transfer {
  readonly exit: number;
  readonly code: number;
  readonly time: number;
  readonly redirect?: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface LogRow {
  readonly req: string;
  readonly code: string;
  readonly flags: string;
  readonly details: string;
  readonly cluster: string;
}

export interface ProbeOutcome {
  readonly curl: readonly string[];
  readonly transfers: readonly Transfer[];
  readonly log: readonly LogRow[];
  /** By version: what each of the two servers was asked. */
  readonly upstream: Readonly<Record<string, readonly unknown[]>>;
}

export interface Outcome {
  readonly name: string;
  /** [Kind/name, 'ok' or the refusal in kubectl's words] */
  readonly applied: readonly (readonly [string, string])[];
  readonly probes: readonly ProbeOutcome[];
  /** [code, level, object, message] */
  readonly analyze?: readonly (readonly [string, string, string, string])[];
}

const at = (file: string) => join(import.meta.dirname, file);
/**
 * The first recording; the one that came after it, above all of what Envoy had not confirmed before; and cases built
 * from public bug reports, each named in its `from`; and cases that once differed, of several hundred made to be unlike
 * all of these.
 */
const PARTS = ['first', 'more', 'reports', 'unplanned'] as const;

export function readCases(): Case[] {
  return PARTS.flatMap(part => parse(readFileSync(at(`data/${part}.yaml`), 'utf8')) as Case[]);
}

export function readRecorded(): Map<string, Outcome> {
  const all = PARTS.flatMap(part => JSON.parse(readFileSync(at(`data/${part}.json`), 'utf8')) as Outcome[]);
  return new Map(all.map(each => [each.name, each]));
}

/** Cases in which the sandbox must differ, each with its reason. */
export function readKnownDifferences(): Record<string, string> {
  return (parse(readFileSync(at('known-differences.yaml'), 'utf8')) ?? {}) as Record<string, string>;
}
