import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { noSuchName } from '../../../src/sandbox/net/doh.ts';
import { Door } from '../../../src/sandbox/net/door.ts';
import { PodNetwork } from '../../../src/sandbox/net/network.ts';
import { ClusterResolver } from '../../../src/sandbox/net/resolver.ts';
import type { Address, Outbound } from '../../../src/sandbox/rooms.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function server(onConnection: (socket: Socket) => void): Promise<number> {
  const listener: Server = createServer(onConnection);
  await new Promise<void>(done => listener.listen(0, '127.0.0.1', done));
  closing.push(() => listener.close());
  return (listener.address() as { port: number }).port;
}

function network(services: Readonly<Record<string, readonly Address[]>> = {}, random = () => 0): PodNetwork {
  return new PodNetwork({ endpoints: ({ ip, port }) => services[`${ip}:${port}`] ?? null }, random);
}

describe('the pods network', () => {
  it('leads to a pod, tells the server who calls, and refuses when the pod is gone', async () => {
    const net = network({ '10.96.0.1:80': [{ ip: '10.244.0.5', port: 8080 }] });
    const callers: (string | undefined)[] = [];
    const real = await server(socket =>
      socket.once('data', () => socket.end(String(callers.push(net.sourceOf(socket))))),
    );
    net.listen('10.244.0.5', new Map([[8080, real]]));
    for (const to of [
      { ip: '10.244.0.5', port: 8080 },
      { ip: '10.96.0.1', port: 80 },
    ]) {
      const socket = await net.dial(to, '10.244.0.9');
      socket.write('x');
      await new Promise(done => socket.resume().once('close', done));
    }
    expect(callers).toEqual(['10.244.0.9', '10.244.0.9']);
    net.release('10.244.0.5');
    await expect(net.dial({ ip: '10.96.0.1', port: 80 }, '10.244.0.9')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      message: 'connect ECONNREFUSED 10.96.0.1:80',
    });
  });

  it('knows its own connections, also those that a server hears of first, and no others', async () => {
    const net = network();
    const known: boolean[] = [];
    const real = await server(async socket => {
      known.push(await net.knows(socket));
      socket.destroy();
    });
    net.listen('10.244.0.5', new Map([[80, real]]));
    const ended = (socket: Socket) => new Promise(done => socket.resume().once('close', done));
    await ended(await net.dial({ ip: '10.244.0.5', port: 80 }, '10.244.0.9'));
    expect(known.splice(0)).toEqual([true]);
    await ended(connect({ port: real, host: '127.0.0.1' }));
    expect(known).toEqual([false]);
    // Another address of the machine, or another server's port, with the port of an open connection.
    const own = await net.dial({ ip: '10.244.0.5', port: 80 }, '10.244.0.9');
    const ports = { remotePort: own.localPort, localPort: real };
    expect(net.sourceOf({ remoteAddress: '127.0.0.1', ...ports })).toBe('10.244.0.9');
    expect(net.sourceOf({ remoteAddress: '127.0.0.2', ...ports })).toBeUndefined();
    expect(net.sourceOf({ remoteAddress: '127.0.0.1', ...ports, localPort: 1 })).toBeUndefined();
    await ended(own);
  });

  it('refuses what is not in the world, above all the machine itself', async () => {
    let calls = 0;
    const real = await server(socket => {
      calls += 1;
      socket.end();
    });
    const net = network({ '10.96.0.2:80': [] });
    net.listen('10.244.0.5', new Map([[8080, 1]]));
    for (const to of [
      { ip: '127.0.0.1', port: real },
      { ip: '0.0.0.0', port: real },
      { ip: '10.96.0.2', port: 80 },
      { ip: '10.244.0.5', port: 81 },
      { ip: '93.184.216.34', port: 443 },
      { ip: '::1', port: real },
    ]) {
      await expect(net.dial(to, '10.244.0.9'), to.ip).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    expect(calls).toBe(0);
  });

  it('spreads connections over the endpoints of a Service', async () => {
    const seen: string[] = [];
    const endpoints = ['10.244.0.5', '10.244.0.6'].map(ip => ({ ip, port: 80 }));
    const draws = [0, 0.6, 0.4, 0.99];
    const net = network({ '10.96.0.1:80': endpoints }, () => draws.shift() ?? 0);
    for (const { ip } of endpoints) {
      const real = await server(socket => {
        seen.push(ip);
        socket.end();
      });
      net.listen(ip, new Map([[80, real]]));
    }
    for (let call = 0; call < 4; call++) {
      const socket = await net.dial({ ip: '10.96.0.1', port: 80 }, 'x');
      await new Promise(done => socket.resume().once('close', done));
    }
    expect(seen).toEqual(['10.244.0.5', '10.244.0.6', '10.244.0.5', '10.244.0.6']);
  });
});

