/**
 * The built-in kinds, nearly right: existing objects with fields removed, set to null or to another type,
 * sent as new ones, as updates and patches, and as their status. What was there before is put back after a round.
 */
import type { Kube } from '../../src/kube/client.ts';
import type { Json } from './manifests.ts';
import type { Random } from './random.ts';

interface KindIn {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly hasStatus: boolean;
}

const core = (kind: string, plural: string, hasStatus = false): KindIn => ({
  ...{ kind, plural, hasStatus, apiVersion: 'v1' },
});
const apps = (kind: string, plural: string): KindIn => ({
  ...{ kind, plural, hasStatus: true, apiVersion: 'apps/v1' },
});
const istio = (kind: string, plural: string): KindIn => ({
  ...{ kind, plural, hasStatus: true, apiVersion: 'networking.istio.io/v1' },
});

const KINDS: readonly KindIn[] = [
  core('ConfigMap', 'configmaps'),
  core('Endpoints', 'endpoints'),
  core('Event', 'events'),
  core('Namespace', 'namespaces', true),
  core('Pod', 'pods', true),
  core('Secret', 'secrets'),
  core('ServiceAccount', 'serviceaccounts'),
  core('Service', 'services', true),
  apps('Deployment', 'deployments'),
  apps('ReplicaSet', 'replicasets'),
  { kind: 'EndpointSlice', plural: 'endpointslices', apiVersion: 'discovery.k8s.io/v1', hasStatus: false },
  istio('ServiceEntry', 'serviceentries'),
  istio('Sidecar', 'sidecars'),
];

type Fields = { [key: string]: Json };
interface Stored {
  readonly kind: KindIn;
  readonly name: string;
  readonly object: Fields & { metadata: Fields };
}

export interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH';
  readonly path: string;
  readonly body: Json;
  readonly contentType?: string;
}

/** The world as it is, to take objects from and to go back to. */
export class Objects {
  readonly #kube: Kube;
  readonly #namespace: string;
  readonly #first: readonly Stored[];

  private constructor(kube: Kube, namespace: string, first: readonly Stored[]) {
    this.#kube = kube;
    this.#namespace = namespace;
    this.#first = first;
  }

  static async of(kube: Kube, namespace: string): Promise<Objects> {
    return new Objects(kube, namespace, await stored(kube, namespace));
  }

