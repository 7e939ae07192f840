/** Who is behind an address, as Services and pods tell. Pure. */
import type { Resource } from '../istio/resource.ts';
import type { EndpointSlice, Snapshot } from '../sandbox/istiod/snapshot.ts';

/** Labels that tell pods of one kind apart, and never a subset. */
const OF_EACH_POD =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index|batch\.kubernetes\.io\/.*)$/;

export interface Servers {
  /** 'catalog.shop' for the address of a Service and its pods; 'catalog.shop (version=v2)' where these differ. */
  readonly names: ReadonlyMap<string, string>;
  /** 'catalog.shop (version=v2):80' and so on, by 'ADDRESS:PORT' of a Service or pod: the port is the Service's. */
  readonly at: ReadonlyMap<string, readonly string[]>;
}

type Service = Snapshot['services'][number];

export function serversIn(snapshots: readonly Snapshot[], services: readonly Service[]): Servers {
  const names = new Map<string, string>();
  const at = new Map<string, readonly string[]>();
  const labels = labelsByPod(snapshots);
  const slices = slicesByService(snapshots);
  const byName = new Map(services.map(each => [`${each.metadata.name}.${each.metadata.namespace}`, each]));
  for (const name of new Set([...byName.keys(), ...slices.keys()])) {
    const pods = podsOf(name, slices.get(name) ?? [], labels);
    for (const pod of pods) names.set(pod.address, pod.name);
    const service = byName.get(name);
    const ip = service?.spec?.clusterIP ?? '';
    const hasAddress = ip !== '' && ip !== 'None';
    if (hasAddress) names.set(ip, name);
    // The first of the Service's ports that leads to a pod's port gives it its number.
    for (const { name: portName = '', port } of service?.spec?.ports ?? []) {
      const targets = pods.filter(pod => pod.ports.has(portName));
      for (const pod of targets) {
        const target = `${pod.address}:${pod.ports.get(portName)}`;
        at.set(target, at.get(target) ?? [`${pod.name}:${port}`]);
      }
      const all = targets.flatMap(pod => at.get(`${pod.address}:${pod.ports.get(portName)}`) ?? []);
      if (hasAddress && all.length > 0) at.set(`${ip}:${port}`, [...new Set(all)].sort());
    }
  }
  return { names, at };
}

interface Pod {
  readonly address: string;
  readonly name: string;
  /** By the name of the Service's port. */
  readonly ports: ReadonlyMap<string, number>;
}

function podsOf(
  service: string,
  slices: readonly EndpointSlice[],
  labels: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Pod[] {
  const pods = slices.flatMap(slice =>
    (slice.endpoints ?? []).flatMap(({ addresses, targetRef }) =>
      addresses.map(address => ({
        address,
        labels: labels.get(`${slice.metadata.namespace}/${targetRef?.name}`) ?? {},
        ports: new Map((slice.ports ?? []).map(({ name = '', port = 0 }) => [name, port])),
      })),
    ),
  );
  const differing = differingKeys(pods.map(each => each.labels));
  return pods.map(pod => {
    const words = differing.flatMap(key => (key in pod.labels ? [`${key}=${pod.labels[key]}`] : []));
    return { ...pod, name: words.length === 0 ? service : `${service} (${words.join(', ')})` };
  });
}

function labelsByPod(snapshots: readonly Snapshot[]): Map<string, Readonly<Record<string, string>>> {
  const pods: readonly Resource[] = snapshots.flatMap(each => each.pods);
  return new Map(
    pods.map(({ metadata: { name, namespace, labels = {} } }) => {
      const own = Object.entries(labels).filter(([key]) => !OF_EACH_POD.test(key));
      return [`${namespace}/${name}`, Object.fromEntries(own)];
    }),
  );
}

function slicesByService(snapshots: readonly Snapshot[]): Map<string, EndpointSlice[]> {
  const found = new Map<string, EndpointSlice[]>();
  for (const slice of new Set(snapshots.flatMap(each => each.endpointSlices))) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name'] ?? slice.metadata.name;
    const service = `${name}.${slice.metadata.namespace}`;
    found.set(service, [...(found.get(service) ?? []), slice]);
  }
  return found;
}

/** Names of the labels that not all have with the same value. */
function differingKeys(all: readonly Readonly<Record<string, string>>[]): string[] {
  const names = new Set(all.flatMap(each => Object.keys(each)));
  return [...names].filter(name => all.some(each => each[name] !== all[0]?.[name])).sort();
}
