/**
 * IST0101 (gateway, selector not found) and IST0132 (host not in the gateway).
 * Source: analyzers/virtualservice/gateways.go, analyzers/gateway/gateway.go.
 */
import { overlaps } from '../host.ts';
import { selects } from '../labels.ts';
import type { Resource } from '../resource.ts';
import type { VirtualService } from '../types.ts';
import { type AnalysedGatewaySpec, type Collection, namespaceOf } from './collection.ts';
import { fullName, listed, type Message, message, quoted } from './message.ts';

type Gateway = Resource<AnalysedGatewaySpec>;

export function gateways({ virtualServices, gateways, pods }: Collection): Message[] {
  return [
    ...virtualServices.flatMap(service => boundTo(service, gateways)),
    ...gateways
      .filter(({ spec }) => !pods.some(pod => selects(spec?.selector, pod.metadata.labels)))
      .map(gateway => message('IST0101', gateway, 'selector', quoted(selectorText(gateway.spec?.selector)))),
  ];
}

function boundTo(service: VirtualService, all: readonly Gateway[]): Message[] {
  const { gateways = [], hosts = [] } = service.spec ?? {};
  return gateways
    .filter(name => name !== 'mesh')
    .flatMap(name => {
      const full = name.includes('/') ? name : `${namespaceOf(service)}/${name}`;
      const gateway = all.find(each => fullName(each) === full);
      const known = gateway !== undefined && serves(gateway, hosts, namespaceOf(service));
      return [
        ...(gateway ? [] : [message('IST0101', service, 'gateway', quoted(name))]),
        ...(known ? [] : [message('IST0132', service, listed(hosts), fullName(service), full)]),
      ];
    });
}

function serves(gateway: Gateway, hosts: readonly string[], namespace: string): boolean {
  const served = (gateway.spec?.servers ?? []).flatMap(server => server.hosts ?? []);
  return served.some(entry => {
    const slash = entry.indexOf('/');
    const scope = slash < 0 ? '*' : entry.slice(0, slash);
    const visible = scope === '*' || (scope === '.' ? namespaceOf(gateway) : scope) === namespace;
    return visible && hosts.some(host => overlaps(entry.slice(slash + 1), host));
  });
}

/** 'a=b,c=d', as Kubernetes prints a selector. */
export function selectorText(selector: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',');
}
