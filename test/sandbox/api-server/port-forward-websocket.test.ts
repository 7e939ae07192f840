import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { forwardedPorts, serveChannels } from '../../../src/sandbox/api-server/port-forward-websocket.ts';
import type { PodRuntime } from '../../../src/sandbox/rooms.ts';

// Over real sockets. In the pod every port below 10 repeats what it hears until it hears its end; port 9 talks for ever.

let pod: Server;
let server: WebSocketServer;
let client: WebSocket;
let ended: Promise<unknown>[] = [];

const portOf = ({ address }: { address(): unknown }) => (address() as AddressInfo).port;

beforeAll(async () => {
  pod = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await once(pod.listen(0, '127.0.0.1'), 'listening');
  const runtime: PodRuntime = {
    exec: async () => ({ exit: 0 }),
    attach: async () => ({ exit: 0 }),
    async *logs() {},
    reach: async (_, port) => {
      if (port > 9) throw new Error('connection refused');
      const socket = connect({ port: portOf({ address: () => pod.address() }), host: '127.0.0.1' });
      ended.push(once(socket, 'close'));
      await once(socket, 'connect');
      if (port === 9) {
        const more = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024)));
        };
        socket.on('drain', more);
        more();
      }
      return socket;
    },
  };
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    const ports = forwardedPorts(new URL(request.url ?? '', 'http://x').searchParams);
    void serveChannels(socket, runtime, { namespace: 'x', pod: 'client' }, ports);
  });
  await once(server, 'listening');
});
afterEach(() => {
  client.terminate();
  ended = [];
});
afterAll(() => {
  server.close();
  pod.close();
});

/** Frames as 'channel bytes', as they come. */
function forward(query: string) {
  client = new WebSocket(`ws://127.0.0.1:${portOf({ address: () => server.address() })}/?${query}`);
  const frames: Buffer[] = [];
  let look = () => {};
  client.on('message', (bytes: Buffer) => {
    frames.push(bytes);
    look();
  });
  const textOf = (channel: number) =>
    Buffer.concat(frames.filter(each => each[0] === channel).map(each => each.subarray(1)));
  const until = (holds: () => boolean) =>
    new Promise<void>(resolve => {
      look = () => holds() && resolve();
      look();
    });
  return { textOf, until };
}
const say = (channel: number, text: string) =>
  client.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]));

describe('port-forward in channels', () => {
  it('begins each channel with its port, and carries several ports side by side', async () => {
    const { textOf, until } = forward('ports=1&ports=258');
    await until(() => textOf(3).length > 2);
    expect([textOf(0), textOf(1)]).toEqual([Buffer.of(1, 0), Buffer.of(1, 0)]);
    expect(textOf(2)).toEqual(Buffer.of(2, 1));
    expect(textOf(3).subarray(2).toString()).toBe(
      'error forwarding port 258 to pod client, uid : connection refused',
    );
    say(0, 'hello');
    await until(() => textOf(0).length === 7);
    expect(textOf(0).subarray(2).toString()).toBe('hello');
  });

  it('loses nothing of what is sent before the port is reached', async () => {
    const { textOf, until } = forward('ports=1,2');
    await once(client, 'open');
    say(0, 'early');
    say(2, 'other');
    await until(() => textOf(0).length === 7 && textOf(2).length === 7);
    expect([textOf(0), textOf(2)].map(each => each.subarray(2).toString())).toEqual(['early', 'other']);
  });

  it('lets go of the port when the client is gone', async () => {
    const { textOf, until } = forward('ports=9');
    await until(() => textOf(0).length > 2 ** 20);
    client.terminate();
    await Promise.all(ended);
    expect(ended).toHaveLength(1);
  });

  it('ends when all of its ports have', async () => {
    const { until, textOf } = forward('ports=99');
    await until(() => textOf(1).length > 2);
    const [code] = await once(client, 'close');
    expect(code).toBe(1000);
  });

  it.each(['', 'ports=', 'ports=0', 'ports=70000', 'ports=80,x'])('refuses ?%s', query => {
    expect(() => forwardedPorts(new URLSearchParams(query))).toThrow(/ports|as a port/);
  });
});
