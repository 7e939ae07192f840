/** Programs for the files of a container: ls, mkdir, rm, touch, base64, md5sum and the like. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { ExecStreams } from '../../rooms.ts';
import type { ContainerCommands } from '../exec/container-command.ts';
import { pathIn, pathsTo } from '../shell/paths.ts';
import { inputsOf, Misuse, optionsOf, type ToolPlace, toolsOf } from './tool.ts';

export function fileTools(place: ToolPlace): ContainerCommands {
  return toolsOf(place, { ls, mkdir, rm, touch, basename, dirname, base64, md5sum, sha256sum });
}

function ls(place: ToolPlace, argv: readonly string[], { stdout, stderr }: ExecStreams): number {
  const { flags, words } = optionsOf(argv, 'laA1hrtRdF');
  let exit = 0;
  const line = (name: string, path: string) => {
    if (!flags.has('l')) return `${name}\n`;
    const folder = place.files.isFolder(path);
    const size = String(folder ? 4096 : (place.files.read(path)?.length ?? 0)).padStart(9);
    return `${folder ? 'drwxr-xr-x' : '-rw-r--r--'}    1 root     root     ${size} ${name}\n`;
  };
  for (const word of words.length === 0 ? ['.'] : words) {
    const path = pathIn(place.folder, word);
    if (place.files.isFolder(path) && !flags.has('d')) {
      const names = place.files
        .list(path)
        .filter(name => flags.has('a') || flags.has('A') || !name.startsWith('.'));
      if (words.length > 1) stdout(`${word}:\n`);
      for (const name of names) stdout(line(name, posix.join(path, name)));
    } else if (place.files.isFolder(path) || place.files.read(path) !== null) stdout(line(word, path));
    else {
      stderr(`ls: ${word}: No such file or directory\n`);
      exit = 1;
    }
  }
  return exit;
}

function mkdir(place: ToolPlace, argv: readonly string[], { stderr }: ExecStreams): number {
  const { flags, words } = optionsOf(argv, 'p', 'm');
  let exit = 0;
  for (const word of words) {
    const path = pathIn(place.folder, word);
    const paths = flags.has('p') ? pathsTo(path) : [path];
    for (const each of paths) {
      if (flags.has('p') && place.files.isFolder(each)) continue;
      const fault = place.files.makeFolder(each);
      if (fault === null) continue;
      stderr(`mkdir: can't create directory '${word}': ${fault}\n`);
      exit = 1;
      break;
    }
  }
  return exit;
}

function rm(place: ToolPlace, argv: readonly string[], { stderr }: ExecStreams): number {
  const { flags, words } = optionsOf(argv, 'rRf');
  let exit = 0;
  for (const word of words) {
    const fault = place.files.remove(pathIn(place.folder, word), flags.has('r') || flags.has('R'));
    if (fault === null || (flags.has('f') && fault === 'No such file or directory')) continue;
    stderr(`rm: can't remove '${word}': ${fault}\n`);
    exit = 1;
  }
  return exit;
}

function touch(place: ToolPlace, argv: readonly string[], { stderr }: ExecStreams): number {
  let exit = 0;
  for (const word of optionsOf(argv, 'acm', 'dt').words) {
    const fault = place.files.write(pathIn(place.folder, word), Buffer.alloc(0), true);
    if (fault === null) continue;
    stderr(`touch: ${word}: ${fault}\n`);
    exit = 1;
  }
  return exit;
}

function basename(
  _place: ToolPlace,
  [path = '', suffix = '']: readonly string[],
  { stdout }: ExecStreams,
): number {
  stdout(`${posix.basename(path, suffix)}\n`);
  return 0;
}

function dirname(_place: ToolPlace, [path = '']: readonly string[], { stdout }: ExecStreams): number {
  stdout(`${posix.dirname(path)}\n`);
  return 0;
}

async function base64(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  const { flags, words } = optionsOf(argv, 'd', 'w');
  const [name] = words;
  const chunks: Buffer[] = [];
  if (name === undefined) for await (const chunk of streams.stdin ?? []) chunks.push(chunk);
  else {
    const data = place.files.read(pathIn(place.folder, name));
    if (data === null) throw new Misuse(`${name}: No such file or directory`);
    chunks.push(data);
  }
  const data = Buffer.concat(chunks);
  if (flags.has('d')) streams.stdout(Buffer.from(data.toString(), 'base64'));
  else streams.stdout(`${data.toString('base64').replace(/(.{76})(?=.)/g, '$1\n')}\n`);
  return 0;
}

function md5sum(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  return digest('md5', place, argv, streams);
}

function sha256sum(place: ToolPlace, argv: readonly string[], streams: ExecStreams): Promise<number> {
  return digest('sha256', place, argv, streams);
}

async function digest(
  algorithm: string,
  place: ToolPlace,
  argv: readonly string[],
  streams: ExecStreams,
): Promise<number> {
  let exit = 0;
  const told = (message: string) => {
    streams.stderr(`${algorithm}sum: ${message}\n`);
    exit = 1;
  };
  for await (const { chunks, file } of inputsOf(place, argv, streams, told)) {
    const hash = createHash(algorithm);
    for await (const chunk of chunks) hash.update(chunk);
    streams.stdout(`${hash.digest('hex')}  ${file}\n`);
  }
  return exit;
}
