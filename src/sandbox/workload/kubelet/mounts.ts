/** The files that a container sees: Secrets and ConfigMaps where its volumes are mounted, read as they are now. */
import type { Store } from '../../api-server/store.ts';
import type { Container, Pod, Volume } from '../kube-types.ts';

/**
 * The text of a file in a container; null: there is none. The kubelet copies files and picks up changes after a minute,
 * and never for subPath mounts; here a file is always what the object says.
 */
export function readMounted(store: Store, pod: Pod, container: Container, path: string): string | null {
  const wanted = path.replace(/\/{2,}/g, '/');
  for (const mount of container.volumeMounts ?? []) {
    const root = mount.mountPath.replace(/\/+$/, '');
    if (wanted !== root && !wanted.startsWith(`${root}/`)) continue;
    const inside = wanted.slice(root.length + 1);
    const file = [mount.subPath, inside].filter(part => part).join('/');
    const volume = pod.spec.volumes?.find(each => each.name === mount.name);
    const text = volume && fileOf(store, pod.metadata.namespace ?? '', volume, file);
    if (text != null) return text;
  }
  return null;
}

function fileOf(store: Store, namespace: string, volume: Volume, file: string): string | null {
  const source = sourceOf(volume);
  const object = source && store.get(source.resource, namespace, source.name);
  if (!source || !object) return null;
  const key = source.items ? source.items.find(each => each.path === file)?.key : file;
  const data = (object.data ?? {}) as Readonly<Record<string, string>>;
  if (key === undefined || !Object.hasOwn(data, key)) return null;
  const text = data[key] ?? '';
  return source.resource === 'secrets' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

function sourceOf({ secret, configMap }: Volume) {
  if (secret) return { resource: 'secrets', name: secret.secretName ?? '', ...secret };
  return configMap ? { resource: 'configmaps', ...configMap, name: configMap.name ?? '' } : null;
}

/** Why a pod's volumes cannot be mounted, in the kubelet's words; null: they can. */
export function missingVolume(store: Store, pod: Pod): string | null {
  const namespace = pod.metadata.namespace ?? '';
  for (const volume of pod.spec.volumes ?? []) {
    for (const source of [sourceOf(volume), ...projectedSources(volume)]) {
      if (!source || source.optional || store.get(source.resource, namespace, source.name)) continue;
      const kind = source.resource.slice(0, -1);
      return `MountVolume.SetUp failed for volume "${volume.name}" : ${kind} "${source.name}" not found`;
    }
  }
  return null;
}

function projectedSources({ projected }: Volume) {
  const { sources = [] } = (projected ?? {}) as {
    sources?: Record<'secret' | 'configMap', { name?: string; optional?: boolean } | undefined>[];
  };
  return sources.flatMap(({ secret, configMap }) => {
    const of = secret ?? configMap;
    const resource = secret ? 'secrets' : 'configmaps';
    return of ? [{ resource, name: of.name ?? '', optional: of.optional }] : [];
  });
}
