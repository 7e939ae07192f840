/**
 * An Event of the core group as events.k8s.io shows it, and back: they are the same objects in other words.
 * Source: kubernetes/pkg/apis/events/v1/conversion.go
 */
import type { Resource } from '../../istio/resource.ts';
import { type JsonObject, objectOf } from '../../shared/json.ts';

const EVENTS_GROUP = 'events.k8s.io';

export function isEventV1({ group }: { readonly group: string }): boolean {
  return group === EVENTS_GROUP;
}

const CORE: Readonly<Record<string, string>> = {
  regarding: 'involvedObject',
  note: 'message',
  reportingController: 'reportingComponent',
  deprecatedSource: 'source',
  deprecatedFirstTimestamp: 'firstTimestamp',
  deprecatedLastTimestamp: 'lastTimestamp',
  deprecatedCount: 'count',
};
const NEW = new Map(Object.entries(CORE).map(([name, core]) => [core, name]));

export function eventV1(event: Resource): Resource {
  const renamed = Object.entries(event).map(([name, value]) => [NEW.get(name) ?? name, value] as const);
  return { eventTime: null, ...Object.fromEntries(renamed) } as unknown as Resource;
}

/** The other way round: as it is stored. What is not set stays so. */
export function coreEvent(event: JsonObject): JsonObject {
  const entries = Object.entries(event).map(([name, value]) => [CORE[name] ?? name, value] as const);
  return { ...objectOf(entries), apiVersion: 'v1' };
}

/** 'involvedObject.name' for 'regarding.name'; null if Events cannot be selected by it. */
export function coreEventField(field: string): string | null {
  const [first = '', ...rest] = field.split('.');
  const isOldName = Object.values(CORE).includes(first);
  return isOldName ? null : [CORE[first] ?? first, ...rest].join('.');
}
