/**
 * Port-forward over a WebSocket's channels, as the clients of Python and JavaScript do it: for each port one channel for
 * data and one for what goes wrong, each of which begins with the port. Source:
 * k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { PodRef, PodRuntime } from '../rooms.ts';
import { badRequest } from './status.ts';

/** A client that takes nothing is cut off at so many bytes. */
const WAITING = 8 * 1024 * 1024;
/** Bytes on their way to the client from which on the port's side waits. */
const ENOUGH = 256 * 1024;

/** The ports of the query, '?ports=80&ports=443' or '?ports=80,443'. Throws BadRequest. */
export function forwardedPorts(query: URLSearchParams): readonly number[] {
  const named = query.getAll('ports').flatMap(each => each.split(','));
  if (named.length === 0) throw badRequest('query parameter "ports" is required');
  return named.map(each => {
    const port = Number(each);
    if (!/^\d{1,5}$/.test(each) || port < 1 || port > 65_535)
      throw badRequest(`unable to parse "${each}" as a port`);
    return port;
  });
}

/** Ends the connection when all ports have ended. */
export async function serveChannels(
  client: WebSocket,
  runtime: PodRuntime,
  pod: PodRef,
  ports: readonly number[],
): Promise<void> {
  client.on('error', () => client.terminate());
  const waiting = new Map<number, (bytes: Buffer) => void>();
  client.on('message', (message: Buffer) => waiting.get(message[0] ?? -1)?.(message.subarray(1)));
  const send = (channel: number, bytes: Buffer) => {
    if (client.readyState !== client.OPEN) return;
    client.send(Buffer.concat([Buffer.of(channel), bytes]));
    if (client.bufferedAmount > WAITING) client.terminate();
  };
  const forwards = ports.map(async (port, index) => {
    const [data, error] = [2 * index, 2 * index + 1];
    const opening = Buffer.from([port & 0xff, port >> 8]);
    for (const channel of [data, error]) send(channel, opening);
    const early: Buffer[] = [];
    waiting.set(data, bytes => early.push(bytes));
    try {
      const socket = await runtime.reach(pod, port);
      for (const bytes of early) socket.write(bytes);
      waiting.set(data, bytes => take(client, socket, bytes));
      await joined(client, socket, bytes => send(data, bytes));
    } catch (why) {
      const { message } = why as Error;
      send(error, Buffer.from(`error forwarding port ${port} to pod ${pod.pod}, uid : ${message}`));
    }
  });
  await Promise.all(forwards);
  client.close(1000);
}

/** A client that sends faster than the port reads waits. */
function take(client: WebSocket, socket: Duplex, bytes: Buffer): void {
  if (!socket.writable || socket.write(bytes)) return;
  client.pause();
  socket.once('drain', () => client.resume());
}

/** Until either side is gone. */
function joined(client: WebSocket, socket: Duplex, send: (bytes: Buffer) => void): Promise<void> {
  return new Promise(resolve => {
    const leave = () => socket.destroy();
    client.on('close', leave);
    socket.on('data', (bytes: Buffer) => {
      send(bytes);
      if (client.bufferedAmount < ENOUGH) return;
      socket.pause();
      client.ping(undefined, undefined, () => socket.resume());
    });
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      client.off('close', leave);
      client.resume();
      resolve();
    });
    if (client.readyState !== client.OPEN) leave();
  });
}
