import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { servePortForward } from '../../../src/sandbox/api-server/port-forward.ts';
import type { PodRuntime } from '../../../src/sandbox/rooms.ts';
import { frame, numbers, SpdyClient } from '../../support/spdy-client.ts';

// Port-forward by its frames, over a real connection. In the pod, port 1 answers once all is said, port 2 repeats what
// it hears, port 3 talks for ever, port 4 never reads, port 5 says goodbye and is gone; nothing listens
// on any other.

let server: Server;
let pod: Server;
let reached: Duplex[] = [];
let client: SpdyClient;
const served: Socket[] = [];

beforeAll(async () => {
  pod = createServer({ allowHalfOpen: true }, socket => {
    socket.on('error', () => {});
    let port = '';
    let heard = '';
    socket.on('data', chunk => {
      const text = chunk.toString('latin1');
      if (port === '') {
        port = text[0] ?? '';
        if (port === '3') talk(socket);
        if (port === '5') socket.end('goodbye', () => socket.destroySoon());
        if (port === '4') socket.pause();
        if (port === '2' && text.length > 1) socket.write(text.slice(1));
        heard = text.slice(1);
      } else if (port === '2') socket.write(chunk);
      else heard += text;
    });
    socket.on('end', () =>
      port === '1' ? socket.end(`heard ${heard.length}: ${heard.slice(0, 20)}`) : socket.end(),
    );
  });
  const pods: PodRuntime = {
    exec: async () => ({ exit: 0 }),
    attach: async () => ({ exit: 0 }),
    async *logs() {},
    reach: async (_, port) => {
      if (port > 5) throw new Error('connection refused');
      const socket = connect({ port: portOf(pod), host: '127.0.0.1' });
      await once(socket, 'connect');
      socket.write(String(port));
      reached.push(socket);
      return socket;
    },
  };
  server = createServer(socket => {
    served.push(socket);
    servePortForward(socket, pods, { namespace: 'x', pod: 'client' });
  });
  for (const each of [pod, server]) await once(each.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  client.end();
  for (const each of [...reached, ...served]) each.destroy();
  reached = [];
});
afterAll(() => {
  for (const each of [pod, server]) each.close();
});

const portOf = (of: Server) => (of.address() as AddressInfo).port;

function talk(socket: Socket): void {
  const more = () => {
    while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024)));
  };
  socket.on('drain', more);
  more();
}

/** Whether something holds in every turn of the event loop, of so many that whatever is on its way has arrived. */
async function steadily(holds: () => boolean): Promise<boolean> {
  let turns = 0;
  for (let all = 0; turns < 5_000 && all < 200_000; all += 1) {
    await new Promise(resolve => setImmediate(resolve));
    turns = holds() ? turns + 1 : 0;
  }
  return turns > 0;
}

async function open(): Promise<Socket> {
  const socket = connect({ port: portOf(server), host: '127.0.0.1' });
  client = new SpdyClient(socket);
  await once(socket, 'connect');
  return socket;
}

