import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerRef } from '../../../../src/sandbox/rooms.ts';
import { readCurlWords } from '../../../../src/sandbox/workload/curl/words.ts';
import { labWorld, names, type TestWorld } from '../world.ts';
import { REFUSED } from './refused-options.ts';
import { type Machine, machine, optionsOf } from './seal-attack.ts';

// The real curl, and a machine with something to find: a server that must not be reached, a file that must not be
// read, a folder that must stay empty.

const NO_FILES = { input: () => undefined, output: () => ({ why: 'no' }) };

let world: TestWorld;
let client: ContainerRef;
let around: Machine;
let port: number;
let secret: string;

beforeAll(async () => {
  world = await labWorld();
  client = { namespace: names.mesh, pod: await world.pod(names.mesh, 'client'), container: 'curl' };
  await world.pod(names.mesh, 'catalog');
  around = await machine();
  ({ port, secret } = around);
});

afterAll(async () => {
  around.close();
  await world.close();
});

const curl = (...args: string[]) => world.exec(client, ['curl', '-sS', '-m', '3', ...args], around);

async function untouched(...args: string[]) {
  const { stdout, stderr, exit } = await curl(...args);
  const line = args.join(' ');
  expect(stdout + stderr, line).not.toMatch(/SECRET|MACHINE/);
  expect(around.harm(), line).toEqual([]);
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

  it("for paths that are the container's and the machine's alike", async () => {
    const shell = (script: string) => world.exec(client, ['sh', '-c', script]);
    const before = readdirSync('/etc').length;
    expect(await untouched('-o', '/etc/curl-owned', '-c', '../etc/curl-jar', 'http://catalog/')).toBe(0);
    expect(await untouched('-b', '/etc/passwd', 'http://catalog/')).toBe(0);
    expect(readdirSync('/etc')).toHaveLength(before);
    expect((await shell('ls /etc')).stdout).toContain('curl-owned');
    expect((await shell('curl -sS -T /etc/passwd http://catalog/')).stderr).toMatch(/has no such file/);
  });

  it('for every option of this curl, with every value that names it', async () => {
    const options = optionsOf(execFileSync('curl', ['--help', 'all'], { encoding: 'utf8' }));
    expect(options.length).toBeGreaterThan(200);
    const taken = (words: string[]) => 'groups' in readCurlWords(words, NO_FILES);
    // The values of an option in one call, in groups; flags by themselves, for some end or change the whole call.
    const calls = options.flatMap(({ name, takesValue }) =>
      takesValue ? [around.values.map(value => [`--${name}`, value])] : [[[`--${name}`]]],
    );
    const queue = calls
      .map(groups => groups.filter(taken))
      .filter(groups => groups.length > 0)
      .values();
    const work = async () => {
      for (const groups of queue) {
        const words = groups.map(each => ['-m', '0.5', ...each, 'http://catalog/']);
        await untouched(...words.flatMap((each, at) => (at > 0 ? ['--next', ...each] : each)));
      }
    };
    await Promise.all([work(), work(), work(), work()]);
  });

  it('for formats and configurations that come from stdin', async () => {
    for (const words of [
      ['-w', '@-'],
      ['-K', '-'],
      ['--variable', 'x@-'],
      ['--url', '@-'],
    ]) {
      expect(await untouched(...words, 'http://catalog/'), words.join(' ')).toBe(2);
    }
  });

  it('for a server that asks for the credentials of its user', async () => {
    const asks = createServer(socket => {
      socket.once('data', () => {
        socket.end(
          'HTTP/1.1 401 No\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n',
        );
      });
    });
    await new Promise<void>(done => asks.listen(0, '127.0.0.1', done));
    world.network.listen('10.244.200.2', new Map([[80, (asks.address() as { port: number }).port]]));
    const { stderr, exit } = await curl('--anyauth', '-u', 'ana:pw', 'http://10.244.200.2/');
    expect(exit).toBe(2);
    expect(stderr).toMatch(/--anyauth .*own credentials.*--digest/);
    expect((await curl('--digest', '-u', 'ana:pw', 'http://10.244.200.2/')).exit).toBe(0);
    asks.close();
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
