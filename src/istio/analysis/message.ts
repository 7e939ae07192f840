/**
 * The messages of analysis: every code with its level and text, once. The texts are istioctl's.
 * Source: pkg/config/analysis/msg/messages.yaml, pkg/config/analysis/diag/message.go.
 */
import type { Resource } from '../resource.ts';

export type MessageLevel = 'Error' | 'Warning' | 'Info';

/** As `istioctl analyze -o json` prints it. */
export interface Message {
  readonly code: string;
  readonly level: MessageLevel;
  /** 'VirtualService mesh-network/external-api-routing' */
  readonly origin: string;
  readonly message: string;
  readonly documentationUrl: string;
}

/** Each `%s` stands for a parameter, in order. */
const MESSAGES = {
  IST0002: ['Warning', 'Deprecated: %s'],
  IST0101: ['Error', 'Referenced %s not found: %s'],
  IST0106: ['Error', 'Schema validation error: %s'],
  IST0109: [
    'Error',
    'The VirtualServices %s associated with mesh gateway define the same host %s which can lead to undefined behavior. This can be fixed by merging the conflicting VirtualServices into a single resource.',
  ],
  IST0110: [
    'Error',
    'The Sidecars %s in namespace %s select the same workload pod %s, which can lead to undefined behavior.',
  ],
  IST0111: [
    'Error',
    'The Sidecars %s in namespace %s have no workload selector, which can lead to undefined behavior.',
  ],
  IST0112: [
    'Error',
    'This VirtualService routes to a service %s that exposes multiple ports %s. Specifying a port in the destination is required to disambiguate.',
  ],
  IST0128: [
    'Warning',
    'DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate server identity for host: %s',
  ],
  IST0129: [
    'Warning',
    'DestinationRule %s in namespace %s has TLS mode set to %s but no caCertificates are set to validate server identity for host: %s at port %s',
  ],
  IST0130: ['Warning', 'VirtualService rule %s not used (%s).'],
  IST0131: ['Info', 'VirtualService rule %s match %s is not used (duplicate/overlapping match in rule %s).'],
  IST0132: ['Warning', 'one or more host %s defined in VirtualService %s not found in Gateway %s.'],
  IST0133: ['Warning', 'Schema validation warning: %s'],
  IST0134: ['Warning', 'ServiceEntry addresses are required for this protocol.'],
  IST0140: ['Warning', 'Subset in virtual service %s has no effect on ingress gateway %s requests'],
  IST0173: [
    'Error',
    'The Subset %s defined in the DestinationRule does not select any pods. Which may lead to 503 UH (NoHealthyUpstream).',
  ],
  IST0174: ['Warning', 'The host %s defined in the DestinationRule does not match any services in the mesh.'],
  IST0177: [
    'Warning',
    'Multiple ServiceEntries (%s) define the same host %s and port %s with conflicting protocols (%s).',
  ],
} as const satisfies Record<string, readonly [MessageLevel, string]>;

export type Code = keyof typeof MESSAGES;

const DOCUMENTATION = 'https://istio.io/latest/docs/reference/config/analysis';

/** A message about a resource. */
export function message(code: Code, about: Resource, ...parameters: readonly string[]): Message {
  const [level, template] = MESSAGES[code];
  let at = 0;
  return {
    code,
    documentationUrl: `${DOCUMENTATION}/${code.toLowerCase()}/`,
    level,
    message: template.replace(/%s/g, () => parameters[at++] ?? ''),
    origin: `${about.kind} ${fullName(about)}`,
  };
}

/** 'mesh-network/external-api-routing' */
export function fullName({ metadata }: Resource): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** Go's %q, for names that need no escaping. */
export const quoted = (text: string) => JSON.stringify(text);

/** Go's %v of a list: '[80 443]'. */
export const listed = (items: readonly (string | number)[]) => `[${items.join(' ')}]`;
