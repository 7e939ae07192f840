/**
 * What the schema accepts and Istio's decoder does not: numbers that are not int32, durations for which the CRD has no
 * rule. Source: golang/protobuf jsonpb/decode.go; the fields: int32 and Duration in istio/api's networking/v1alpha3
 * protos.
 */
import { durationError, parseDuration } from '../duration.ts';
import type { Resource } from '../resource.ts';
import type { ProblemText } from './report.ts';

const INT32 = new Set(
  'maxConnections http1MaxPendingRequests http2MaxRequests maxRequestsPerConnection maxRetries maxConcurrentStreams consecutiveErrors maxEjectionPercent minHealthPercent attempts httpStatus'.split(
    ' ',
  ),
);
/** `weight` and `percent` are int32 only in these messages; elsewhere they have other types. */
const INT32_IN: Readonly<Record<string, string>> = { weight: 'VirtualService', percent: 'VirtualService' };
const DURATIONS = new Set(['idleTimeout', 'ttl', 'budgetInterval']);

/** The decoder's error, or null. Of several errors only one is named, as in Istio. */
export function decodeProblem(resource: Resource): ProblemText {
  return visit(resource.spec, resource.kind);
}

function visit(value: unknown, kind: string): ProblemText {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const problem = fieldProblem(key, inner, kind) ?? visit(inner, kind);
    if (problem !== null) return problem;
  }
  return null;
}

function fieldProblem(key: string, value: unknown, kind: string): ProblemText {
  if (typeof value === 'number' && (INT32.has(key) || INT32_IN[key] === kind)) {
    if (value >= -(2 ** 31) && value < 2 ** 31) return null;
    return `json: cannot unmarshal number ${value} into Go value of type int32`;
  }
  if (typeof value === 'string' && DURATIONS.has(key) && parseDuration(value) === null) {
    return `bad Duration: ${durationError(value)}`;
  }
  return null;
}
