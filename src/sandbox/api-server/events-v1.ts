/** An Event of the core group as events.k8s.io shows it. Source: kubernetes/pkg/apis/events/v1/conversion.go */
import type { Resource } from '../../istio/resource.ts';

interface CoreEvent extends Resource {
  readonly involvedObject?: object;
  readonly message?: string;
  readonly source?: object;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly count?: number;
  readonly reportingComponent?: string;
  readonly eventTime?: string | null;
}

export function eventV1(event: Resource): Resource {
  const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, ...rest } =
    event as CoreEvent;
  const { reportingComponent, eventTime = null, ...same } = rest;
  return {
    ...same,
    eventTime,
    reportingController: reportingComponent,
    regarding: involvedObject,
    note: message,
    deprecatedSource: source,
    deprecatedFirstTimestamp: firstTimestamp,
    deprecatedLastTimestamp: lastTimestamp,
    deprecatedCount: count,
  } as Resource;
}
