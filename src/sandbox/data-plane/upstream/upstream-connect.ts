/** One connection to an upstream host: dialed in the pods' network, wrapped in TLS, all within connect_timeout. */
import type { Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { isSocketPath } from '../../../envoy/endpoint-address.ts';
import { LONGEST_TIMER } from '../../../shared/clock.ts';
import type { Address, Network } from '../../rooms.ts';
import { isShortage } from '../../shortage.ts';
import { tlsFailureText } from './tls-failure.ts';
import type { UpstreamTls } from './upstream-tls.ts';

export interface ConnectFailure {
  readonly reason: 'remote connection failure' | 'local connection failure' | 'connection timeout';
  readonly transportFailure: string;
}

export interface ConnectOptions {
  readonly network: Network;
  readonly to: Address;
  readonly podIp: string;
  readonly tls: UpstreamTls | null;
  /** Bytes that go before everything else, unencrypted. */
  readonly preface: (local: Address) => Buffer | null;
  /** A file of the proxy's container as text; null if there is none. */
  readonly readFile: (path: string) => string | null;
  /** Milliseconds for TCP and TLS together. */
  readonly timeout: number;
  readonly onConnected: (socket: Socket, local: Address) => void;
  readonly onFailed: (failure: ConnectFailure) => void;
}

/** Calls exactly one of onConnected and onFailed, unless the function that it returns is called first. */
export function connectUpstream(options: ConnectOptions): () => void {
  const { network, to, podIp, tls, preface, readFile, onConnected, onFailed } = options;
  const dialing = new AbortController();
  let socket: Socket | null = null;
  let settled = false;

  const settle = (): boolean => {
    if (settled) return false;
    settled = true;
    clearTimeout(timer);
    return true;
  };
  const giveUp = () => {
    dialing.abort();
    socket?.destroy();
  };
  const fail = (failure: ConnectFailure) => {
    if (!settle()) return;
    giveUp();
    onFailed(failure);
  };
  const timer = setTimeout(
    () => fail({ reason: 'connection timeout', transportFailure: '' }),
    Math.min(options.timeout, LONGEST_TIMER),
  );
  timer.unref();

  const connected = (ready: Socket, local: Address) => {
    if (settle()) onConnected(ready, local);
  };
  const dialed = (plain: Socket) => {
    if (settled) {
      plain.destroy();
      return;
    }
    socket = plain;
    // From here on no error of a socket may go unhandled.
    plain.on('error', () => {});
    const local = { ip: podIp, port: plain.localPort ?? 0 };
    const header = preface(local);
    if (header !== null) plain.write(header);
    if (tls === null) connected(plain, local);
    else if (tls.context === null) {
      fail({
        reason: 'remote connection failure',
        transportFailure: 'TLS error: Secret is not supplied by SDS',
      });
    } else {
      socket = handshake(plain, tls, {
        done: wrapped => connected(wrapped, local),
        failed: error =>
          fail({ reason: 'remote connection failure', transportFailure: tlsFailureText(error) }),
      });
    }
  };
  const dial = isSocketPath(to.ip) ? openSocket(to.ip, readFile) : network.dial(to, podIp, dialing.signal);
  dial.then(dialed, (error: unknown) => {
    const reason = isShortage(error) ? 'local connection failure' : 'remote connection failure';
    fail({ reason, transportFailure: connectFailureText(error) });
  });
  return () => {
    if (settle()) giveUp();
  };
}

function handshake(
  plain: Socket,
  tls: UpstreamTls,
  on: { done: (socket: TLSSocket) => void; failed: (error: Error) => void },
): TLSSocket {
  const wrapped = connectTls({
    socket: plain,
    secureContext: tls.context ?? undefined,
    rejectUnauthorized: tls.verify,
    checkServerIdentity: (_host, certificate) => tls.checkSan(certificate),
    ...(tls.sni === '' ? {} : { servername: tls.sni }),
    ...(tls.alpn.length === 0 ? {} : { ALPNProtocols: [...tls.alpn] }),
  });
  wrapped.once('secureConnect', () => on.done(wrapped));
  // Stays attached: later errors are followed by 'close', which is what the owner looks at.
  wrapped.on('error', on.failed);
  wrapped.once('close', () => on.failed(new Error('closed during the handshake')));
  return wrapped;
}

/** Linux's words, as Envoy prints them. Source: source/common/network/connection_impl.cc, onWriteReady. */
function connectFailureText(error: unknown): string {
  const words: Record<string, string> = {
    ECONNREFUSED: 'Connection refused',
    ECONNRESET: 'Connection reset by peer',
    EHOSTUNREACH: 'No route to host',
    ENETUNREACH: 'Network is unreachable',
    ETIMEDOUT: 'Connection timed out',
    ENOENT: 'No such file or directory',
  };
  const { code = '', path } = (error ?? {}) as NodeJS.ErrnoException;
  const word = words[code] ?? (code || 'Connection refused');
  // Errors of a Unix socket come at once, and then Envoy reports the address with them.
  return path === undefined
    ? `delayed connect error: ${word}`
    : `immediate connect error: ${word}|remote address:${path}`;
}

/** In the proxy's container nothing listens at any path; a file that is there is not a socket. */
function openSocket(path: string, readFile: ConnectOptions['readFile']): Promise<Socket> {
  const code = readFile(path) === null ? 'ENOENT' : 'ECONNREFUSED';
  return Promise.reject(Object.assign(new Error(`connect ${code} ${path}`), { code, path }));
}
