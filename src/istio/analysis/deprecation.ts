/** IST0002: fields that have a successor or are ignored. Source: analyzers/deprecation/deprecation.go. */
import type { Collection } from './collection.ts';
import { type Message, message } from './message.ts';

export function deprecation({ virtualServices, sidecars }: Collection): Message[] {
  return [
    ...virtualServices.flatMap(service =>
      (service.spec?.http ?? [])
        .filter(({ fault }) => (fault?.delay?.percent ?? 0) > 0)
        .map(() =>
          message(
            'IST0002',
            service,
            'HTTPRoute.fault.delay.percent is deprecated; use HTTPRoute.fault.delay.percentage',
          ),
        ),
    ),
    ...sidecars
      .filter(({ spec }) => spec?.outboundTrafficPolicy?.egressProxy !== undefined)
      .map(sidecar => message('IST0002', sidecar, 'OutboundTrafficPolicy.EgressProxy ignored')),
  ];
}
