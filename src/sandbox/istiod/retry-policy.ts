/**
 * Retries: Istio's defaults for every route, and how a VirtualService changes them.
 * Source: pilot/pkg/networking/core/route/retry/retry.go.
 */
import { STATUS_CODES } from 'node:http';
import type { RetryPolicy } from '../../envoy/config.ts';
import type { HttpRoute } from '../../istio/types.ts';
import { anyType, type Mutable, protoDuration } from './envoy-json.ts';

const DEFAULT_RETRY_ON = 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes';

const ANOTHER_HOST = [
  {
    name: 'envoy.retry_host_predicates.previous_hosts',
    typed_config: anyType('envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate'),
  },
];

/** Undefined: no retries (attempts 0). With consistent hashing a retry stays on its host. */
export function retryPolicy(retries: HttpRoute['retries'], hashed: boolean): RetryPolicy | undefined {
  const policy: Mutable<RetryPolicy> = {
    retry_on: DEFAULT_RETRY_ON,
    num_retries: 2,
    host_selection_retry_max_attempts: '5',
    ...(!hashed && { retry_host_predicate: ANOTHER_HOST }),
  };
  if (retries === undefined) return policy;
  if (!retries.attempts || retries.attempts <= 0) return undefined;
  policy.num_retries = retries.attempts;
  if (retries.retryOn) Object.assign(policy, parseRetryOn(retries.retryOn));
  if (retries.perTryTimeout !== undefined) policy.per_try_timeout = protoDuration(retries.perTryTimeout);
  if (retries.retryIgnorePreviousHosts === true) policy.retry_host_predicate = ANOTHER_HOST;
  if (retries.retryIgnorePreviousHosts === false) delete policy.retry_host_predicate;
  if (retries.retryRemoteLocalities) {
    Object.assign(policy, {
      retry_priority: {
        name: 'envoy.retry_priorities.previous_priorities',
        typed_config: {
          ...anyType('envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig'),
          update_frequency: 2,
        },
      },
    });
  }
  if (retries.backoff !== undefined)
    policy.retry_back_off = { base_interval: protoDuration(retries.backoff) };
  return policy;
}

/** Separates Envoy's conditions from status codes: '5xx,503' is '5xx,retriable-status-codes' with the code 503. */
function parseRetryOn(text: string): Pick<RetryPolicy, 'retry_on' | 'retriable_status_codes'> {
  const parts = text
    .split(',')
    .map(p => p.trim())
    .filter(Boolean);
  const isStatus = (p: string): boolean => /^\d+$/.test(p) && STATUS_CODES[Number(p)] !== undefined;
  const codes = parts.filter(isStatus).map(Number);
  let conditions = parts.filter(p => !isStatus(p)).join(',');
  if (codes.length > 0 && !conditions.includes('retriable-status-codes')) {
    conditions += ',retriable-status-codes';
  }
  return { retry_on: conditions, ...(codes.length > 0 && { retriable_status_codes: codes }) };
}
