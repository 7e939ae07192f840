/**
 * What istiod knows of its sidecars: the page /debug/syncz, and the same as `istioctl proxy-status` asks for it.
 * Source: pilot/pkg/xds/{debug.go (SyncStatus), statusgen.go} of Istio 1.31.
 */
import type { RunningSidecar, SidecarPod, XdsStatus } from '../surroundings.ts';
import { any, field, number, struct, timestamp } from './protobuf.ts';

export const ISTIO_VERSION = '1.31-dev';
export const CLUSTER = 'Kubernetes';

/** A sidecar that is connected. */
export interface ConnectedProxy {
  readonly pod: Pick<SidecarPod, 'namespace' | 'name'>;
  readonly running: Pick<RunningSidecar, 'pushed'>;
}

const TYPES = {
  cluster: 'cluster.v3.Cluster',
  endpoint: 'endpoint.v3.ClusterLoadAssignment',
  listener: 'listener.v3.Listener',
  route: 'route.v3.RouteConfiguration',
} as const;
type Type = keyof typeof TYPES;

const typeUrl = (type: Type) => `type.googleapis.com/envoy.config.${TYPES[type]}`;
const idOf = ({ pod: { name, namespace } }: ConnectedProxy) => `${name}.${namespace}`;

function statusOf({ running }: ConnectedProxy): readonly (XdsStatus & { readonly at: number })[] {
  const { at, version, status } = running.pushed();
  const known = new Map(status?.map(each => [each.type, each]));
  return (Object.keys(TYPES) as Type[]).map(type => ({
    ...(known.get(type) ?? { type, sent: version, acked: version, error: null }),
    at,
  }));
}

export function syncz(proxies: readonly ConnectedProxy[]): object[] {
  return proxies.map(proxy => {
    const all = statusOf(proxy);
    return {
      ...{ cluster_id: CLUSTER, proxy: idOf(proxy), proxy_type: 'sidecar', istio_version: ISTIO_VERSION },
      ...Object.fromEntries(
        all.flatMap(({ type, sent, acked }) => [
          [`${type}_sent`, sent],
          [`${type}_acked`, acked],
        ]),
      ),
      resources: Object.fromEntries(
        all.map(({ type, sent, acked, error, at }) => [
          typeUrl(type),
          { sent, acked, sentTime: new Date(at).toISOString(), ...(error !== null && { lastError: error }) },
        ]),
      ),
    };
  });
}

const SYNCED = 1;
const ERROR = 4;

/** An Any of envoy.service.status.v3.ClientConfig for each sidecar. */
export function clientConfigs(proxies: readonly ConnectedProxy[]): Buffer[] {
  return proxies.map(proxy => {
    const metadata = {
      ...{ CLUSTER_ID: CLUSTER, ISTIO_VERSION, NAMESPACE: proxy.pod.namespace },
    };
    const node = [field(1, idOf(proxy)), field(3, struct(metadata))];
    const configs = statusOf(proxy).map(({ type, error, at }) =>
      field(3, [
        ...[field(1, typeUrl(type)), field(5, timestamp(at)), number(6, error === null ? SYNCED : ERROR)],
        ...(error === null ? [] : [field(8, [field(2, timestamp(at)), field(3, error)])]),
      ]),
    );
    return any(
      'type.googleapis.com/envoy.service.status.v3.ClientConfig',
      Buffer.concat([field(1, node), ...configs]),
    );
  });
}