describe('names in a pod', () => {
  const services: Readonly<Record<string, string[] | { alias: string }>> = {
    'mesh/catalog': ['10.96.0.1'],
    'out/db': ['10.244.0.5', '10.244.0.6'],
    'mesh/old': { alias: 'db.out.svc.cluster.local' },
  };
  const table = { addresses: (namespace: string, name: string) => services[`${namespace}/${name}`] ?? null };
  const resolver = new ClusterResolver(table, {
    ...{ namespace: 'mesh', name: 'client-x', ip: '10.244.0.9' },
    hostAliases: [{ ip: '10.96.0.7', hostnames: ['Api.example.io', 'two.example.io'] }],
  });

  // As glibc in a pod of kind answered, and c-ares in Envoy 1.39.3 over a hosts file and a DNS of this form.
  it.each([
    ['api.example.io', ['10.96.0.7']],
    ['API.example.io', ['10.96.0.7']],
    ['api.example.io.', []],
    ['catalog', ['10.96.0.1']],
    ['catalog.mesh', ['10.96.0.1']],
    ['catalog.mesh.', []],
    ['catalog.mesh.svc', ['10.96.0.1']],
    ['catalog.mesh.svc.cluster.local', ['10.96.0.1']],
    ['catalog.mesh.svc.cluster.local.', ['10.96.0.1']],
    ['catalog.mesh.svc.', []],
    ['db', []],
    ['db.out', ['10.244.0.5', '10.244.0.6']],
    ['old', ['10.244.0.5', '10.244.0.6']],
    ['localhost', ['127.0.0.1']],
    ['localhost.', []],
    ['foo.localhost', ['127.0.0.1']],
    ['client-x', ['10.244.0.9']],
    ['client-x.', []],
    ['127.1', []],
    ['1.2.3.4', ['1.2.3.4']],
    ['1.2.3.4.', []],
    ['::1', []],
    ['nowhere.example.io', []],
    ['', []],
  ])('%s', (host, addresses) => {
    expect(resolver.resolve(host)).toEqual(addresses);
  });
});

