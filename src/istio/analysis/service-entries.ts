/**
 * IST0134 (a TCP port without an address takes over the port for everybody) and IST0177 (two protocols for one port of
 * a host). Source: analyzers/serviceentry/{protocoladdresses,conflictingserviceentries}.go.
 */
import type { ServiceEntry } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';
import { exportScopes, splitScope } from './hosts.ts';
import { fullName, type Message, message, quoted } from './message.ts';

export function protocolAddresses({ serviceEntries }: Collection): Message[] {
  return serviceEntries
    .filter(entry => entry.spec?.addresses === undefined && !allocated(entry))
    .flatMap(entry =>
      (entry.spec?.ports ?? [])
        .filter(({ protocol = '' }) => protocol === '' || protocol.toUpperCase() === 'TCP')
        .map(() => message('IST0134', entry)),
    );
}

/** istiod writes the addresses that it allocated for an entry into its status. */
function allocated({ status }: ServiceEntry): boolean {
  const { addresses } = (status ?? {}) as { addresses?: unknown[] };
  return (addresses?.length ?? 0) > 0;
}

interface Use {
  readonly entry: ServiceEntry;
  readonly protocol: string;
}

export function conflictingProtocols({ serviceEntries }: Collection): Message[] {
  const uses = new Map<string, Use[]>();
  for (const entry of serviceEntries) {
    const { hosts = [], ports = [], exportTo } = entry.spec ?? {};
    for (const scope of exportScopes(exportTo, namespaceOf(entry))) {
      for (const host of hosts) {
        for (const { number = 0, protocol = '' } of ports) {
          const key = `${scope}/${host} ${number}`;
          uses.set(key, [...(uses.get(key) ?? []), { entry, protocol: protocol.toUpperCase() }]);
        }
      }
    }
  }
  const reported = new Set<ServiceEntry>();
  return [...uses].flatMap(([key, own]) => {
    const [scope, place] = splitScope(key);
    const all = scope === '*' ? own : [...own, ...(uses.get(`*/${place}`) ?? [])];
    const protocols = [...new Set(all.map(each => each.protocol))].sort();
    if (protocols.length < 2) return [];
    const names = [...new Set(all.map(each => fullName(each.entry)))].sort().join(', ');
    const [host = '', port = ''] = place.split(' ');
    const fresh = [...new Set(all.map(each => each.entry))].filter(each => !reported.has(each));
    for (const each of fresh) reported.add(each);
    return fresh.map(each => message('IST0177', each, names, quoted(host), port, protocols.join(', ')));
  });
}
