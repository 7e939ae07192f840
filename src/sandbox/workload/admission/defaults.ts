/**
 * Fields that the API server fills in when they are left out of a Deployment or a Pod, so that `kubectl diff` and
 * `apply` see what they would on a real cluster. Source: pkg/apis/{core,apps}/v1/defaults.go. Pure.
 */
import type { Container, DeploymentSpec, PodSpec, Probe, Volume } from '../kube-types.ts';

export function deploymentDefaults(spec: DeploymentSpec): DeploymentSpec {
  const type = spec.strategy?.type ?? 'RollingUpdate';
  const { template } = spec;
  return {
    ...spec,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    replicas: spec.replicas ?? 1,
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    strategy:
      type === 'RollingUpdate'
        ? { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%', ...spec.strategy?.rollingUpdate }, type }
        : { ...spec.strategy, type },
    template: { ...template, spec: podDefaults(template?.spec ?? { containers: [] }) },
  };
}

export function podDefaults(spec: PodSpec): PodSpec {
  return {
    ...spec,
    containers: (spec.containers ?? []).map(containerDefaults),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(containerDefaults) } : {}),
    ...(spec.volumes ? { volumes: spec.volumes.map(volumeDefaults) } : {}),
    dnsPolicy: spec.dnsPolicy ?? 'ClusterFirst',
    restartPolicy: spec.restartPolicy ?? 'Always',
    schedulerName: spec.schedulerName ?? 'default-scheduler',
    securityContext: spec.securityContext ?? {},
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
  };
}

function containerDefaults(container: Container): Container {
  const { image = '', ports, readinessProbe, livenessProbe, startupProbe } = container;
  const latest =
    image !== '' && (!/:[^/]*$/.test(image) || image.endsWith(':latest')) && !image.includes('@');
  return {
    ...container,
    imagePullPolicy: container.imagePullPolicy ?? (latest ? 'Always' : 'IfNotPresent'),
    ...(ports ? { ports: ports.map(port => ({ ...port, protocol: port.protocol ?? 'TCP' })) } : {}),
    ...(readinessProbe ? { readinessProbe: probeDefaults(readinessProbe) } : {}),
    ...(livenessProbe ? { livenessProbe: probeDefaults(livenessProbe as Probe) } : {}),
    ...(startupProbe ? { startupProbe: probeDefaults(startupProbe as Probe) } : {}),
    resources: container.resources ?? {},
    terminationMessagePath: container.terminationMessagePath ?? '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
  };
}

function probeDefaults(probe: Probe): Probe {
  return {
    failureThreshold: 3,
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
    ...probe,
    ...(probe.httpGet ? { httpGet: { path: '/', scheme: 'HTTP', ...probe.httpGet } } : {}),
  };
}

function volumeDefaults(volume: Volume): Volume {
  const mode = { defaultMode: 420 };
  return {
    ...volume,
    ...(volume.secret ? { secret: { ...mode, ...volume.secret } } : {}),
    ...(volume.configMap ? { configMap: { ...mode, ...volume.configMap } } : {}),
    ...(volume.projected ? { projected: { ...mode, ...volume.projected } } : {}),
    ...(volume.downwardAPI ? { downwardAPI: { ...mode, ...volume.downwardAPI } } : {}),
  };
}
