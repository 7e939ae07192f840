/**
 * BusyBox's wget, as far as it fetches something: the request is curl's, with wget's own headers, and so passes the seal
 * and the sidecar; messages and exit codes are wget's. Left out: the bar of progress, --recursive and the like.
 * Source: networking/wget.c of BusyBox 1.37
 */
import { posix } from 'node:path';
import type { ExecStreams, PodResolver } from '../../rooms.ts';
import type { ContainerCommand } from '../exec/container-command.ts';
import { pathIn } from '../shell/paths.ts';
import { Misuse, type Options, optionsOf, type ToolPlace, tool } from '../tools/tool.ts';

interface WgetPlace extends ToolPlace {
  readonly curl: ContainerCommand;
  readonly resolver: PodResolver;
}

/** Letters that stand for options with long names only. */
const LONG = {
  ...{ quiet: 'q', 'server-response': 'S', spider: 'Z', 'no-check-certificate': 'K' },
  ...{ 'output-document': 'O', timeout: 'T', 'user-agent': 'U', header: 'H', 'post-data': 'D' },
};

export function wget(place: WgetPlace): ContainerCommand {
  return tool('wget', async (argv, streams) => {
    const options = optionsOf(argv, 'qS', 'OTUHD', LONG);
    if (options.words.length === 0)
      throw new Misuse('missing URL: wget [-q] [-S] [-O FILE] [-T SEC] [--spider] URL');
    for (const [index, word] of options.words.entries()) {
      const url = /^\w+:\/\//.test(word) ? word : `http://${word}`;
      await fetchOne(place, url, options, streams, index > 0);
    }
    return 0;
  });
}

async function fetchOne(
  place: WgetPlace,
  url: string,
  options: Options,
  streams: ExecStreams,
  append: boolean,
): Promise<void> {
  const { flags, values } = options;
  const say = (text: string) => {
    if (!flags.has('q')) streams.stderr(`${text}\n`);
  };
  const { hostname, port, protocol, pathname } = parsed(url);
  const [ip] = place.resolver.resolve(hostname);
  if (ip === undefined) throw new Misuse(`bad address '${hostname}'`);
  say(`Connecting to ${hostname} (${ip}:${port || (protocol === 'https:' ? 443 : 80)})`);
  if (protocol === 'https:') say('wget: note: TLS certificate validation not implemented');
  const answer = await ask(place, url, options, streams, ip);
  if (flags.has('S')) for (const head of answer.heads) for (const line of head) streams.stderr(`  ${line}\n`);
  const [status = ''] = answer.heads.at(-1) ?? [];
  if (!/^HTTP\S+ 2/.test(status)) throw new Misuse(`server returned error: ${status}`);
  if (flags.has('Z')) return say('remote file exists');
  const asked = values.get('O');
  if (asked === '-') {
    say('writing to stdout');
    streams.stdout(answer.body);
    return say('written to stdout');
  }
  const name = asked ?? (posix.basename(pathname) || 'index.html');
  const path = pathIn(place.folder, name);
  const exists = asked === undefined && place.files.read(path) !== null;
  const fault = exists ? 'File exists' : place.files.write(path, answer.body, append && asked !== undefined);
  if (fault !== null) throw new Misuse(`can't open '${name}': ${fault}`);
  say(`saving to '${name}'\n'${name}' saved`);
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new Misuse(`bad address '${url.replace(/^\w+:\/\//, '')}'`);
  }
}

/** What wget says where curl ended with another code than 0. */
const FAULTS: Readonly<Record<number, string>> = {
  28: 'download timed out',
  47: 'too many redirections',
  52: 'error getting response',
  56: 'error getting response: Connection reset by peer',
};
/** Of curl: it could not connect, and the same behind the pod's door. */
const REFUSED = [7, 97];

interface Answer {
  /** The lines of each response's head: of redirects, then of the last one. */
  readonly heads: readonly (readonly string[])[];
  readonly body: Buffer;
}

async function ask(
  { curl }: WgetPlace,
  url: string,
  { flags, values, all }: Options,
  { signal }: ExecStreams,
  ip: string,
): Promise<Answer> {
  const chunks: Buffer[] = [];
  let complaint = '';
  const seconds = values.get('T');
  const post = values.get('D');
  const argv = [
    ...['curl', '-sS', '-i', '-L', '--max-redirs', '5', '--http1.1', '-k', '-H', 'Accept:'],
    ...['-A', values.get('U') ?? 'Wget', ...(seconds === undefined ? [] : ['-m', seconds])],
    ...all.flatMap(([letter, value]) => (letter === 'H' ? ['-H', value] : [])),
    ...(post === undefined ? [] : ['--data-raw', post]),
    ...(flags.has('Z') ? ['-I'] : []),
    ...['--url', url],
  ];
  const exit = await curl(argv, {
    stdin: null,
    stdout: chunk => void chunks.push(Buffer.from(chunk as Buffer)),
    stderr: chunk => {
      complaint += chunk.toString();
    },
    signal,
  });
  if (REFUSED.includes(exit)) throw new Misuse(`can't connect to remote host (${ip}): Connection refused`);
  if (exit !== 0) throw new Misuse(FAULTS[exit] ?? complaint.replace(/^sandbox: /, '').trim());
  return answerIn(Buffer.concat(chunks));
}

function answerIn(bytes: Buffer): Answer {
  const heads: string[][] = [];
  let rest = bytes;
  while (rest.subarray(0, 5).toString() === 'HTTP/') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) break;
    const head = rest.subarray(0, end).toString().split('\r\n');
    heads.push(head);
    rest = rest.subarray(end + 4);
    // Only what leads elsewhere, or announces more, is followed by another head.
    if (!/^HTTP\S+ [13]/.test(head[0] ?? '')) break;
  }
  return { heads, body: rest };
}
