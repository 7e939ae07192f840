/**
 * A container's environment, as the kubelet makes it when it starts the container; a missing reference keeps it from
 * starting. Source: kubernetes 1.34, pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables). Left out: resourceFieldRef
 * and files, of which images.ts warns.
 */
import type { Store } from '../../api-server/store.ts';
import type { Container, Pod } from '../kube-types.ts';
import { NODE, NODE_IP } from '../node.ts';
import { serviceVariables } from './service-variables.ts';

type Variables = Record<string, string>;

interface KeyRef {
  name?: string;
  key?: string;
  optional?: boolean;
}

export interface ValueFrom {
  configMapKeyRef?: KeyRef;
  secretKeyRef?: KeyRef;
  fieldRef?: { fieldPath?: string };
}

interface EnvFrom {
  prefix?: string;
  configMapRef?: KeyRef;
  secretRef?: KeyRef;
}

/** The fields of a pod that a variable's value may come from. */
export const FIELD_PATH =
  /^(metadata\.(name|namespace|uid|(labels|annotations)\['.+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/;

/** In the kubelet's words: 'configmap "settings" not found'. */
export class MissingForContainer extends Error {}

/** Throws MissingForContainer. */
export function environmentOf(store: Store, pod: Pod, ip: string, container: Container): Variables {
  const services = serviceVariables(store, pod);
  const env: Variables = { HOSTNAME: pod.metadata.name };
  for (const { prefix = '', configMapRef, secretRef } of (container.envFrom ?? []) as EnvFrom[]) {
    const all =
      (configMapRef && dataOf(store, pod, 'configmap', configMapRef)) ??
      (secretRef && dataOf(store, pod, 'secret', secretRef)) ??
      {};
    for (const [name, value] of Object.entries(all)) env[`${prefix}${name}`] = value;
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found = valueFrom
      ? sourcedValue(store, pod, ip, valueFrom as ValueFrom)
      : expanded(value ?? '', { ...services, ...env });
    if (found !== null) env[name] = found;
  }
  // Behind the container's own variables, which win.
  return { ...env, ...services, ...env };
}

function sourcedValue(store: Store, pod: Pod, ip: string, from: ValueFrom): string | null {
  const { configMapKeyRef, secretKeyRef, fieldRef } = from;
  if (configMapKeyRef) return keyOf(store, pod, 'configmap', configMapKeyRef);
  if (secretKeyRef) return keyOf(store, pod, 'secret', secretKeyRef);
  return fieldRef ? fieldOf(pod, ip, fieldRef.fieldPath ?? '') : null;
}

function keyOf(store: Store, pod: Pod, kind: 'configmap' | 'secret', ref: KeyRef): string | null {
  const { name = '', key = '', optional } = ref;
  const data = dataOf(store, pod, kind, ref);
  if (data !== null && Object.hasOwn(data, key)) return data[key] ?? '';
  if (optional) return null;
  const what = kind === 'secret' ? 'Secret' : 'ConfigMap';
  throw new MissingForContainer(`couldn't find key ${key} in ${what} ${pod.metadata.namespace}/${name}`);
}

function dataOf(
  store: Store,
  { metadata: { namespace = '' } }: Pod,
  kind: 'configmap' | 'secret',
  { name = '', optional }: KeyRef,
): Variables | null {
  const data = store.get(`${kind}s`, namespace, name);
  if (!data && !optional) throw new MissingForContainer(`${kind} "${name}" not found`);
  const texts = Object.entries((data?.data ?? {}) as Variables);
  if (!data || kind === 'configmap') return data ? Object.fromEntries(texts) : null;
  return Object.fromEntries(texts.map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]));
}

/** `metadata.labels['app']`, `status.podIP`. Source: pkg/fieldpath/fieldpath.go */
function fieldOf({ metadata, spec }: Pod, ip: string, path: string): string | null {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map === 'labels' || map === 'annotations') return metadata[map]?.[key] ?? '';
  const fields: Variables = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace ?? '',
    'metadata.uid': metadata.uid ?? '',
    'spec.nodeName': NODE,
    'spec.serviceAccountName': String(spec.serviceAccountName ?? 'default'),
    ...{ 'status.hostIP': NODE_IP, 'status.hostIPs': NODE_IP, 'status.podIP': ip, 'status.podIPs': ip },
  };
  return Object.hasOwn(fields, path) ? (fields[path] ?? null) : null;
}

/** `$(NAME)` refers to an earlier variable; `$$(NAME)` is literal text. Source: third_party/forked/golang/expansion */
function expanded(text: string, env: Variables): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => {
    if (name === undefined) return '$';
    return Object.hasOwn(env, name) ? (env[name] ?? '') : whole;
  });
}
