/**
 * The sidecar's own listeners, as far as the app's calls reach them: virtualOutbound hands a captured connection to a
 * listener on its port, whatever the address. No access log shows that. What Envoy's statistics contain is left out.
 * Seen on Istio 1.31-dev with Envoy 1.39.3, with a ServiceEntry for each of the ports.
 */
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Listener } from '../../../envoy/config.ts';

/** They come from the sidecar's bootstrap, or belong to its inbound side. */
const OWN = [
  ['virtualInbound', 15006],
  ['agent', 15021],
  ['stats', 15090],
] as const;

export const OWN_LISTENERS: readonly Listener[] = OWN.map(([name, port_value]) => ({
  name,
  address: { socket_address: { address: '0.0.0.0', port_value } },
}));

let answering: Server | null = null;

/**
 * What becomes of a connection to that port of an address where nothing else listens; null: the sidecar has no listener
 * there.
 */
export function ownListener(port: number): ((socket: Socket) => void) | null {
  const name = OWN.find(([, each]) => each === port)?.[0];
  if (name === undefined) return null;
  return name === 'virtualInbound' ? resetWhenItSpeaks : answer;
}

/** The chain for the inbound port itself leads nowhere. */
function resetWhenItSpeaks(socket: Socket): void {
  socket.once('data', () => socket.resetAndDestroy()).resume();
}

function answer(socket: Socket): void {
  answering ??= createServer((request, response) => {
    const found = request.url === '/healthz/ready';
    response.writeHead(found ? 200 : 404, { server: 'envoy', 'content-length': 0 }).end();
  });
  answering.emit('connection', socket);
  // It was paused when it was accepted.
  socket.resume();
}
