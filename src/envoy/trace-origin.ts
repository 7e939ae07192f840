/** Which Istio object a piece of Envoy's configuration was made from: istiod writes it into the metadata. */
import type { IstioMetadata } from './config.ts';
import type { ConfigObject } from './trace-types.ts';

const KINDS: Readonly<Record<string, string>> = {
  'virtual-service': 'VirtualService',
  'destination-rule': 'DestinationRule',
  'service-entry': 'ServiceEntry',
  'http-route': 'HTTPRoute',
  'grpc-route': 'GRPCRoute',
  'tls-route': 'TLSRoute',
  'tcp-route': 'TCPRoute',
};

/** '/apis/networking.istio.io/v1/namespaces/NS/destination-rule/NAME' as an object; undefined if none is named. */
export function objectOf(metadata: IstioMetadata | undefined): ConfigObject | undefined {
  const config = metadata?.filter_metadata?.istio?.config ?? '';
  const [, namespace, kind, name] = /\/namespaces\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(config) ?? [];
  if (namespace === undefined || kind === undefined || name === undefined) return undefined;
  return { kind: KINDS[kind] ?? kind, namespace, name };
}
