/**
 * Rules of Events: whoever writes them as events.k8s.io/v1, or gives them an eventTime, must say who reports what.
 * Source: kubernetes 1.34, pkg/apis/core/validation/events.go
 */
import type { Cause } from '../../../istio/schema/cause.ts';
import { type JsonObject, sameJson } from '../../../shared/json.ts';
import { coreEvent, isEventV1 } from '../events-v1.ts';
import type { ServedKind } from '../kinds.ts';
import { keyFaults } from '../metadata.ts';
import { at, number, text } from '../tables/fields.ts';
import { invalidValue, required } from './causes.ts';

export function eventCauses(kind: ServedKind, object: JsonObject, old: JsonObject | null): Cause[] {
  if (!isEventV1(kind)) return legacyCauses(object, 'reportingComponent');
  const event = coreEvent(object);
  const causes = legacyCauses(event, 'reportingController');
  return [...causes, ...(old === null ? creationCauses(event) : changeCauses(event, coreEvent(old)))];
}

/** Their most characters. */
const LENGTHS = [
  ['reportingInstance', 128],
  ['action', 128],
  ['reason', 128],
  ['message', 1024],
] as const;

function legacyCauses(event: JsonObject, controller: string): Cause[] {
  const [own, its] = [text(event, 'metadata.namespace'), text(event, 'involvedObject.namespace')];
  const elsewhere = invalidValue('involvedObject.namespace', its, 'does not match event.namespace');
  if (!event.eventTime) {
    const fits = its === '' ? own === '' || own === 'default' : own === its;
    return fits ? [] : [elsewhere];
  }
  const causes = its === '' && own !== 'default' && own !== 'kube-system' ? [elsewhere] : [];
  const reporter = text(event, 'reportingComponent');
  if (reporter === '') causes.push(required(controller));
  causes.push(...keyFaults(reporter).map(why => invalidValue(controller, reporter, why)));
  for (const [field, most] of LENGTHS) {
    const value = text(event, field);
    if (value === '' && field !== 'message') causes.push(required(field));
    if (value.length > most) causes.push(invalidValue(field, '', `can have at most ${most} characters`));
  }
  return causes;
}

function creationCauses(event: JsonObject): Cause[] {
  const causes = seriesCauses(event);
  if (!event.eventTime) causes.push(required('eventTime'));
  const type = text(event, 'type');
  if (type !== 'Normal' && type !== 'Warning')
    causes.push(invalidValue('type', '', `has invalid value: ${type}`));
  const isSet = {
    firstTimestamp: Boolean(event.firstTimestamp),
    lastTimestamp: Boolean(event.lastTimestamp),
    count: number(event, 'count') !== 0,
    source: text(event, 'source.component') !== '' || text(event, 'source.host') !== '',
  };
  for (const [field, set] of Object.entries(isSet))
    if (set) causes.push(invalidValue(field, '', 'needs to be unset'));
  return causes;
}

/** Only a series goes on. */
const FIXED = [
  ...['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count'],
  ...['type', 'eventTime', 'action', 'related', 'reportingComponent', 'reportingInstance'],
];

function changeCauses(event: JsonObject, old: JsonObject): Cause[] {
  const causes = sameJson(event.series ?? null, old.series ?? null) ? [] : seriesCauses(event);
  for (const field of FIXED) {
    const value = event[field] ?? null;
    if (sameJson(value, old[field] ?? null)) continue;
    const named = field === 'reportingComponent' ? 'reportingController' : field;
    causes.push(invalidValue(named, value, 'field is immutable'));
  }
  return causes;
}

function seriesCauses(event: JsonObject): Cause[] {
  if (at(event, 'series') === undefined) return [];
  const causes: Cause[] = [];
  if (number(event, 'series.count') < 2)
    causes.push(invalidValue('series.count', '', 'should be at least 2'));
  if (text(event, 'series.lastObservedTime') === '') causes.push(required('series.lastObservedTime'));
  return causes;
}