describe('port-forward', () => {
  it('carries the end of one side while the other goes on, and ends both streams', async () => {
    await open();
    await client.pair(1, 1);
    client.data(3, 'a question');
    client.data(3, ', and its end', true);
    await client.until(() => client.heard(3).ended && client.heard(1).ended);
    expect(client.heard(3).text).toBe('heard 23: a question, and its ');
    expect([client.heard(1).text, client.heard(1).reset, client.heard(3).reset]).toEqual(['', false, false]);
  });

  it('lets a client read what came before the end of the port, though it has not ended itself', async () => {
    await open();
    await client.pair(1, 5);
    client.data(3, 'a question');
    await client.until(() => client.heard(3).ended && client.heard(1).ended);
    client.data(3, ' too late', true);
    client.ping(1);
    await client.until(() => client.pings.length > 0);
    expect(client.heard(3)).toMatchObject({ text: 'goodbye', reset: false });
  });

  it('carries a thousand connections at once, each with its own bytes', async () => {
    await open();
    for (let n = 0; n < 1000; n += 1) await client.pair(4 * n + 1, 2);
    for (let n = 0; n < 1000; n += 1) client.data(4 * n + 3, `connection ${n}`);
    await client.until(() => client.heard(3999).text !== '');
    for (let n = 0; n < 1000; n += 1) client.data(4 * n + 3, ', the end', true);
    const all = Array.from({ length: 1000 }, (_, n) => client.heard(4 * n + 3));
    await client.until(() => all.every(each => each.ended));
    expect(all.map(each => each.text)).toEqual(all.map((_, n) => `connection ${n}, the end`));
  });

  it('tells on the error stream what it could not reach, and goes on', async () => {
    await open();
    await client.pair(1, 9999);
    await client.until(() => client.heard(1).ended && client.heard(3).ended);
    expect(client.heard(1).text).toBe('error forwarding port 9999 to pod client, uid : connection refused');
    await client.pair(5, 2);
    client.data(7, 'still here');
    await client.until(() => client.heard(7).text === 'still here');
  });

  it('reads frames that are cut anywhere', async () => {
    const socket = await open();
    const bytes = new PassThrough();
    const recorded = new SpdyClient(bytes);
    const parts: Buffer[] = [];
    bytes.on('data', (chunk: Buffer) => parts.push(chunk));
    await recorded.pair(1, 2);
    recorded.data(3, 'in pieces');
    await new Promise(resolve => bytes.end(resolve));
    for (const byte of Buffer.concat(parts)) {
      socket.write(Buffer.of(byte));
      await new Promise(resolve => setImmediate(resolve));
    }
    await client.until(() => client.heard(3).text === 'in pieces');
  });

  it('answers a ping, and says nothing to frames that ask for nothing', async () => {
    await open();
    client.raw(frame(4, 0, numbers(0)));
    client.raw(frame(9, 0, numbers(1, 1000)));
    client.raw(frame(7, 0, numbers(0, 0)));
    client.raw(frame(99, 0, numbers(0)));
    client.ping(2);
    client.ping(7);
    await client.until(() => client.pings.length > 0);
    expect(client.pings).toEqual([7]);
  });

  it('keeps reading header blocks in turn, those of nobody too', async () => {
    await open();
    client.raw(frame(8, 0, numbers(1), await client.block({ more: 'headers' })));
    await client.pair(1, 2);
    client.data(3, 'after them');
    await client.until(() => client.heard(3).text === 'after them');
  });

  it('refuses streams that no port can be read from, and goes on', async () => {
    await open();
    const wrong = [
      { streamtype: 'data', port: '0' },
      { streamtype: 'data', port: '65536' },
      { streamtype: 'data', port: '1; rm' },
      { streamtype: 'video', port: '1' },
      { port: '1' },
      {},
    ];
    for (const [n, headers] of wrong.entries()) await client.open(2 * n + 1, { requestid: 'x', ...headers });
    await client.until(() => wrong.every((_, n) => client.heard(2 * n + 1).reset));
    await client.pair(101, 2);
    client.data(103, 'still here');
    await client.until(() => client.heard(103).text === 'still here');
  });

  it('ends a connection that does not keep to the protocol', async () => {
    const bomb = async () =>
      frame(1, 0, numbers(1, 0), Buffer.alloc(2), await client.compressed(Buffer.alloc(9e6)));
    const broken: (() => Buffer | Promise<Buffer>)[] = [
      () => Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      () => Buffer.from('80020001000000080000000100000000', 'hex'),
      () => frame(1, 0, numbers(1, 0), Buffer.alloc(2), Buffer.from('no zlib at all')),
      () => frame(1, 0, numbers(1)),
      () => frame(3, 0),
      () => frame(6, 0),
      () => frame(2, 0, Buffer.alloc(100_000)),
      () => Buffer.concat([numbers(77, 4), Buffer.from('lost')]),
      async () => frame(1, 0, numbers(2, 0), Buffer.alloc(2), await client.block({})),
      async () => frame(1, 0, numbers(1, 0), Buffer.alloc(2), await client.compressed(numbers(5, 4))),
      bomb,
    ];
    for (const [n, bytes] of broken.entries()) {
      await open();
      client.raw(await bytes());
      await client.until(() => client.closed);
      expect(client.closed, `case ${n}`).toBe(true);
    }
  });

  it('survives any bytes', async () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed;
    };
    for (let round = 0; round < 200; round += 1) {
      const socket = await open();
      const bytes = Buffer.from(Array.from({ length: random() % 400 }, () => random() & 255));
      if (round % 2 === 0) bytes.fill(Buffer.from('80030001', 'hex'), 0, Math.min(4, bytes.length));
      socket.end(bytes);
      await client.until(() => client.closed);
    }
    await open();
    await client.pair(1, 2);
    client.data(3, 'still here');
    await client.until(() => client.heard(3).text === 'still here');
  });

  it('does not read on for a client that does not read', async () => {
    const socket = await open();
    await client.pair(1, 3);
    await client.until(() => client.heard(3).bytes > 0);
    socket.pause();
    const pump = reached[0] as Socket;
    await steadily(() => pump.isPaused());
    expect(pump.bytesRead).toBeLessThan(32e6);
    socket.resume();
    await client.until(() => client.heard(3).bytes > 64e6);
  });

  it('takes no more for a port that does not read', async () => {
    const socket = await open();
    await client.pair(1, 4);
    client.data(3, 'x');
    let sent = 0;
    const piece = Buffer.alloc(64 * 1024);
    for (let full = false; !full && sent < 256e6; sent += piece.length) {
      client.data(3, piece);
      full = socket.writableNeedDrain && (await steadily(() => socket.writableNeedDrain));
    }
    expect(sent).toBeLessThan(64e6);
  });

  it('lets go of the port when the client goes', async () => {
    await open();
    await client.pair(1, 3);
    await client.until(() => client.heard(3).bytes > 0);
    client.end();
    await once(reached[0] as Socket, 'close');
  });
});
