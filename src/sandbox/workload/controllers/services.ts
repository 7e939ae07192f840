/**
 * What the API server itself adds to a Service before it is stored: an address of 10.96.0.0/16 (kind's range) and
 * defaults. Source: pkg/registry/core/service/storage/{alloc,storage}.go, pkg/apis/core/v1/defaults.go.
 * Kubernetes also assigns node ports and asks for load balancers; here a Warning says that nothing can come in from
 * outside.
 */
import { NOT_MODELLED } from '../../../istio/modelled.ts';
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';
import type { Admission, AdmissionAnswer } from '../../rooms.ts';
import type { Service, ServiceSpec } from '../kube-types.ts';
import { allot } from './allot.ts';

const NETWORK = '10.96';
const RANGE = /^10\.96\.(\d{1,3})\.(\d{1,3})$/;

export function serviceAdmission(store: Store): Admission {
  return ({ operation, resource, object, old }) => {
    if (resource !== 'services' || operation === 'DELETE') return {};
    const service = withDefaults(object as Service);
    if (service.spec.type === 'ExternalName') return answer(service);
    return addressed(store, service, (old as Service | null)?.spec);
  };
}

function addressed(store: Store, service: Service, old: ServiceSpec | undefined): AdmissionAnswer {
  const { name, namespace } = service.metadata;
  const kept = old?.clusterIP;
  const wanted = service.spec.clusterIP || service.spec.clusterIPs?.[0] || kept;
  if (kept && wanted !== kept) {
    return invalid(name, `spec.clusterIPs[0]: Invalid value: ["${wanted}"]: may not change once set`);
  }
  const used = new Set(
    (store.list('services') as Resource[] as Service[])
      .filter(each => each.metadata.name !== name || each.metadata.namespace !== namespace)
      .map(each => each.spec.clusterIP),
  );
  if (wanted && wanted !== 'None' && !kept) {
    const cannot = (why: string) =>
      invalid(name, `spec.clusterIPs: Invalid value: ["${wanted}"]: failed to allocate IP ${wanted}: ${why}`);
    if (!RANGE.test(wanted))
      return cannot('the provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/16');
    if (used.has(wanted)) return cannot('provided IP is already allocated');
  }
  // The lowest addresses, 10.96.0.x, are only given on request. The full name spreads the world's servers well on a
  // hash ring: with `namespace/name`, one key came just before seven places of one server, so its retries never reached
  // another.
  const domain = `${name}.${namespace}.svc.cluster.local`;
  const ip = wanted ?? allot(domain, NETWORK, each => used.has(each));
  return answer({ ...service, spec: { ...service.spec, clusterIP: ip, clusterIPs: [ip] } });
}

function withDefaults(service: Service): Service {
  const { type = 'ClusterIP', sessionAffinity = 'None', ports, ...rest } = service.spec ?? {};
  const spec: ServiceSpec = {
    ...rest,
    ...(ports
      ? {
          ports: ports.map(port => ({
            ...port,
            protocol: port.protocol ?? 'TCP',
            targetPort: port.targetPort ?? port.port,
          })),
        }
      : {}),
    sessionAffinity,
    type,
    ...(type === 'ExternalName'
      ? {}
      : {
          internalTrafficPolicy: rest.internalTrafficPolicy ?? 'Cluster',
          ipFamilies: rest.ipFamilies ?? ['IPv4'],
          ipFamilyPolicy: rest.ipFamilyPolicy ?? 'SingleStack',
        }),
  };
  return { ...service, spec, status: service.status ?? { loadBalancer: {} } };
}

/** Fields that a cluster's nodes and load balancers act on, and why that has no effect here. */
const UNHEEDED: readonly { field: string; when: (value: unknown) => boolean; why: string }[] = [
  {
    field: 'externalIPs',
    when: value => Array.isArray(value) && value.length > 0,
    why: 'the sandbox leads nothing there; the Service is reached by its ClusterIP only',
  },
  {
    field: 'internalTrafficPolicy',
    when: value => value === 'Local',
    why: 'the sandbox has one node, so that every endpoint is local',
  },
  {
    field: 'trafficDistribution',
    when: value => value !== undefined,
    why: NOT_MODELLED,
  },
  {
    field: 'ipFamilies',
    when: value => Array.isArray(value) && value.includes('IPv6'),
    why: "the sandbox's network carries IPv4 only",
  },
  {
    field: 'ipFamilyPolicy',
    when: value => value !== undefined && value !== 'SingleStack',
    why: "the sandbox's network carries IPv4 only",
  },
];

function answer(service: Service): AdmissionAnswer {
  const { type, sessionAffinity, ports = [] } = service.spec;
  const warnings = [
    ...(type === 'NodePort' || type === 'LoadBalancer'
      ? [
          `spec.type: the sandbox has no way in from outside; a ${type} Service is reached by its ClusterIP only`,
        ]
      : []),
    ...(sessionAffinity === 'ClientIP'
      ? ['spec.sessionAffinity: the sandbox picks an endpoint for each connection anew']
      : []),
    ...UNHEEDED.flatMap(({ field, when, why }) =>
      when(service.spec[field]) ? [`spec.${field}: ${why}`] : [],
    ),
    ...(ports.some(port => port.protocol !== 'TCP')
      ? ["spec.ports: the sandbox's network carries TCP only"]
      : []),
  ];
  return { object: service, ...(warnings.length > 0 ? { warnings } : {}) };
}

function invalid(name: string, why: string): AdmissionAnswer {
  return { denied: { message: `Service "${name}" is invalid: ${why}`, code: 422, reason: 'Invalid' } };
}
