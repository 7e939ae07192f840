/**
 * A team's own Service in front of our servers: its ports, names and selector stay, and lead to where ours listen. Pure.
 */
import type { KubeObject } from '../kube/client.ts';
import { OUR_PORTS, speaksTls } from '../world/team-world.ts';

interface ServicePort {
  readonly port?: number;
  readonly name?: string;
  readonly appProtocol?: string;
  readonly [field: string]: unknown;
}

/** Anything but a Service with a selector stays as it is. */
export function withOurPorts(object: KubeObject): KubeObject {
  if (object.kind !== 'Service' || object.apiVersion !== 'v1') return object;
  const spec = (object.spec ?? {}) as {
    readonly selector?: unknown;
    readonly ports?: readonly ServicePort[];
  };
  if (spec.selector === undefined || !Array.isArray(spec.ports)) return object;
  const ports = (spec.ports as readonly ServicePort[]).map(port => ({
    ...port,
    targetPort: speaksTls(port.appProtocol ?? port.name ?? '') ? OUR_PORTS.https : OUR_PORTS.http,
  }));
  return { ...object, spec: { ...spec, ports } };
}
