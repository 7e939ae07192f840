/**
 * The mesh's own configuration: the ConfigMap `istio` in istio-system, which istiod watches. The sandbox acts only on
 * outboundTrafficPolicy; whatever else is written, and is not what was installed, gives a Warning.
 * Source: pkg/config/mesh (ApplyMeshConfig), pkg/config/mesh/kubemesh, manifests/charts/istio-control (configmap.yaml).
 */
import { isDeepStrictEqual } from 'node:util';
import { NOT_MODELLED } from '../../istio/modelled.ts';
import type { Resource } from '../../istio/resource.ts';
import { parseYamlNow } from '../lazy-yaml.ts';
import type { Admission } from '../rooms.ts';
import { MESH, type MeshConfig } from './snapshot.ts';

export const MESH_CONFIG_MAP = { namespace: MESH.rootNamespace, name: 'istio' } as const;

/** As in an installation with the access log on. */
const MESH_TEXT = `accessLogFile: /dev/stdout
defaultConfig:
  discoveryAddress: istiod.istio-system.svc:15012
defaultProviders:
  metrics:
  - prometheus
enablePrometheusMerge: true
rootNamespace: istio-system
trustDomain: cluster.local`;

const INSTALLED: Readonly<Record<string, unknown>> = {
  accessLogFile: '/dev/stdout',
  defaultConfig: { discoveryAddress: 'istiod.istio-system.svc:15012' },
  defaultProviders: { metrics: ['prometheus'] },
  enablePrometheusMerge: true,
  rootNamespace: 'istio-system',
  trustDomain: 'cluster.local',
};

const NETWORKS_TEXT = 'networks: {}';

export function meshConfigMap(): Resource {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...MESH_CONFIG_MAP,
      labels: {
        'app.kubernetes.io/name': 'istiod',
        'install.operator.istio.io/owning-resource': 'unknown',
        'istio.io/rev': 'default',
        'operator.istio.io/component': 'Pilot',
        release: 'istio',
      },
    },
    data: { mesh: MESH_TEXT, meshNetworks: NETWORKS_TEXT },
  };
}

/** If the text cannot be read, `before` is kept, as by istiod; undefined (no ConfigMap) means Istio's own defaults. */
export function meshConfigOf(configMap: Resource | undefined, before: MeshConfig): MeshConfig {
  const text = textsOf(configMap).mesh;
  if (text === undefined || text === MESH_TEXT) return MESH;
  const mode = outboundMode(read(text));
  if (mode === null) return before;
  return before.outboundTrafficPolicy === mode ? before : { ...MESH, outboundTrafficPolicy: mode };
}

export const meshConfigAdmission: Admission = ({ operation, resource, object }) => {
  const { namespace, name } = object.metadata;
  if (resource !== 'configmaps') return {};
  if (namespace !== MESH_CONFIG_MAP.namespace || name !== MESH_CONFIG_MAP.name) return {};
  const { mesh = '', meshNetworks = NETWORKS_TEXT } = operation === 'DELETE' ? {} : textsOf(object);
  const networks = meshNetworks.trim() === NETWORKS_TEXT ? [] : [notModelled('data.meshNetworks')];
  return { warnings: [...(mesh === MESH_TEXT ? [] : warningsOf(read(mesh))), ...networks] };
};

function notModelled(path: string): string {
  return `${path}: ${NOT_MODELLED}`;
}

function textsOf(configMap: Resource | undefined): Partial<Record<'mesh' | 'meshNetworks', string>> {
  return (configMap?.data ?? {}) as Record<string, string>;
}

/** Null: the text is not YAML, or not an object. */
function read(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const mesh = parseYamlNow(text) ?? {};
    return typeof mesh === 'object' && !Array.isArray(mesh) ? (mesh as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const MODES: Readonly<Record<string, MeshConfig['outboundTrafficPolicy']>> = {
  ...{ ALLOW_ANY: 'ALLOW_ANY', 1: 'ALLOW_ANY' },
  // The enum's zero value.
  ...{ REGISTRY_ONLY: 'REGISTRY_ONLY', 0: 'REGISTRY_ONLY' },
};

/** Null: istiod cannot read it. */
function outboundMode(
  mesh: Readonly<Record<string, unknown>> | null,
): MeshConfig['outboundTrafficPolicy'] | null {
  if (mesh === null) return null;
  const policy = mesh.outboundTrafficPolicy;
  if (policy == null) return MESH.outboundTrafficPolicy;
  if (typeof policy !== 'object') return null;
  const mode = String((policy as { mode?: unknown }).mode ?? 0);
  return Object.hasOwn(MODES, mode) ? (MODES[mode] ?? null) : null;
}

function warningsOf(mesh: Readonly<Record<string, unknown>> | null): string[] {
  if (outboundMode(mesh) === null || mesh === null) {
    return ['data.mesh: istiod cannot read this, and keeps the configuration that it has'];
  }
  // Of what is written alone: whoever sends a ConfigMap of two lines means those, and not the installation's others.
  return Object.keys(mesh)
    .filter(name => name !== 'outboundTrafficPolicy' && !isDeepStrictEqual(mesh[name], INSTALLED[name]))
    .map(name => notModelled(`data.mesh.${name}`));
}
