/** A trace in brief: the decisions that matter, each with the Istio objects and fields that made it. Pure. */
import { TERMS } from '../envoy/trace-lines.ts';
import type { ConfigObject, Fact, StepKind, Trace, TraceStep } from '../envoy/trace-types.ts';
import { entryFor } from '../istio/reach.ts';
import type { Resource } from '../istio/resource.ts';
import type { Client } from '../istio/sidecar-in-force.ts';
import {
  actionFields,
  type Caller,
  connectionField,
  httpPlace,
  matchField,
  policyFields,
  portField,
  ruleOf,
} from './why-fields.ts';

/** A field of an Istio object that made a decision. */
export interface Decider {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** 'spec.http[0].match[1]'. */
  readonly field: string;
  /** The object's spec as the API has it; undefined: it is not there any more. */
  readonly spec: unknown;
}

export interface WhyStep {
  /** Envoy's term: 'listener', 'route'. */
  readonly term: string;
  /** What was taken; 'none' with `missing`. */
  readonly name: string;
  readonly missing: boolean;
  /** '1 of 2', '90 %'; '' for neither. */
  readonly aside: string;
  readonly notes: readonly { readonly text: string; readonly warning: boolean }[];
  readonly by: readonly Decider[];
}

/** Their reason says more than their name. */
const REASONED: ReadonlySet<StepKind> = new Set(['filter-chain', 'virtual-host', 'route']);

/** Facts that are told; what `istio-tutor trace` tells besides would bury them. */
const TOLD = new Set([
  ...['TLS', 'warning', 'why', 'but', 'limits', 'ejects', 'fault', 'path', 'host', 'mirror'],
  ...['location', 'body'],
]);

/** Their values are sentences of their own. */
const UNNAMED = new Set(['warning', 'why', 'but']);

/** `objects`: those that routing depends on, also those that do not reach the client. */
export function whySteps({ steps, call }: Trace, objects: readonly Resource[], client: Client): WhyStep[] {
  const caller = { namespace: client.namespace, port: call.to.port };
  const route = steps.find(step => step.kind === 'route');
  return steps.flatMap(step => {
    if (step.kind === 'route-configuration' && step.name !== '') return [];
    const by = deciders(step, { route, objects, caller, client, sni: call.sni });
    const notes = notesOf(step, by);
    // That the call is sent to a cluster, the cluster's own step says.
    if (step.kind === 'action' && notes.length === 0 && /^send it to [^ ]+$/.test(step.name)) return [];
    const missing = step.name === '';
    const { kind, position, part } = step;
    const counted = kind === 'route' && position !== undefined && position.of > 1;
    const own = by.find(each => each.kind === 'VirtualService')?.spec;
    const envoys = counted && own === undefined ? `${position.index} of ${position.of}` : '';
    const aside = part ?? (counted && own !== undefined ? ruleOf(own, position, caller) : envoys);
    return [{ term: TERMS[kind], name: missing ? 'none' : step.name, missing, aside, notes, by }];
  });
}

function notesOf(step: TraceStep, by: readonly Decider[]): WhyStep['notes'] {
  const because = (REASONED.has(step.kind) || step.name === '') && step.because !== '';
  const passed = step.name === '' ? step.passedOver.slice(0, 3) : [];
  return [
    ...(because ? [{ text: step.because, warning: false }] : []),
    ...passed.map(each => ({ text: `${each.name}: ${each.why}`, warning: false })),
    ...step.facts
      .filter(fact => isTold(fact, by))
      .map(({ name, value }) => ({
        text: UNNAMED.has(name) ? value : `${name}: ${value}`,
        warning: name === 'warning' || name === 'but',
      })),
  ];
}

/** Timeouts and retries there are always; those that somebody wrote are told. */
const isTold = ({ name }: Fact, by: readonly Decider[]) =>
  TOLD.has(name) || name.endsWith(' %') || by.some(each => each.field.endsWith(`.${name}`));

interface Around {
  readonly route: TraceStep | undefined;
  readonly objects: readonly Resource[];
  readonly caller: Caller;
  readonly client: Client;
  readonly sni: string;
}

function deciders(step: TraceStep, around: Around): Decider[] {
  const names = step.facts.map(fact => fact.name);
  switch (step.kind) {
    case 'route':
      return routeDeciders(step, around);
    case 'action':
      return actionDeciders(names, around, false);
    case 'filter-chain':
      return byObject(step.from, around, spec => [connectionField(spec, around.sni)]);
    case 'cluster':
      return clusterDeciders(step, names, around);
    default:
      return byObject(step.from, around, () => ['spec']);
  }
}

/** The match, and where the rule sends the call. Where no route fits, all rules of the object have a part in it. */
function routeDeciders(step: TraceStep, around: Around): Decider[] {
  const { position, from, passedOver } = step;
  if (position === undefined) {
    const first = passedOver.find(each => each.from !== undefined)?.from;
    return byObject(first, around, () => ['spec.http']);
  }
  const match = byObject(from, around, spec => [matchField(httpPlace(spec, position, around.caller))]);
  return [...match, ...actionDeciders([], around, true)];
}

/** `target`: where the rule sends the call, else what it does besides. */
function actionDeciders(facts: readonly string[], around: Around, target: boolean): Decider[] {
  const { route, caller } = around;
  const position = route?.position;
  if (position === undefined) return [];
  return byObject(route?.from, around, spec => {
    const place = httpPlace(spec, position, caller);
    const targets = actionFields(spec, place, []);
    return target ? targets : actionFields(spec, place, facts).filter(field => !targets.includes(field));
  });
}

/** The ServiceEntry by which the mesh knows the host, and what a DestinationRule has made of the cluster. */
function clusterDeciders(step: TraceStep, facts: readonly string[], around: Around): Decider[] {
  const [direction, port = '', subset = '', host = ''] = step.name.split('|');
  if (direction !== 'outbound') return byObject(step.from, around, () => ['spec']);
  const target = { port: Number(port), subset };
  const entry = entryFor(around.objects, around.client, { host, port: target.port });
  const known = entry === null ? [] : byObject(refOf(entry), around, spec => [portField(spec, Number(port))]);
  const shaped = byObject(step.from, around, spec => {
    const fields = policyFields(spec, target, facts);
    return fields.length === 0 ? ['spec.host'] : fields;
  });
  return [...known, ...shaped];
}

const refOf = ({ kind, metadata: { name, namespace = '' } }: Resource): ConfigObject => ({
  ...{ kind, name, namespace },
});

function byObject(
  object: ConfigObject | undefined,
  { objects }: Around,
  fields: (spec: unknown) => readonly string[],
): Decider[] {
  if (object === undefined) return [];
  const { kind, namespace, name } = object;
  const live = objects.find(
    each => each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
  );
  return fields(live?.spec).map(field => ({ kind, namespace, name, field, spec: live?.spec }));
}
