/**
 * What an object of a course may say. A course is somebody else's text, and on a real cluster what Istio is told in one
 * namespace reaches the others: a ServiceEntry or VirtualService is shown to the whole mesh unless it says otherwise.
 * So a course has only the kinds that lessons are made of, in the world's namespaces, about the lab's own names. Pure.
 */
import type { KubeObject, ObjectRef } from '../kube/client.ts';
import { ROUTING_KINDS } from '../kube/kinds.ts';
import { isLabAddress, isLabHost, isShortName } from './lab-hosts.ts';
import type { ManifestObject } from './manifest.ts';

/** The kinds that route traffic. What else Istio has (filters, gateways, keys from a URL) reaches further. */
const KINDS = ROUTING_KINDS.map(each => each.kind);
const VERSIONS = ['v1', 'v1beta1', 'v1alpha3'].map(version => `networking.istio.io/${version}`);
/** Finalizers would outlive `down`, owners would delete. */
const METADATA = ['name', 'namespace', 'labels', 'annotations'];

/** The namespaces of a course's world, as its manifests write them. */
export function courseNamespaces(clients: readonly string[] = []): readonly string[] {
  return ['mesh-network', 'outside', ...clients.map(client => `mesh-network-${client}`)];
}

/** Why a course may not apply or remove this object; null if it may. */
export function notForCourses(ref: ObjectRef, namespaces: readonly string[]): string | null {
  const { kind, name, namespace = '' } = ref;
  const what = `${kind}/${name} in namespace ${namespace}`;
  if (!KINDS.includes(kind) || !VERSIONS.includes(ref.apiVersion))
    return `${what}: a course has ${KINDS.join(', ')} of networking.istio.io, and no ${kind} of ${ref.apiVersion}.`;
  if (!namespaces.includes(namespace))
    return `${what}: a course has objects in ${namespaces.join(', ')}, nowhere else.`;
  return /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name) && name.length <= 253
    ? null
    : `${what}: a name has small letters, digits, dashes and dots.`;
}

/** What is wrong with an object of a course, and with which of its fields; null: nothing. Addresses are stand-ins. */
export function wrongObject(
  { ref, object }: ManifestObject,
  namespaces: readonly string[],
): { readonly field: string; readonly why: string } | null {
  const why = notForCourses(ref, namespaces);
  if (why !== null) return { field: 'metadata', why };
  const odd = Object.keys(object.metadata).find(key => !METADATA.includes(key));
  if (odd !== undefined)
    return { field: `metadata.${odd}`, why: `A course's metadata has ${METADATA.join(', ')} alone.` };
  for (const leaf of leavesOf(object.spec, 'spec')) {
    const wrong = wrongLeaf(leaf, ref.kind, namespaces);
    if (wrong !== null) return { field: leaf.field, why: wrong };
  }
  return ref.kind === 'ServiceEntry' ? takenPort(object, namespaces) : null;
}

interface Leaf {
  readonly field: string;
  /**
   * The key that it belongs to, in lower case without underscores (Istio takes snake_case too); in a list, the list's.
   */
  readonly key: string;
  readonly value: unknown;
}

function leavesOf(value: unknown, field: string, key = ''): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, i) => leavesOf(item, `${field}[${i}]`, key));
  if (typeof value !== 'object' || value === null) return [{ field, key, value }];
  return Object.entries(value).flatMap(([name, item]) =>
    leavesOf(item, `${field}.${name}`, name.toLowerCase().replaceAll('_', '')),
  );
}

function wrongLeaf({ key, value }: Leaf, kind: string, namespaces: readonly string[]): string | null {
  const text = String(value);
  const named = `A course speaks of the lab's own hosts, and ${JSON.stringify(text)} is not one of them.`;
  switch (key) {
    case 'hosts':
      if (kind === 'Sidecar') return wrongImport(text, namespaces);
      return isLabHost(text, namespaces) || (kind === 'VirtualService' && isShortName(text)) ? null : named;
    case 'host':
    case 'authority':
      return isLabHost(text, namespaces) || (kind !== 'ServiceEntry' && isShortName(text)) ? null : named;
    case 'snihosts':
    case 'targethost':
      return isLabHost(text, namespaces) ? null : named;
    case 'address':
    case 'addresses':
      return isLabAddress(text) || (isLabHost(text, namespaces) && !text.startsWith('*')) ? null : named;
    case 'gateways':
      // A short name is a gateway of the object's own namespace, where a course cannot make one.
      return isShortName(text)
        ? null
        : `A course names "mesh", the sidecars, or a gateway of the object's own namespace by its short name.`;
    case 'namespace':
      return namespaces.includes(text) ? null : `${text} is not a namespace of the course's world.`;
    case 'exportto':
      return ['.', '~', '*', ...namespaces].includes(text)
        ? null
        : `${text} is not a namespace of the course's world.`;
    default:
      return null;
  }
}

/** What a Sidecar lets in: 'NAMESPACE/HOST'. */
function wrongImport(text: string, namespaces: readonly string[]): string | null {
  const [namespace = ''] = text.split('/');
  if (['.', '~', ...namespaces].includes(namespace)) return null;
  return `A course's Sidecar sees the course's own namespaces, and ${JSON.stringify(text)} is another.`;
}

/**
 * A port that a sidecar knows by its number alone is taken from every namespace that sees the ServiceEntry: TCP without
 * addresses, or HTTP where the mesh has something else. 80 for HTTP and 443 for TLS are what they are everywhere.
 */
function takenPort(
  { spec }: KubeObject,
  namespaces: readonly string[],
): { readonly field: string; readonly why: string } | null {
  const { ports, addresses, exportTo } = (spec ?? {}) as Record<string, unknown>;
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const shown = list(exportTo);
  const inside = shown.length > 0 && shown.every(to => ['.', '~', ...namespaces].includes(String(to)));
  if (inside || list(addresses).length > 0) return null;
  const at = list(ports).findIndex(each => {
    const { number, protocol } = (each ?? {}) as { number?: unknown; protocol?: unknown };
    return !USUAL.has(`${number} ${String(protocol).toUpperCase()}`);
  });
  if (at < 0) return null;
  return {
    field: `spec.ports[${at}]`,
    why: "This port would be taken from the whole mesh. Let the object be seen in its own namespace alone: exportTo: ['.'].",
  };
}

const USUAL = new Set(['80 HTTP', '80 HTTP2', '80 GRPC', '443 HTTPS', '443 TLS']);
