/**
 * A generated mesh: the world, perhaps some more Services, one to six Istio objects, and the sidecars that are asked
 * for. The same seed and number make the same mesh, whatever was made before it.
 */
import type { Resource } from '../../../src/istio/resource.ts';
import { schemaOf } from '../../../src/istio/schema/schemas.ts';
import { destinationRule } from './destination-rules.ts';
import { Dice } from './dice.ts';
import { type Field, fieldsOf, setField, valuesFor } from './fields.ts';
import { EXPORTS } from './names.ts';
import { serviceEntry, workloadEntry } from './service-entries.ts';
import { services } from './services.ts';
import { sidecar } from './sidecars.ts';
import { delegate, virtualService } from './virtual-services.ts';
import { CLIENTS, type Client, WORLD } from './world.ts';

export interface Mesh {
  readonly id: string;
  /** What is there besides WORLD. */
  readonly objects: readonly Resource[];
  readonly clients: readonly Client[];
}

/** The form in which the oracle takes it, one per line. */
export function question({ id, objects, clients }: Mesh): string {
  return JSON.stringify({ id, objects: [...WORLD, ...objects], proxies: clients, analyze: true });
}

export function mesh(seed: string, number: number): Mesh {
  const id = `${seed}/${number}`;
  const dice = Dice.of(id);
  const objects: Resource[] = dice.chance(0.3) ? services(dice) : [];
  const seconds = dice.chance(0.2) ? 0 : 5;
  for (let i = 0, count = dice.between(1, 6); i < count; i++) {
    const made = istioObject(dice, i, seconds);
    if (!objects.some(each => isSame(each, made))) objects.push(made);
  }
  const [first, ...others] = CLIENTS;
  const clients = [first, ...(dice.chance(0.35) ? [dice.pick(others)] : [])];
  return {
    id,
    objects: dice.chance(0.5) ? objects : dice.some(objects, objects.length, objects.length),
    clients,
  };
}

const isSame = (a: Resource, b: Resource) =>
  a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

/** Of a hundred drawn numbers, those below go to the kind; the rest are delegates. */
const KINDS: readonly (readonly [kind: string, below: number, spec: (dice: Dice) => object])[] = [
  ['ServiceEntry', 34, serviceEntry],
  ['DestinationRule', 61, destinationRule],
  ['VirtualService', 91, virtualService],
  ['Sidecar', 95, sidecar],
  ['WorkloadEntry', 97, workloadEntry],
];

function istioObject(dice: Dice, at: number, seconds: number): Resource {
  const drawn = dice.below(100);
  const [kind, , specOf] = KINDS.find(([, below]) => drawn < below) ?? [];
  if (kind === undefined || specOf === undefined) {
    const { name, spec } = delegate(dice);
    return object(dice, 'VirtualService', dice.chance(0.5) ? name : `${name}-${at}`, spec, seconds);
  }
  const spec = specOf(dice) as Record<string, unknown>;
  if (kind !== 'Sidecar' && kind !== 'WorkloadEntry' && dice.chance(0.2)) spec.exportTo = dice.pick(EXPORTS);
  const name =
    kind === 'Sidecar' && dice.chance(0.5)
      ? 'default'
      : `${kind.slice(0, 3).toLowerCase()}-${dice.one('a', 'b', 'c', 'm', 'z')}${at}`;
  const made = object(dice, kind, name, spec, seconds);
  if (dice.chance(0.22)) sprinkle(dice, made);
  return made;
}

function object(dice: Dice, kind: string, name: string, spec: object, seconds: number): Resource {
  const namespace = dice.one(
    ...['mesh-network', 'mesh-network', 'mesh-network', 'mesh-network', 'mesh-network'],
    ...['team-b', 'team-b', 'istio-system', 'team-c'],
  );
  return {
    apiVersion: `networking.istio.io/${dice.one('v1', 'v1', 'v1beta1', 'v1alpha3')}`,
    kind,
    metadata: { name, namespace, creationTimestamp: `2026-11-02T00:00:0${dice.between(0, seconds)}Z` },
    spec: spec as Resource['spec'],
  };
}

const fields = new Map<string, readonly Field[]>();

/** Sets one or two fields of the kind's schema. */
function sprinkle(dice: Dice, object: Resource): void {
  for (let left = dice.one(1, 1, 2); left > 0; left--) setAnyField(dice, object);
}

/** Sets a field of the kind's schema, any of them, to something good or bad. Returns its path. */
export function setAnyField(dice: Dice, object: Resource): string {
  const known =
    fields.get(object.kind) ?? fieldsOf(schemaOf(object)).filter(({ path }) => path[0] === 'spec');
  fields.set(object.kind, known);
  const field = dice.pick(known);
  setField(object, field, structuredClone(dice.pick(valuesFor(field))), dice);
  return field.path.join('.');
}
