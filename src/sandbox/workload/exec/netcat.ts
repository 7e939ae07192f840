/**
 * `nc -z HOST PORT`: whether a port can be reached from the pod, asked at the door through which its curl goes; so with a
 * sidecar every port is open that the sidecar takes over. Source: networking/nc_bloaty.c of BusyBox 1.37
 */
import { connect } from 'node:net';
import type { CurlDoor } from '../surroundings.ts';
import { Misuse, numberOf, optionsOf, tool } from '../tools/tool.ts';
import type { ContainerCommand } from './container-command.ts';

type Guest = Omit<Parameters<CurlDoor['admit']>[0], 'outbound' | 'lead'> & {
  readonly outbound: () => Parameters<CurlDoor['admit']>[0]['outbound'];
};

const USAGE =
  'here it only asks whether a port is open: nc -z [-v] [-w SECONDS] HOST PORT. What speaks to a server is curl';
const PATIENCE = 120;

export function netcat(door: CurlDoor, guest: Guest): ContainerCommand {
  return tool('nc', async (argv, { stderr, signal }) => {
    const { flags, values, words } = optionsOf(argv, 'zvn', 'w');
    const [host, port] = words;
    if (!flags.has('z') || host === undefined || port === undefined || words.length > 2)
      throw new Misuse(USAGE);
    const number = numberOf(port);
    if (number < 1 || number > 65_535) throw new Misuse(`invalid number '${port}'`);
    const [ip] = guest.resolver.resolve(host);
    if (ip === undefined) throw new Misuse(`bad address '${host}'`);
    const pass = door.admit({ ...guest, outbound: guest.outbound() });
    const seconds = Number(values.get('w') ?? PATIENCE);
    const until = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    try {
      const found = await knock(door.port, pass, { host, port: number }, until);
      const place = `${host} (${ip}:${number})`;
      if (found === 'open') {
        if (flags.has('v')) stderr(`${place} open\n`);
        return 0;
      }
      if (flags.has('v')) stderr(`nc: ${place}: ${found}\n`);
      return 1;
    } finally {
      pass.revoke();
    }
  });
}

/** A SOCKS5 handshake (RFC 1928, RFC 1929), all of it at once; the sixth byte of the answers says how it went. */
function knock(
  doorPort: number,
  { user, password }: { readonly user: string; readonly password: string },
  { host, port }: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<'open' | 'Connection refused' | 'Operation timed out'> {
  const text = (value: string) =>
    Buffer.concat([Buffer.from([Buffer.byteLength(value)]), Buffer.from(value)]);
  const credentials = Buffer.concat([Buffer.from([1]), text(user), text(password)]);
  const request = Buffer.concat([
    Buffer.from([5, 1, 0, 3]),
    text(host),
    Buffer.from([port >> 8, port & 255]),
  ]);
  return new Promise(resolve => {
    const socket = connect({ port: doorPort, host: '127.0.0.1', signal });
    let answers = Buffer.alloc(0);
    socket.on('connect', () => socket.write(Buffer.concat([Buffer.from([5, 1, 2]), credentials, request])));
    socket.on('data', chunk => {
      answers = Buffer.concat([answers, chunk]);
      if (answers.length < 6) return;
      resolve(answers[5] === 0 ? 'open' : 'Connection refused');
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(signal.aborted ? 'Operation timed out' : 'Connection refused'));
  });
}
