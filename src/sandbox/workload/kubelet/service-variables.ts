/**
 * The variables that tell a container where Services are: that of the API, and those of the pod's namespace unless it
 * wants no service links. Source: kubernetes 1.34, pkg/kubelet/envvars/envvars.go; pkg/kubelet/kubelet_pods.go
 */
import type { Store } from '../../api-server/store.ts';
import type { Pod, Service } from '../kube-types.ts';

export function serviceVariables(store: Store, { metadata, spec }: Pod): Record<string, string> {
  const own = spec.enableServiceLinks === false ? [] : servicesOf(store, metadata.namespace ?? '');
  const api = servicesOf(store, 'default').filter(each => each.metadata.name === 'kubernetes');
  return Object.fromEntries([...own, ...api].flatMap(variablesOf));
}

function servicesOf(store: Store, namespace: string): readonly Service[] {
  return store.list('services', namespace) as unknown as readonly Service[];
}

function variablesOf({ metadata, spec }: Service): [string, string][] {
  const { clusterIP: address, ports = [] } = spec;
  const [first] = ports;
  if (!address || address === 'None' || !first) return [];
  const prefix = variableName(metadata.name);
  const named = ports.flatMap(({ name, port }): [string, string][] =>
    name ? [[`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port)]] : [],
  );
  const links = ports.flatMap(({ protocol = 'TCP', port }): [string, string][] => {
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    const scheme = protocol.toLowerCase();
    return [
      [link, `${scheme}://${address}:${port}`],
      [`${link}_PROTO`, scheme],
      [`${link}_PORT`, String(port)],
      [`${link}_ADDR`, address],
    ];
  });
  return [
    [`${prefix}_SERVICE_HOST`, address],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named,
    [`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${address}:${first.port}`],
    ...links,
  ];
}

function variableName(text: string): string {
  return text.replaceAll('-', '_').toUpperCase();
}
