/**
 * Label and field selectors as predicates. Source: apimachinery/pkg/labels/selector.go, pkg/fields/selector.go;
 * which fields can be selected: kubernetes/pkg/apis/core/v1/conversion.go.
 */
import type { Resource } from '../../istio/resource.ts';
import { coreEventField, isEventV1 } from './events-v1.ts';
import type { ServedKind } from './kinds.ts';
import { badRequest } from './status.ts';

export type Selects = (object: Resource) => boolean;

/** 'app=web,tier in (a, b),!canary'. Empty: everything. Throws BadRequest if it cannot be parsed. */
export function labelSelector(text: string): Selects {
  const tests = requirements(text).map(each => requirement(each, text));
  return ({ metadata }) => tests.every(test => test(metadata.labels ?? {}));
}

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = '([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)';
const SET = new RegExp(String.raw`^${KEY}\s+(in|notin)\s*\(([^()]*)\)$`);
const EQUALS = new RegExp(String.raw`^${KEY}\s*(==|=|!=)\s*([-A-Za-z0-9_.]*)$`);
const NUMBER = new RegExp(String.raw`^${KEY}\s*([<>])\s*(-?\d+)$`);
const EXISTS = new RegExp(String.raw`^(!?)\s*${KEY}$`);

/** Commas inside parentheses do not separate requirements. */
function requirements(text: string): string[] {
  if (text.trim() === '') return [];
  const parts: string[] = [];
  let end = text.length;
  let inside = false;
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') inside = true;
    else if (text[at] === '(') inside = false;
    else if (text[at] === ',' && !inside) {
      parts.push(text.slice(at + 1, end));
      end = at;
    }
  }
  return [...parts, text.slice(0, end)].reverse().map(each => each.trim());
}

function requirement(text: string, whole: string): LabelTest {
  const inSet = SET.exec(text);
  if (inSet) {
    const [, key = '', operator, list = ''] = inSet;
    const values = new Set(list.split(',').map(each => each.trim()));
    if (operator === 'in') return labels => has(labels, key) && values.has(labels[key] ?? '');
    return labels => !has(labels, key) || !values.has(labels[key] ?? '');
  }
  const equals = EQUALS.exec(text);
  if (equals) {
    const [, key = '', operator, value = ''] = equals;
    if (operator === '!=') return labels => !has(labels, key) || labels[key] !== value;
    return labels => has(labels, key) && labels[key] === value;
  }
  const number = NUMBER.exec(text);
  if (number) {
    const [, key = '', operator, value] = number;
    const inOrder = (a: number, b: number) => (operator === '<' ? a < b : a > b);
    return labels => has(labels, key) && inOrder(Number(labels[key]), Number(value));
  }
  const exists = EXISTS.exec(text);
  if (!exists)
    throw badRequest(`unable to parse requirement: ${JSON.stringify(text)} of label selector ${whole}`);
  const [, not, key = ''] = exists;
  return labels => has(labels, key) !== (not === '!');
}

function has(labels: Readonly<Record<string, string>>, key: string): boolean {
  return Object.hasOwn(labels, key);
}

/** Every kind can be selected by these fields. */
const METADATA = ['metadata.name', 'metadata.namespace'];

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  'replicasets.apps': ['status.replicas'],
  secrets: ['type'],
  services: ['spec.clusterIP', 'spec.type'],
};

/** 'metadata.name=x,status.phase!=Running'. Throws BadRequest for a field that the kind cannot be selected by. */
export function fieldSelector(text: string, kind: ServedKind): Selects {
  const tests = requirements(text).map(each => {
    const found = /^([^=!]+)(==|=|!=)(.*)$/.exec(each);
    if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${each}'`);
    const [, asked = '', operator, value = ''] = found;
    const field = isEventV1(kind) ? (coreEventField(asked) ?? '') : asked;
    if (!METADATA.includes(field) && !FIELDS[kind.resource]?.includes(field)) {
      throw badRequest(`field label not supported: ${asked}`);
    }
    const wanted = value.replace(/\\([\\,=])/g, '$1');
    return (object: Resource) => (valueAt(object, field) === wanted) === (operator !== '!=');
  });
  return object => tests.every(test => test(object));
}

/** The field as text; '' if it is missing, as in Kubernetes. */
function valueAt(object: Resource, field: string): string {
  let value: unknown = object;
  for (const key of field.split('.')) {
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  if (typeof value === 'object' && value !== null) return '';
  return value === undefined || value === null ? '' : String(value);
}
