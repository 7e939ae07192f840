/**
 * The PROXY protocol header, which tells a server whose connection a proxy carries. The pods' network is IPv4.
 * Source: https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt;
 * source/extensions/common/proxy_protocol/proxy_protocol_header.cc.
 */
import type { ProxyProtocolVersion } from '../../../envoy/transport-socket.ts';
import type { Address } from '../../rooms.ts';

/** The ends of the app's connection. */
export interface Carried {
  readonly from: Address;
  readonly to: Address;
}

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const PROXY = 0x21;
const LOCAL = 0x20;
const TCP4 = 0x11;

/** `carried` is null for the proxy's own calls; `own` are the ends of its own connection, which V1 then names. */
export function proxyHeader(version: ProxyProtocolVersion, carried: Carried | null, own: Carried): Buffer {
  if (version === 'V1') return textHeader(carried ?? own);
  if (carried === null) return Buffer.concat([SIGNATURE, Buffer.from([LOCAL, 0, 0, 0])]);
  const { from, to } = carried;
  const ends = Buffer.from([
    ...bytesOf(from.ip),
    ...bytesOf(to.ip),
    ...portOf(from.port),
    ...portOf(to.port),
  ]);
  return Buffer.concat([SIGNATURE, Buffer.from([PROXY, TCP4, 0, ends.length]), ends]);
}

function textHeader({ from, to }: Carried): Buffer {
  return Buffer.from(`PROXY TCP4 ${from.ip} ${to.ip} ${from.port} ${to.port}\r\n`, 'latin1');
}

const bytesOf = (ip: string): number[] => ip.split('.').map(Number);
const portOf = (port: number): number[] => [port >> 8, port & 0xff];
