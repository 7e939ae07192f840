/** Types of api-server.mjs, which stays plain JavaScript because containers run it as it is. */
import type { Socket } from 'node:net';

export interface ApiServerOptions {
  /** What it answers as: 'stable', 'canary', 'pay', 'catalog'. */
  readonly version: string;
  /** 'off', '403' or 'silent'. */
  readonly firewall?: string;
  /** 0 takes a free port. */
  readonly httpPort: number;
  readonly httpsPort?: number;
  readonly host?: string;
  /** PEM texts; without them there is no HTTPS port. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
  /** Gets one JSON line for each request; stdout unless set. */
  readonly print?: (line: string) => void;
  /** Where a connection comes from, when the socket's own address does not tell; undefined: that does. */
  readonly sourceOf?: (socket: Socket) => string | undefined;
  /** Connections that it refuses are closed at once, neither answered nor counted; all are admitted unless set. */
  readonly admit?: (socket: Socket) => boolean | Promise<boolean>;
}

export interface ApiServer {
  readonly httpPort: number;
  readonly httpsPort: number | null;
  close(): Promise<void>;
}

export function startApiServer(options: ApiServerOptions): Promise<ApiServer>;