describe('the door', () => {
  const resolver = {
    resolve: (host: string) => (host === 'a' ? ['10.96.0.1'] : /^[\d.]+$/.test(host) ? [host] : []),
  };

  async function open(outbound: Outbound | null) {
    const net = network();
    const real = await server(socket => socket.pipe(socket));
    net.listen('10.96.0.1', new Map([[80, real]]));
    const door = await Door.open(net);
    closing.push(() => door.close());
    return { door, pass: door.admit({ ip: '10.244.0.9', resolver, outbound }) };
  }

  /** Sends these bytes one by one, and collects what comes until `length` bytes are there or the door closes. */
  function talk(port: number, bytes: Buffer, length = 1000): Promise<Buffer> {
    return new Promise(resolve => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      closing.push(() => socket.destroy());
      let got = Buffer.alloc(0);
      socket.on('data', chunk => {
        got = Buffer.concat([got, chunk]);
        if (got.length >= length) resolve(got);
      });
      socket.on('close', () => resolve(got)).on('error', () => {});
      for (const byte of bytes) socket.write(Buffer.from([byte]));
    });
  }

  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const hello = Buffer.from([5, 1, 2]);
  const login = (user: string, password: string) =>
    Buffer.concat([Buffer.from([1]), text(user), text(password)]);
  const toName = (name: string, port = 80, command = 1) =>
    Buffer.concat([Buffer.from([5, command, 0, 3]), text(name), Buffer.from([port >> 8, port & 255])]);
  const GRANTED = [5, 2, 1, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const refusedWith = (code: number) => [5, 2, 1, 0, 5, code, 0, 1, 0, 0, 0, 0, 0, 0];

  it('lets nobody in without the words of a running command', async () => {
    const { door, pass } = await open(null);
    expect([...(await talk(door.port, Buffer.from([5, 1, 0])))]).toEqual([5, 255]);
    expect([...(await talk(door.port, Buffer.concat([hello, login(pass.user, 'x')])))]).toEqual([5, 2, 1, 1]);
    expect([...(await talk(door.port, Buffer.from('GET / HTTP/1.1\r\n\r\n')))]).toEqual([]);
    pass.revoke();
    expect([...(await talk(door.port, Buffer.concat([hello, login(pass.user, pass.password)])))]).toEqual([
      5, 2, 1, 1,
    ]);
  });

  it('dials for a pod without a sidecar, and refuses what the network refuses', async () => {
    const { door, pass } = await open(null);
    const enter = Buffer.concat([hello, login(pass.user, pass.password)]);
    const said = await talk(
      door.port,
      Buffer.concat([enter, toName('a'), Buffer.from('hi')]),
      GRANTED.length + 2,
    );
    expect([...said]).toEqual([...GRANTED, ...Buffer.from('hi')]);
    for (const [request, code] of [
      [toName('nowhere'), 4],
      [toName('a', 81), 5],
      [toName('127.0.0.1'), 5],
      [toName('a', 80, 2), 7],
      [toName('a', 80, 3), 7],
      [Buffer.from([5, 1, 0, 1, 10, 96, 0, 9, 0, 80]), 5],
      [Buffer.from([5, 1, 0, 4, ...new Array(16).fill(0), 0, 80]), 8],
    ] as const) {
      expect([...(await talk(door.port, Buffer.concat([enter, request])))]).toEqual(refusedWith(code));
    }
  });

  it('hands a connection to the sidecar, with the first bytes and the real source port', async () => {
    const accepted: { from: Address; to: Address; port: number | undefined }[] = [];
    const { door, pass } = await open({
      accept(app, from, to) {
        accepted.push({ from, to, port: app.remotePort });
        app.pipe(app);
      },
      listensAt: ({ ip, port }) => ip === '127.0.0.1' && port === 9080,
    });
    const enter = Buffer.concat([hello, login(pass.user, pass.password)]);
    // Nobody is at that address: the sidecar takes the connection all the same.
    const call = Buffer.concat([enter, Buffer.from([5, 1, 0, 1, 1, 2, 3, 4, 1, 187]), Buffer.from('hi')]);
    const said = await talk(door.port, call, GRANTED.length + 2);
    expect([...said]).toEqual([...GRANTED, ...Buffer.from('hi')]);
    expect(accepted).toEqual([
      {
        from: { ip: '10.244.0.9', port: accepted[0]?.port },
        to: { ip: '1.2.3.4', port: 443 },
        port: expect.any(Number),
      },
    ]);
    expect([...(await talk(door.port, Buffer.concat([enter, toName('127.0.0.1', 15000)])))]).toEqual(
      refusedWith(5),
    );
    // The pod's own loopback is nobody's but for what the sidecar itself listens at.
    const bound = Buffer.concat([enter, toName('127.0.0.1', 9080), Buffer.from('hi')]);
    expect([...(await talk(door.port, bound, GRANTED.length + 2))]).toEqual([
      ...GRANTED,
      ...Buffer.from('hi'),
    ]);
    expect(accepted[1]).toMatchObject({ from: { ip: '127.0.0.1' }, to: { ip: '127.0.0.1', port: 9080 } });
  });
});

describe('the DNS that knows no name', () => {
  it('answers every question with NXDOMAIN', () => {
    const question = Buffer.from('1234010000010000000000000161000001 0001'.replace(/ /g, ''), 'hex');
    const answer = noSuchName(question);
    expect(answer?.subarray(0, 4).toString('hex')).toBe('12348183');
    expect(answer?.subarray(4)).toEqual(question.subarray(4));
    expect(noSuchName(Buffer.from('short'))).toBeNull();
  });
});
