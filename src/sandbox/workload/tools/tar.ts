/**
 * tar, as far as `kubectl cp` asks it: `tar cf - PATH` and `tar xmf - -C FOLDER`. Source: POSIX.1-2017, pax, ustar
 * Interchange Format; kubectl pkg/cmd/cp/cp.go
 */
import { posix } from 'node:path';
import type { ExecStreams } from '../../rooms.ts';
import { pathIn, pathsTo } from '../shell/paths.ts';
import { Misuse, optionsOf, type ToolPlace } from './tool.ts';

const BLOCK = 512;

export async function tar(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const [first = '', ...rest] = argv;
  const words = first.startsWith('-') ? argv : [`-${first}`, ...rest];
  const { flags, values, words: names } = optionsOf(words, 'cxmpovO', 'fC', { 'no-same-permissions': 'o' });
  const folder = pathIn(place.folder, values.get('C') ?? '.');
  const file = values.get('f') ?? '-';
  if (file !== '-')
    throw new Misuse(`the sandbox's tar writes to stdout and reads from stdin: f -, not f ${file}`);
  if (flags.has('x')) return unpack(place, folder, streams);
  if (flags.has('c') && names.length > 0) return pack(place, folder, names, streams);
  throw new Misuse('You must specify one of -c and -x, and what goes in');
}

function pack(
  place: ToolPlace,
  folder: string,
  names: readonly string[],
  { stdout, stderr }: ExecStreams,
): number {
  let exit = 0;
  const add = (name: string) => {
    const path = pathIn(folder, name);
    const stored = name.replace(/^\/+/, '');
    if (place.files.isFolder(path)) {
      stdout(header(`${stored}/`, 0, '5'));
      for (const each of place.files.list(path)) add(posix.join(name, each));
      return;
    }
    const data = place.files.read(path);
    if (data === null) {
      stderr(`tar: ${name}: No such file or directory\n`);
      exit = 1;
      return;
    }
    stdout(header(stored, data.length, '0'));
    stdout(data);
    stdout(Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK));
  };
  for (const name of names) add(name);
  stdout(Buffer.alloc(2 * BLOCK));
  return exit;
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  if (Buffer.byteLength(name) > 100) throw new Misuse(`${name}: file name is too long`);
  block.write(name, 0);
  octal(type === '5' ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

async function unpack(place: ToolPlace, folder: string, { stdin, stderr }: ExecStreams): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin ?? []) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const block = archive.subarray(at, at + BLOCK);
    const name = text(block, 0, 100);
    if (name === '') break;
    const size = Number.parseInt(text(block, 124, 12).trim() || '0', 8);
    if (Number.isNaN(size)) throw new Misuse('invalid tar header checksum');
    const prefix = text(block, 345, 155);
    const path = pathIn(folder, prefix === '' ? name : `${prefix}/${name}`);
    const isFolder = text(block, 156, 1) === '5';
    for (const each of isFolder ? pathsTo(path) : pathsTo(posix.dirname(path))) place.files.makeFolder(each);
    const data = archive.subarray(at + BLOCK, at + BLOCK + size);
    const fault = isFolder ? null : place.files.write(path, data, false);
    if (fault !== null) {
      stderr(`tar: can't open '${name}': ${fault}\n`);
      return 1;
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return 0;
}

function text(block: Buffer, at: number, length: number): string {
  return block
    .subarray(at, at + length)
    .toString()
    .replace(/\0.*$/s, '');
}
