/**
 * IST0109: several VirtualServices for one host at the sidecars.
 * Source: analyzers/virtualservice/conflictingmeshgatewayhosts.go.
 */
import { overlaps } from '../host.ts';
import type { VirtualService } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { exportScopes, scoped, splitScope } from './hosts.ts';
import { fullName, type Message, message } from './message.ts';

export function conflictingHosts({ virtualServices }: Collection): Message[] {
  const byHost = new Map<string, VirtualService[]>();
  for (const service of virtualServices.filter(atMesh)) {
    for (const scope of exportScopes(service.spec?.exportTo, namespaceOf(service))) {
      for (const host of service.spec?.hosts ?? []) {
        const key = scoped(scope, namespaceOf(service), host);
        byHost.set(key, [...(byHost.get(key) ?? []), service]);
      }
    }
  }
  const reported = new Set<VirtualService>();
  return [...byHost].flatMap(([key, own]) => {
    const all = splitScope(key)[0] === '*' ? own : [...own, ...exportedToAll(key, byHost)];
    if (all.length < 2) return [];
    const names = all.map(fullName).sort().join(',');
    const fresh = [...new Set(all)].filter(each => !reported.has(each));
    for (const each of fresh) reported.add(each);
    return fresh.map(each => message('IST0109', each, names, key));
  });
}

/** No gateways means the mesh. */
function atMesh({ spec }: VirtualService): boolean {
  return !spec?.gateways?.length || spec.gateways.includes('mesh');
}

/** The VirtualServices exported to everybody for this host, or for a wildcard that covers it. */
function exportedToAll(key: string, byHost: ReadonlyMap<string, VirtualService[]>): VirtualService[] {
  const [, host] = splitScope(key);
  return [...byHost].flatMap(([other, services]) => {
    const [scope, otherHost] = splitScope(other);
    return scope === '*' && overlaps(host, otherHost) ? services : [];
  });
}
