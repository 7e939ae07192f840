/**
 * Faults and CORS: the route's settings for Envoy's HTTP filters.
 * Source: pilot/pkg/networking/core/route/route.go (TranslateFault, TranslateCORSPolicy).
 */
import type {
  CorsPolicy as EnvoyCors,
  HttpFault as EnvoyFault,
  FractionalPercent,
  Route,
} from '../../envoy/config.ts';
import type { CorsPolicy, HttpFault, HttpRoute, Percent } from '../../istio/types.ts';
import { anyType, nanoseconds, protoDuration } from './envoy-json.ts';
import { stringMatcher } from './route-match.ts';

/** 12.5 % is 125000 millionths; 0 is left out. */
export function millionths({ value = 0 }: Percent): FractionalPercent {
  // Not through float32: Go multiplies doubles and truncates.
  const numerator = Math.trunc(value * 10000);
  return { ...(numerator > 0 && { numerator }), denominator: 'MILLION' };
}

export const hundredths = (percent: number): FractionalPercent => (percent > 0 ? { numerator: percent } : {});

export function filterConfig(route: HttpRoute): Route['typed_per_filter_config'] {
  if (route.fault === undefined && route.corsPolicy === undefined) return undefined;
  return {
    ...(route.fault && { 'envoy.filters.http.fault': fault(route.fault) }),
    ...(route.corsPolicy && { 'envoy.filters.http.cors': cors(route.corsPolicy) }),
  };
}

/** Without a percentage a fault never fires: for a delay it is 0 %, for an abort Envoy's default, which is also 0 %. */
function fault({ delay, abort }: HttpFault): EnvoyFault {
  return {
    ...anyType('envoy.extensions.filters.http.fault.v3.HTTPFault'),
    ...(delay?.fixedDelay !== undefined && {
      delay: {
        fixed_delay: protoDuration(delay.fixedDelay),
        percentage: delay.percentage ? millionths(delay.percentage) : hundredths(delay.percent ?? 0),
      },
    }),
    ...(abort && (abort.httpStatus !== undefined || abort.grpcStatus !== undefined)
      ? {
          abort: {
            ...(abort.grpcStatus === undefined
              ? { http_status: abort.httpStatus ?? 0 }
              : { grpc_status: GRPC_STATUS.indexOf(abort.grpcStatus) }),
            ...(abort.percentage && { percentage: millionths(abort.percentage) }),
          },
        }
      : {}),
  };
}

const GRPC_STATUS = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

function cors(policy: CorsPolicy): EnvoyCors {
  const origins = policy.allowOrigins ?? policy.allowOrigin?.map(exact => ({ exact }));
  const matchers = (origins ?? []).flatMap(o => stringMatcher(o) ?? []);
  const list = (values: readonly string[] | undefined): string => (values ?? []).join(',');
  const fields = {
    allow_methods: list(policy.allowMethods),
    allow_headers: list(policy.allowHeaders),
    expose_headers: list(policy.exposeHeaders),
    max_age: policy.maxAge === undefined ? '' : String(Math.trunc(nanoseconds(policy.maxAge) / 1e9)),
  };
  return {
    ...anyType('envoy.extensions.filters.http.cors.v3.CorsPolicy'),
    ...(matchers.length > 0 && { allow_origin_string_match: matchers }),
    ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== '')),
    ...(policy.allowCredentials !== undefined && { allow_credentials: policy.allowCredentials }),
    filter_enabled: { default_value: { numerator: 100 } },
    forward_not_matching_preflights: policy.unmatchedPreflights !== 'IGNORE',
  };
}