  request(random: Random): Request {
    const kind = random.pick(KINDS);
    const model = random.pick(
      this.#first.filter(each => each.kind === kind).concat(samplesOf(kind, this.#namespace)),
    );
    const path = collection(kind, this.#namespace);
    const part = random.pick(kind.hasStatus ? ['', '/status', '/status'] : ['']);
    const body = changed(model.object, part === '' ? undefined : 'status', random);
    const own = `${path}/${model.name}${part}`;
    if (part === '' && random.chance(0.5)) {
      const metadata = (body as Fields).metadata;
      const named = {
        ...(metadata as Fields),
        name: `fuzz-${random.below(5)}`,
        uid: null,
        resourceVersion: null,
      };
      return { method: 'POST', path, body: { ...(body as Fields), metadata: named } };
    }
    if (random.chance(0.4)) return { method: 'PUT', path: own, body };
    const { metadata: _, ...rest } = body as Fields;
    return { method: 'PATCH', path: own, body: rest, contentType: 'application/merge-patch+json' };
  }

  /** Lists of a kind in each form, as kubectl and watches read them. */
  *lists(): Generator<string> {
    for (const kind of KINDS) yield collection(kind, this.#namespace);
  }

  /** Removes what is new and puts back what was changed, unless a controller does. */
  async restore(): Promise<void> {
    const before = new Map(this.#first.map(each => [keyOf(each), each]));
    for (const now of await stored(this.#kube, this.#namespace)) {
      const isMade = MADE.includes(now.kind.kind) && !now.name.startsWith('fuzz-');
      if (before.has(keyOf(now)) || isMade) continue;
      await this.#kube.request('DELETE', `${collection(now.kind, this.#namespace)}/${now.name}`);
    }
    for (const { kind, name, object } of this.#first) {
      if (MADE.includes(kind.kind)) continue;
      const path = collection(kind, this.#namespace);
      const { resourceVersion: _, uid: __, ...metadata } = object.metadata;
      const body = { ...object, metadata };
      const { status } = await this.#kube.request('PUT', `${path}/${name}`, { body });
      if (status === 404) await this.#kube.request('POST', path, { body });
    }
  }
}

/** Controllers make these. */
const MADE = ['Pod', 'ReplicaSet', 'Event', 'Endpoints'];

function keyOf({ kind, name }: Stored): string {
  return `${kind.kind}/${name}`;
}

function collection({ apiVersion, plural, kind }: KindIn, namespace: string): string {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  return kind === 'Namespace' ? `${root}/namespaces` : `${root}/namespaces/${namespace}/${plural}`;
}

async function stored(kube: Kube, namespace: string): Promise<Stored[]> {
  const all: Stored[] = [];
  for (const kind of KINDS) {
    const answer = await kube.request('GET', collection(kind, namespace));
    const { items = [] } = answer.body as { items?: Stored['object'][] };
    for (const item of items) {
      const name = String(item.metadata.name);
      if (kind.kind === 'Namespace' && name !== namespace && !name.startsWith('fuzz-')) continue;
      all.push({ kind, name, object: { ...item, apiVersion: kind.apiVersion, kind: kind.kind } });
    }
  }
  return all;
}

/** For kinds of which there are none, and with all that a kind can have. */
function samplesOf(kind: KindIn, namespace: string): Stored[] {
  const { apiVersion } = kind;
  const about = (rest: Fields): Stored => ({
    kind,
    name: 'sample',
    object: { apiVersion, kind: kind.kind, metadata: { name: 'sample', namespace }, ...rest },
  });
  const address = { ip: '10.244.9.9', hostname: 'a', nodeName: 'n', targetRef: { kind: 'Pod', name: 'p' } };
  const port = { name: 'http', port: 80, protocol: 'TCP', appProtocol: 'http' };
  switch (kind.kind) {
    case 'EndpointSlice':
      return [
        {
          ...about({}),
          object: {
            ...{ apiVersion, kind: kind.kind, addressType: 'IPv4', ports: [port] },
            metadata: { name: 'sample', namespace, labels: { 'kubernetes.io/service-name': 'catalog' } },
            endpoints: [
              {
                ...{ addresses: ['10.244.9.9'], nodeName: 'n', zone: 'z', targetRef: address.targetRef },
                conditions: { ready: true, serving: true, terminating: false },
              },
            ],
          },
        },
      ];
    case 'Endpoints':
      return [about({ subsets: [{ addresses: [address], notReadyAddresses: [address], ports: [port] }] })];
    case 'Secret':
      return [about({ data: { a: 'YQ==' }, stringData: { b: 'b' }, type: 'Opaque' })];
    case 'Event':
      return [
        about({
          ...{ reason: 'r', message: 'm', count: 1, type: 'Normal', eventTime: null },
          ...{ firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:00Z' },
          involvedObject: { kind: 'Pod', name: 'p', namespace },
          source: { component: 'c', host: 'h' },
        }),
      ];
    case 'ServiceEntry':
      return [
        about({
          spec: {
            ...{ hosts: ['a.example.com'], resolution: 'DNS' },
            ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
          },
          status: { addresses: [{ host: 'a.example.com', value: '240.240.0.9' }] },
        }),
      ];
    default:
      return [];
  }
}

const WRONG: readonly Json[] = [
  null,
  'x',
  '',
  0,
  -1,
  1.5,
  1e21,
  true,
  [],
  {},
  [null],
  ['x'],
  [[]],
  { a: 1 },
  [{}],
];

/** A copy with one to three fields removed, null or of another type; `under` is where they are, most of the time. */
function changed(object: Fields, under: string | undefined, random: Random): Json {
  const copy = structuredClone(object);
  if (under !== undefined) copy[under] ??= random.pick(WRONG);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const root = under !== undefined && random.chance(0.95) ? { [under]: copy[under] ?? null } : copy;
    const all = slots(root).filter(({ holder, key }) => holder !== copy || !KEPT.includes(String(key)));
    const slot = random.pick(all);
    if (slot === undefined) continue;
    const holder = slot.holder as Record<string | number, Json>;
    if (random.chance(0.35)) {
      if (Array.isArray(slot.holder)) slot.holder.splice(Number(slot.key), 1);
      else delete holder[slot.key];
    } else holder[slot.key] = structuredClone(random.pick(WRONG));
    if (root !== copy) copy[under as string] = root[under as string] ?? null;
  }
  return copy;
}

const KEPT = ['apiVersion', 'kind', 'metadata'];

function slots(value: Json): { holder: Json[] | Fields; key: string | number }[] {
  if (Array.isArray(value)) return value.flatMap((each, key) => [{ holder: value, key }, ...slots(each)]);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, each]) => [{ holder: value, key }, ...slots(each)]);
}
