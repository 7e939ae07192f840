/** Addresses of endpoints, which may be sockets in the proxy's file system. */
import type { PipeAddress, SocketAddress } from './config.ts';

/** A socket's path has no port, so it is 0. */
export function hostAndPort(address: SocketAddress | PipeAddress): {
  readonly host: string;
  readonly port: number;
} {
  if ('pipe' in address) return { host: address.pipe.path, port: 0 };
  return { host: address.socket_address.address, port: address.socket_address.port_value };
}

/** The reverse. */
export function endpointAddress(host: string, port: number): SocketAddress | PipeAddress {
  return isSocketPath(host)
    ? { pipe: { path: host } }
    : { socket_address: { address: host, port_value: port } };
}

/** 'HOST:PORT', '[IPV6]:PORT' or a path. */
export function addressText(host: string, port: number): string {
  if (isSocketPath(host)) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** This includes Linux's abstract names, which begin with '@'. */
export const isSocketPath = (host: string): boolean => host.startsWith('/') || host.startsWith('@');
