/**
 * Every field of the schemas of the kinds that shape a client's sidecar, each set once in a mesh where it could matter.
 * Fields are set side by side in one mesh: every field has a host, an address and a ServiceEntry, DestinationRule and
 * VirtualService of its own (a Sidecar its own client), so that what it changes can be told from what it does not.
 */
import type { Resource } from '../../../src/istio/resource.ts';
import { schemaOf } from '../../../src/istio/schema/schemas.ts';
import type { Dice } from './dice.ts';
import { type Field, fieldsOf, setField, valuesFor } from './fields.ts';
import type { Mesh } from './mesh.ts';
import { BESIDE, VALUES } from './walk-values.ts';
import type { Client } from './world.ts';

const WALKED = ['ServiceEntry', 'DestinationRule', 'VirtualService', 'WorkloadEntry', 'Sidecar'] as const;
type Walked = (typeof WALKED)[number];

/** One field's places in a mesh: one where it is set, and one that has everything but the field. */
export interface Stop {
  readonly kind: Walked;
  /** 'spec.trafficPolicy.tls.mode' */
  readonly path: string;
  readonly without: number;
  readonly number: number;
  readonly object: Resource;
}

export interface Walk {
  readonly mesh: Mesh;
  readonly stops: readonly Stop[];
}

const STOPS_A_MESH = 25;
/** Always the first item, key and value: nothing in a walk is left to chance. */
const FIRST = {
  below: () => 0,
  chance: () => true,
  pick: (from: readonly unknown[]) => from[0],
} as unknown as Dice;

export const hostOf = (number: number) => `h${number}x.example.org`;
export const addressOf = (number: number) => `240.9.${number}.1`;

export function walks(): Walk[] {
  return WALKED.flatMap(kind => {
    const fields = fieldsOf(schemaOf({ apiVersion: 'networking.istio.io/v1', kind }));
    const own = fields.filter(({ path }) => path[0] === 'spec');
    return Array.from({ length: Math.ceil(own.length / STOPS_A_MESH) }, (_, part) =>
      walk(kind, own.slice(part * STOPS_A_MESH, (part + 1) * STOPS_A_MESH), part),
    );
  });
}

function walk(kind: Walked, fields: readonly Field[], part: number): Walk {
  const objects = base(0, kind);
  const clients: Client[] = [client(0)];
  const stops = fields.map((field, i): Stop => {
    const [without, number] = [2 * i + 1, 2 * i + 2];
    const path = field.path.join('.').replaceAll('.[]', '[]').replaceAll('.{}', '{}');
    const chosen = VALUES[`${kind} ${path}`];
    const also = chosen?.also ?? besides(kind, path);
    const place = (at: number): Resource => {
      const mine = base(at, kind);
      objects.push(...mine);
      if (kind === 'Sidecar') clients.push(client(at));
      const made = mine.find(each => each.kind === kind) as Resource;
      // Parts of it may be one object that is used in two places.
      Object.assign(made.spec as object, JSON.parse(JSON.stringify(also, (_, each) => each ?? null)));
      dropNulls(made.spec as Record<string, unknown>);
      return made;
    };
    place(without);
    const object = place(number);
    setField(object, field, chosen?.value ?? plausible(field), FIRST);
    return { kind, path, without, number, object };
  });
  return { mesh: { id: `fields/${kind}/${part}`, objects, clients }, stops };
}

/** What has to go beside any field of a part. */
function besides(kind: Walked, path: string): object {
  const [, part] = BESIDE.find(([pattern]) => pattern.test(`${kind} ${path}`)) ?? [];
  return part ?? {};
}

/** `also` may remove what the base has. */
function dropNulls(spec: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(spec)) {
    if (value === null) delete spec[key];
    else if (key === 'http') for (const each of value as Record<string, unknown>[]) dropNulls(each);
  }
}

/** Not the field's default, where that can be avoided: an enum's last, a number, a duration, a word. */
function plausible(field: Field): unknown {
  const { schema } = field;
  if (schema.enum !== undefined) return schema.enum.at(-1);
  if (schema.type === 'boolean') return true;
  return valuesFor(field).find(each => each !== 0);
}

const client = (number: number): Client => ({
  name: `walker-${number}`,
  namespace: 'mesh-network',
  ip: `10.244.9.${number}`,
  labels: { app: 'client', walk: `w${number}` },
});

function base(number: number, walked: Walked): Resource[] {
  const host = hostOf(number);
  const object = (kind: string, spec: object, name = `o${number}`): Resource => ({
    apiVersion: 'networking.istio.io/v1',
    kind,
    metadata: { name, namespace: 'mesh-network', creationTimestamp: '2026-11-02T00:00:00Z' },
    spec: spec as Resource['spec'],
  });
  const ports = [
    { number: 80, name: 'http', protocol: 'HTTP' },
    { number: 443, name: 'tls', protocol: 'TLS' },
    { number: 9000, name: 'tcp', protocol: 'TCP' },
  ];
  const sidecar = object('Sidecar', {
    workloadSelector: { labels: { walk: `w${number}` } },
    egress: [{ hosts: ['./h0x.example.org', './vm-h0x.example.org'] }],
  });
  const endpoint = (last: number, version: string, locality: string) => ({
    ...{ address: `10.${last}.${number}.7`, labels: { version }, locality },
  });
  return [
    object('ServiceEntry', {
      hosts: [host],
      addresses: [addressOf(number)],
      ports,
      resolution: 'STATIC',
      location: 'MESH_INTERNAL',
      endpoints: [endpoint(6, 'v1', 'us/b'), endpoint(8, 'v1', 'eu/a'), endpoint(9, 'v2', 'us/b')],
    }),
    object('DestinationRule', {
      host,
      subsets: [{ name: 'v1', labels: { version: 'v1' } }],
    }),
    object('VirtualService', {
      hosts: [host],
      http: [{ route: [{ destination: { host, port: { number: 80 } } }] }],
      tls: [{ match: [{ sniHosts: [host] }], route: [{ destination: { host, port: { number: 443 } } }] }],
      tcp: [{ match: [{ port: 9000 }], route: [{ destination: { host, port: { number: 9000 } } }] }],
    }),
    object(
      'ServiceEntry',
      {
        hosts: [`vm-${host}`],
        ports: [ports[0]],
        resolution: 'STATIC',
        workloadSelector: { labels: { vm: `w${number}` } },
      },
      `vm${number}`,
    ),
    object('WorkloadEntry', { address: `10.7.${number}.7`, labels: { vm: `w${number}` } }),
    // It would hide from its client what the other places have.
    ...(walked === 'Sidecar' ? [sidecar] : []),
  ];
}
