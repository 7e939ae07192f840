import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// What a machine has that a sealed curl must not find, and every way to name it as the value of an option.

export interface KnownOption {
  /** Long, without dashes. */
  readonly name: string;
  readonly takesValue: boolean;
}

/** The options that `curl --help all` tells of. */
export function optionsOf(help: string): KnownOption[] {
  return [...help.matchAll(/^ *(?:-\S, )?--([\w.-]+)( [<[])?/gm)].map(([, name = '', value]) => ({
    name,
    takesValue: value !== undefined,
  }));
}

export interface Machine {
  /** A folder with a file that no call may read, and a socket that none may find. */
  readonly folder: string;
  readonly secret: string;
  readonly port: number;
  /** Every way of the kind to name them. */
  readonly values: readonly string[];
  /** For curl's stdin: a format and a configuration that write files. */
  readonly stdin: string;
  /** What was done to the machine; empty: nothing. */
  harm(): string[];
  close(): void;
}

export async function machine(): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'machine-'));
  const secret = join(folder, 'secret');
  const socket = join(folder, 'socket');
  writeFileSync(secret, 'SECRET');
  let reached = 0;
  const http = createHttpServer((_request, response) => response.end('MACHINE'));
  const unix = createServer(guest => {
    reached += 1;
    guest.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nMACHINE');
  });
  http.on('connection', () => {
    reached += 1;
  });
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done));
  await new Promise<void>(done => unix.listen(socket, done));
  const { port } = http.address() as AddressInfo;
  const owned = join(folder, 'owned');
  return {
    ...{ folder, secret, port },
    values: [
      ...[
        secret,
        `@${secret}`,
        '@-',
        '-',
        `x=@${secret}`,
        `x=<${secret}`,
        `x@${secret}`,
        `x=y;headers=@${secret}`,
      ],
      ...[`http://127.0.0.1:${port}/`, `127.0.0.1:${port}`, socket, `../../..${secret}`, `file://${secret}`],
      ...[`%output{${owned}}owned`, `%output{>>${owned}}owned`, owned, `x@${owned}`, '{{x}}'],
    ],
    stdin: `%output{${owned}}owned\noutput = ${owned}\nurl = file://${secret}\n`,
    harm() {
      const found: string[] = [];
      if (reached > 0) found.push('reached a server of the machine');
      if (readFileSync(secret, 'utf8') !== 'SECRET') found.push('wrote over a file of the machine');
      const files = readdirSync(folder).filter(name => name !== 'secret' && name !== 'socket');
      if (files.length > 0) found.push(`wrote ${files.join(', ')}`);
      for (const name of files) rmSync(join(folder, name));
      reached = 0;
      return found;
    },
    close() {
      http.close();
      http.closeAllConnections();
      unix.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
