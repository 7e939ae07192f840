import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerRef } from '../../../src/sandbox/rooms.ts';
import { REFUSED } from './refused-options.ts';
import { labWorld, names, type TestWorld } from './world.ts';

// The real curl, and a machine with something to find: a server that must not be reached, a file that must not be
// read, a folder that must stay empty.

let world: TestWorld;
let client: ContainerRef;
let machine: Server;
let port: number;
let folder: string;
let secret: string;
let reached = 0;

beforeAll(async () => {
  world = await labWorld();
  client = { namespace: names.mesh, pod: await world.pod(names.mesh, 'client'), container: 'curl' };
  await world.pod(names.mesh, 'catalog');
  machine = createServer(socket => {
    reached += 1;
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nMACHINE');
  });
  await new Promise<void>(done => machine.listen(0, '127.0.0.1', done));
  port = (machine.address() as { port: number }).port;
  folder = mkdtempSync(join(tmpdir(), 'seal-'));
  secret = join(folder, 'secret');
  writeFileSync(secret, 'SECRET');
});

afterAll(async () => {
  machine.close();
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

const curl = (...args: string[]) => world.exec(client, ['curl', '-sS', '-m', '3', ...args]);

async function untouched(...args: string[]) {
  const { stdout, stderr, exit } = await curl(...args);
  const line = args.join(' ');
  expect(stdout + stderr, line).not.toContain('SECRET');
  expect(stdout, line).not.toContain('MACHINE');
  expect(reached, line).toBe(0);
  expect(readdirSync(folder), line).toEqual(['secret']);
  expect(readFileSync(secret, 'utf8'), line).toBe('SECRET');
  return exit;
}

describe('the machine stays out of reach', () => {
  it('for every option that is refused', async () => {
    for (const words of REFUSED) {
      expect(await untouched(...words, `http://127.0.0.1:${port}/`), words.join(' ')).toBe(2);
    }
  });

  it.each([
    ...['-o', '-D', '-c', '--trace', '--trace-ascii', '--stderr', '--libcurl', '--etag-save', '--hsts'].map(
      (name): [string, (file: string) => string] => [name, file => `${file}-new`],
    ),
    ...['-T', '-K', '--cacert', '-b', '--netrc-file', '-E', '--key'].map(
      (name): [string, (file: string) => string] => [name, file => file],
    ),
    ...['-d', '-H', '-w', '--json', '--data-binary', '--data-urlencode', '--url-query', '--url'].map(
      (name): [string, (file: string) => string] => [name, file => `@${file}`],
    ),
    ...['x=@', 'x=<', 'x=@-,', 'x=y;headers=@'].map((form): [string, (file: string) => string] => [
      '-F',
      file => `${form}${file}`,
    ]),
  ])('for files: %s %s', async (name, value) => {
    expect(await untouched(name, value(secret), 'http://catalog/')).toBe(2);
  });

  it('for other protocols', async () => {
    const at = `127.0.0.1:${port}`;
    for (const scheme of [
      'ftp',
      'ftps',
      'gopher',
      'dict',
      'telnet',
      'tftp',
      'smtp',
      'imap',
      'pop3',
      'ldap',
      'rtsp',
      'mqtt',
    ]) {
      expect(await untouched(`${scheme}://${at}/x`), scheme).not.toBe(0);
    }
    expect(await untouched(`file://${secret}`)).toBe(1);
    expect(await untouched('-:', `file://${secret}`)).toBe(1);
    expect(await untouched('--proto-default', 'http', `FILE://${secret}`)).toBe(1);
    expect(await untouched('-:', '-s', `gopher://${at}/_x`)).toBe(1);
  });

  it('for every way to write its address', async () => {
    const hosts = [
      '127.0.0.1',
      'localhost',
      'localhost.',
      'a.localhost',
      '127.1',
      '0177.0.0.1',
      '2130706433',
    ];
    hosts.push(
      '0x7f000001',
      '0x7f.1',
      '0',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '%31%32%37.0.0.1',
      '127.0.0.{1,2}',
      '１２７.0.0.1',
    );
    for (const host of hosts) {
      expect(await untouched(`http://${host}:${port}/`), host).not.toBe(0);
      // Beside a host that curl looks up around the door.
      await untouched(`http://nowhere.example/`, `http://${host}:${port}/`);
    }
  });

  it('for names that a call resolves by itself', async () => {
    for (const name of ['api.safedata-zone.io', 'nowhere.example', '*'])
      expect(
        await untouched('--resolve', `${name}:${port}:127.0.0.1`, `http://nowhere.example:${port}/`),
        name,
      ).not.toBe(0);
    for (const move of ['nowhere.example', '', 'api.safedata-zone.io'])
      expect(
        await untouched('--connect-to', `${move}::127.0.0.1:${port}`, `http://nowhere.example/`),
        move,
      ).not.toBe(0);
  });

  it('for redirects', async () => {
    for (const location of [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`, `file://${secret}`]) {
      const pod = createServer(socket => {
        socket.once('data', () => {
          socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
        });
      });
      await new Promise<void>(done => pod.listen(0, '127.0.0.1', done));
      world.network.listen('10.244.200.1', new Map([[80, (pod.address() as { port: number }).port]]));
      expect(await untouched('-L', '--proto-redir', '=all', 'http://10.244.200.1/'), location).toBe(2);
      expect(await untouched('-L', 'http://10.244.200.1/'), location).not.toBe(0);
      expect(await curl('-o', '/dev/null', 'http://10.244.200.1/'), location).toMatchObject({ exit: 0 });
      pod.close();
    }
  });
});
