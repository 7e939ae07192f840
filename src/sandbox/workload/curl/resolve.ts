/**
 * curl's --resolve and --connect-to: other addresses or other hosts for names. Names are resolved at the pod's door, so
 * the door gets these options, and curl itself gets neither: with --connect-to it would bypass the door for a host that
 * it is told to look up elsewhere. Everything stays within the pods' network, as always here.
 */
import { isIPv4 } from 'node:net';
import type { Group } from './words.ts';

/** Where a call's own options take a connection: a host and port, and its addresses if they were given. */
export interface Lead {
  readonly host: string;
  readonly port: number;
  /** If missing, the pod's resolver decides. */
  readonly addresses?: readonly string[];
}

export interface Leads {
  to(host: string, port: number): Lead;
  /** Whether any port of a host leads to something that `resolves`. */
  known(host: string, resolves: (host: string) => boolean): boolean;
}

/** '[+]HOST:PORT:ADDRESS[,ADDRESS]', or '-HOST:PORT', which takes it back; null: neither. */
export function readResolve(
  value: string,
): { readonly host: string; readonly port: number; readonly addresses: readonly string[] } | null {
  const gone = /^-([^:]+):(\d{1,5})$/.exec(value);
  if (gone) return { host: (gone[1] ?? '').toLowerCase(), port: Number(gone[2]), addresses: [] };
  const found = /^\+?([^:]+):(\d{1,5}):(.+)$/.exec(value);
  const addresses = (found?.[3] ?? '').split(',');
  if (!found || !addresses.every(isIPv4)) return null;
  return { host: (found[1] ?? '').toLowerCase(), port: Number(found[2]), addresses };
}

/** 'HOST1:PORT1:HOST2:PORT2', each of which may be empty: any host, any port, unchanged. null: not of that form. */
export function readConnectTo(value: string): {
  readonly from: { readonly host: string; readonly port: number | null };
  readonly to: { readonly host: string; readonly port: number | null };
} | null {
  const [, host = '', port = '', toHost = '', toPort = ''] =
    /^([^:[\]]*):(\d{0,5}):([^:[\]]*):(\d{0,5})$/.exec(value) ?? [];
  if (!/^[^:[\]]*:\d{0,5}:[^:[\]]*:\d{0,5}$/.test(value)) return null;
  const number = (text: string) => (text === '' ? null : Number(text));
  return {
    from: { host: host.toLowerCase(), port: number(port) },
    to: { host: toHost, port: number(toPort) },
  };
}

/**
 * What all of a call's --resolve and --connect-to options say together. Of several --connect-to the first match counts.
 */
export function leadsOf(groups: readonly Group[]): Leads {
  const options = groups.flat();
  const addresses = new Map<string, readonly string[]>();
  for (const { name, value = '' } of options) {
    const given = name === 'resolve' ? readResolve(value) : null;
    if (given === null) continue;
    const key = `${given.host}:${given.port}`;
    if (given.addresses.length > 0) addresses.set(key, given.addresses);
    else addresses.delete(key);
  }
  const moves = options.flatMap(({ name, value = '' }) => {
    const move = name === 'connect-to' ? readConnectTo(value) : null;
    return move === null ? [] : [move];
  });
  const fits = ({ from }: (typeof moves)[number], host: string, port: number | null) =>
    (from.host === '' || from.host === host) && (port === null || from.port === null || from.port === port);
  return {
    to(asked, askedPort) {
      const move = moves.find(each => fits(each, asked.toLowerCase(), askedPort))?.to;
      const host = move?.host || asked;
      const port = move?.port ?? askedPort;
      // '*' stands for every name without addresses of its own.
      const given = addresses.get(`${host.toLowerCase()}:${port}`) ?? addresses.get(`*:${port}`);
      return { host, port, ...(given ? { addresses: given } : {}) };
    },
    known(asked, resolves) {
      const host = moves.find(each => fits(each, asked.toLowerCase(), null))?.to.host || asked;
      const pinned = [...addresses.keys()].some(
        key => key.startsWith(`${host.toLowerCase()}:`) || key.startsWith('*:'),
      );
      return pinned || resolves(host);
    },
  };
}
