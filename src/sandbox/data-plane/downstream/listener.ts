/**
 * From an accepted connection to its filter: the listener by original destination, the first bytes if it has
 * inspectors, the filter chain. Source: source/common/listener_manager/{active_tcp_socket,active_tcp_listener}.cc.
 * istiod sets no time limit for inspection (listener_filters_timeout 0s), so on an inspected port a server that speaks
 * first never gets to speak, here as there.
 */
import type { EnvoyConfig, FilterChain, Listener } from '../../../envoy/config.ts';
import { matchFilterChain, matchListener, needsInspection, VIRTUAL_OUTBOUND } from '../../../envoy/match.ts';
import { seconds } from '../../../envoy/match-action.ts';
import { accessLogLine } from '../access-log/access-log.ts';
import type { Downstream } from '../contract.ts';
import { ownListener } from './own-listeners.ts';
import { RAW, type Sniffed, sniff } from './sniff.ts';
import { reject } from './tcp-proxy.ts';

export type Accepted = Omit<Downstream, 'head' | 'sni'>;

/** Calls `matched` with the chain, or closes the connection. */
export function acceptConnection(
  config: EnvoyConfig,
  accepted: Accepted,
  on: {
    matched: (connection: Downstream, chain: FilterChain) => void;
    log: (line: string) => void;
    now: () => number;
  },
): void {
  const start = on.now();
  const listener = matchListener(config, accepted.to);
  if (listener === null) {
    accepted.socket.destroy();
    return;
  }
  const own = listener.name === VIRTUAL_OUTBOUND ? ownListener(accepted.to.port) : null;
  if (own !== null) {
    own(accepted.socket);
    return;
  }
  inspect(accepted, listener, (head, sniffed) => {
    const connection: Downstream = { ...accepted, head, sni: sniffed.sni };
    const chain = matchFilterChain(listener, { ...accepted.to, ...sniffed });
    if (chain !== null) {
      on.matched(connection, chain);
      return;
    }
    reject(connection);
    on.log(
      accessLogLine({
        start: new Date(start),
        code: 0,
        flags: 'NR',
        details: 'filter_chain_not_found',
        bytesReceived: 0,
        bytesSent: 0,
        milliseconds: on.now() - start,
        downstreamLocal: accepted.to,
        downstreamRemote: accepted.from,
        sni: sniffed.sni,
      }),
    );
  });
}

/** Reads until the inspectors can tell; a client that closes before that has said nothing, and nobody hears of it. */
function inspect(
  { socket }: Accepted,
  listener: Listener,
  known: (head: Buffer, sniffed: Sniffed) => void,
): void {
  const inspects = needsInspection(listener);
  if (!inspects.tls && !inspects.http) {
    known(Buffer.alloc(0), RAW);
    return;
  }
  let head = Buffer.alloc(0);
  const stop = () => {
    clearTimeout(timer);
    socket.off('readable', look);
    socket.off('end', gone);
    socket.off('close', gone);
  };
  const gone = () => {
    stop();
    socket.destroy();
  };
  const decide = (sniffed: Sniffed) => {
    stop();
    known(head, sniffed);
  };
  const look = () => {
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const sniffed = sniff(head, inspects);
      if (sniffed === 'more') continue;
      decide(sniffed);
      return;
    }
  };
  const limit = seconds(listener.listener_filters_timeout ?? '15s') * 1000;
  const timer =
    limit === 0
      ? undefined
      : setTimeout(
          () => (listener.continue_on_listener_filters_timeout ? decide(RAW) : gone()),
          limit,
        ).unref();
  socket.on('readable', look);
  socket.once('end', gone);
  socket.once('close', gone);
  look();
}
