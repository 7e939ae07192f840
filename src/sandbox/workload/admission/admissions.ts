/** What the workload room does with writes of Deployments, Pods and ConfigMaps before they are stored. */
import { isObject } from '../../../shared/json.ts';
import type { Admission, AdmissionAnswer } from '../../rooms.ts';
import { DEPLOYMENTS, type Deployment, type Pod, selectsLabels } from '../kube-types.ts';
import { isClient, podWarnings, programOf } from '../kubelet/images.ts';
import { MAX_PODS } from '../node.ts';
import { deploymentDefaults } from './defaults.ts';
import { InjectionDenied, PodForbidden, type PreparePod } from './prepare-pod.ts';

const SCRIPT = 'api-server.mjs';

/** Sets defaults; refuses the two mistakes that would make a controller run wild. Source: pkg/apis/apps/validation. */
export const deploymentAdmission: Admission = ({ operation, resource, object, old }) => {
  if (resource !== DEPLOYMENTS || operation === 'DELETE') return {};
  const given = object as Deployment;
  const { name } = given.metadata;
  const missing = ['selector', 'template'].find(field => !isObject(given.spec?.[field]));
  if (missing) return invalid(name, `spec.${missing}: Required value`);
  if (!given.spec.template.spec?.containers?.length) {
    return invalid(name, 'spec.template.spec.containers: Required value');
  }
  const spec = deploymentDefaults(given.spec);
  const labels = JSON.stringify(spec.template.metadata?.labels ?? {});
  if (!selectsLabels(spec.selector ?? {}, spec.template.metadata?.labels ?? {})) {
    return invalid(
      name,
      `spec.template.metadata.labels: Invalid value: ${labels}: \`selector\` does not match template \`labels\``,
    );
  }
  const before = (old as Deployment | null)?.spec.selector;
  if (before && JSON.stringify(before) !== JSON.stringify(spec.selector)) {
    return invalid(
      name,
      `spec.selector: Invalid value: ${JSON.stringify(spec.selector)}: field is immutable`,
    );
  }
  const warnings = podWarnings(spec.template.spec, 'spec.template.spec');
  if ((spec.replicas ?? 1) > MAX_PODS) {
    warnings.push(`spec.replicas: the sandbox has room for ${MAX_PODS} pods in all`);
  }
  if (Number(spec.minReadySeconds ?? 0) > 0) {
    warnings.push('spec.minReadySeconds: in the sandbox a pod is available as soon as it is ready');
  }
  return { object: { ...given, spec }, ...(warnings.length > 0 ? { warnings } : {}) };
};

function invalid(name: string, why: string): AdmissionAnswer {
  return {
    denied: { message: `Deployment.apps "${name}" is invalid: ${why}`, code: 422, reason: 'Invalid' },
  };
}

/** For Pods created over the API, not by a Deployment: Istio's injector and the scheduler take their turn. */
export function podAdmission(prepare: PreparePod): Admission {
  return ({ operation, resource, object }) => {
    if (resource !== 'pods' || operation !== 'CREATE') return {};
    if (!(object as Pod).spec?.containers?.length) {
      const message = `Pod "${object.metadata.name}" is invalid: spec.containers: Required value`;
      return { denied: { message, code: 422, reason: 'Invalid' } };
    }
    try {
      const pod = prepare(object as Pod);
      const warnings = podWarnings(pod.spec, 'spec');
      return { object: pod, ...(warnings.length > 0 ? { warnings } : {}) };
    } catch (error) {
      if (error instanceof PodForbidden) {
        return { denied: { message: error.message, code: 403, reason: 'Forbidden' } };
      }
      if (error instanceof InjectionDenied) return { denied: { message: error.message } };
      throw error;
    }
  };
}

/** A container that is added to a running pod must be one that can run: it could never be taken away again. */
export const guestAdmission: Admission = ({ operation, resource, object }) => {
  if (resource !== 'pods' || operation !== 'UPDATE') return {};
  const guests = (object as Pod).spec.ephemeralContainers ?? [];
  const stranger = guests.find(each => !isClient(programOf(each)));
  if (stranger === undefined) return {};
  const why = `spec.ephemeralContainers: Invalid value: "${stranger.image ?? ''}": the sandbox pulls no images: debug with a curl or a busybox image, which have a shell and the usual small tools`;
  return {
    denied: { message: `Pod "${object.metadata.name}" is invalid: ${why}`, code: 422, reason: 'Invalid' },
  };
};

/** A sidecar here only handles what a pod sends; a Warning has to say that what it receives bypasses it. */
export function inboundWarning(injects: (pod: Pod) => boolean): Admission {
  return ({ operation, resource, object }) => {
    if (resource !== DEPLOYMENTS || operation === 'DELETE') return {};
    const { metadata, spec } = object as Deployment;
    const { template } = spec;
    const serves = (template?.spec?.containers ?? []).some(each => programOf(each) === 'api-server');
    if (!serves) return {};
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...template.metadata, name: '' },
      spec: template.spec,
    };
    if (!injects({ ...pod, metadata: { ...pod.metadata, namespace: metadata.namespace ?? '' } })) return {};
    return {
      warnings: [
        "spec.template: the sandbox's sidecars carry outbound calls only; calls to this server go past its sidecar",
      ],
    };
  };
}

/** `script` is the sandbox's own copy of the API server's script. */
export function scriptAdmission(script: string): Admission {
  return ({ operation, resource, object }) => {
    if (resource !== 'configmaps' || operation === 'DELETE') return {};
    const text = (object.data as Record<string, string> | undefined)?.[SCRIPT];
    if (text === undefined || text === script) return {};
    return { warnings: [`data["${SCRIPT}"]: the sandbox runs its own copy of this script, not this text`] };
  };
}
