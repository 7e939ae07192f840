/**
 * Istio's own validation: what its webhook says about an object that has passed the schema, and what analysis reports
 * as IST0106, IST0133, IST0130 and IST0131. Pure; imports only src/istio. Left out: kinds that the sandbox does not
 * know, istiod's feature flags (the defaults apply), telemetry.
 * Source: pkg/webhooks/validation/server/server.go, pkg/config/validation/validation.go (validateMetadata).
 */
import { goQuote } from '../go-text.ts';
import { ISTIO_NETWORKING, type Resource } from '../resource.ts';
import { decodeProblem } from './decode.ts';
import { checkDestinationRule } from './destination-rule.ts';
import { checkGateway } from './gateway.ts';
import { errorText, Report, type RuleWarning } from './report.ts';
import { checkServiceEntry } from './service-entry.ts';
import { checkSidecar } from './sidecar.ts';
import { checkVirtualService } from './virtual-service.ts';
import { checkWorkloadEntry } from './workload-entry.ts';

export interface ValidationFindings {
  readonly errors: readonly string[];
  /** All warnings of the webhook, including `ruleWarnings`. */
  readonly warnings: readonly string[];
  /** Warnings that analysis reports under their own codes instead of IST0133. */
  readonly ruleWarnings: readonly RuleWarning[];
  /** The errors as one text, as Go prints them. Empty if there are none. */
  readonly text: string;
}

type Check = (resource: Resource<never>, report: Report) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  ServiceEntry: checkServiceEntry,
  DestinationRule: checkDestinationRule,
  VirtualService: checkVirtualService,
  Sidecar: checkSidecar,
  Gateway: checkGateway,
  WorkloadEntry: ({ spec }, report) => checkWorkloadEntry(spec ?? {}, null, report),
};

/** `resource` as returned by checkSchema(): without unknown fields and nulls. */
export function validate(resource: Resource): ValidationFindings {
  const report = new Report();
  const check = resource.apiVersion.startsWith(`${ISTIO_NETWORKING}/`) ? CHECKS[resource.kind] : undefined;
  if (check !== undefined) {
    const problem = annotationProblem(resource);
    if (problem === null) check(resource as Resource<never>, report);
    else report.error(problem);
  }
  const { errors, warnings, ruleWarnings, listed } = report;
  return { errors, warnings, ruleWarnings, text: errorText(errors, listed) };
}

const RESERVED = ['internal.istio.io/parent-namespace', 'internal.istio.io/parents'];
const ALWAYS_REJECT = 'internal.istio.io/webhook-always-reject';

function annotationProblem(resource: Resource): string | null {
  const { annotations = {}, name, namespace = '' } = resource.metadata;
  if (annotations['istio.io/dry-run'] !== undefined) {
    return `${namespace}/${name} has unsupported annotation istio.io/dry-run, please remove the annotation`;
  }
  if (annotations[ALWAYS_REJECT] !== undefined)
    return `${goQuote(ALWAYS_REJECT)} annotation found, rejecting`;
  const reserved = RESERVED.find(key => annotations[key] !== undefined);
  return reserved === undefined
    ? null
    : `${goQuote(reserved)} annotation found, this may not be set by users`;
}

const DENIED = 'admission webhook "validation.istio.io" denied the request: ';

/** The complete message of a refusal. */
export function denial(errors: readonly string[]): string {
  return `${DENIED}configuration is invalid: ${errorText(errors)}`;
}

export interface IstioAdmission {
  /**
   * The webhook's Status has no code, so the code becomes 400, and no reason: kubectl prints 'Error from server: ...'.
   */
  readonly denied?: { readonly message: string; readonly code: number };
  /** Each text once, as kube-apiserver sends them. A refused request has no warnings. */
  readonly warnings: readonly string[];
}

/** The webhook's answer to a CREATE or UPDATE; it is not called for a DELETE. */
export function admissionOf(resource: Resource): IstioAdmission {
  const undecodable = decodeProblem(resource);
  if (undecodable !== null) return refusal(`error decoding configuration: ${undecodable}`);
  const { errors, warnings, text } = validate(resource);
  if (errors.length > 0) return refusal(`configuration is invalid: ${text}`);
  return { warnings: [...new Set(warnings)] };
}

const refusal = (text: string): IstioAdmission => ({
  denied: { message: `${DENIED}${text}`, code: 400 },
  warnings: [],
});
