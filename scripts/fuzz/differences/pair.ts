/** Both sides of a change, as a plan would see them. */
import type { Surroundings } from '../../../src/difference/calls.ts';
import type { Side } from '../../../src/difference/types.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { around } from '../../../src/plan/surroundings.ts';
import { translate } from '../../../src/sandbox/istiod/translate.ts';
import { snapshotOf } from '../../../test/support/recorded-snapshot.ts';
import { EXTERNAL } from '../meshes/names.ts';
import type { Change } from './change.ts';

export interface RawSide extends Side {
  /** Where bytes to an address or name end, each 'ADDRESS:PORT': behind a Service's address are its pods. */
  reach(address: string, port: number): readonly string[];
}

export interface Pair {
  readonly before: RawSide;
  readonly after: RawSide;
  readonly around: Surroundings;
}

/** The lab's client knows two of the names outside by its hosts file; the others a DNS answers. */
const ALIASES = [
  { ip: '10.96.1.1', hostnames: EXTERNAL.slice(0, 1) },
  { ip: '10.96.1.2', hostnames: EXTERNAL.slice(1, 2) },
];

export function pairOf({ client, before, after }: Change): Pair {
  const snapshots = [snapshotOf(before), snapshotOf(after)] as const;
  const [today, tomorrow] = snapshots.map(each => translate(each, client));
  const workload = { ...client, pod: client.name, hostAliases: ALIASES, config: today as Side['config'] };
  const place = around(snapshots, workload);
  const reach = (text: string, port: number) => {
    const { address } = place.side(today as Side['config']);
    const target = `${address(text) ?? text}:${port}`;
    return forwarded(before).get(target) ?? [target];
  };
  return {
    before: { ...place.side(today as Side['config']), reach },
    after: { ...place.side(tomorrow as Side['config']), reach },
    around: place.calls,
  };
}

const known = new WeakMap<readonly Resource[], Map<string, string[]>>();

/** What kube-proxy makes of the addresses of Services. */
function forwarded(objects: readonly Resource[]): Map<string, string[]> {
  const all = known.get(objects) ?? new Map<string, string[]>();
  if (known.has(objects)) return all;
  known.set(objects, all);
  const { services, endpointSlices } = snapshotOf(objects);
  for (const { metadata, spec } of services) {
    const mine = endpointSlices.filter(
      each =>
        each.metadata.namespace === metadata.namespace &&
        each.metadata.labels?.['kubernetes.io/service-name'] === metadata.name,
    );
    for (const { name, port } of spec?.ports ?? []) {
      const targets = mine.flatMap(({ ports = [], endpoints = [] }) =>
        ports
          .filter(each => each.name === name)
          .flatMap(target =>
            endpoints.flatMap(({ addresses }) => addresses.map(each => `${each}:${target.port}`)),
          ),
      );
      if (spec?.clusterIP && targets.length > 0) all.set(`${spec.clusterIP}:${port}`, targets);
    }
  }
  return all;
}
