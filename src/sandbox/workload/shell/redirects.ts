/** `> FILE`, `2>&1`, `< FILE`, `<<END`. */
import { expandText, type ShellState } from './expand.ts';
import type { ContainerFiles, FileFault } from './files.ts';
import { pathIn } from './paths.ts';
import { Input, type Out, type Streams } from './streams.ts';
import type { Redirect } from './syntax.ts';

/** A message for stderr; the command fails. */
export class RedirectFault extends Error {}

interface Opener extends ShellState {
  readonly name: string;
  readonly folder: string;
  readonly place: { readonly files: ContainerFiles };
}

const NOWHERE: Out = { write: () => {} };

/**
 * Runs a command with its streams redirected. Throws a RedirectFault, or what an expansion or the command throws. What
 * does not fit into a file any more makes the exit code 1.
 */
export async function redirected(
  redirects: readonly Redirect[],
  streams: Streams,
  shell: Opener,
  run: (streams: Streams) => Promise<number>,
): Promise<number> {
  if (redirects.length === 0) return run(streams);
  const files: FileOut[] = [];
  let { stdin, stdout, stderr } = streams;
  for (const { fd, operator, target } of redirects) {
    const text = await expandText(target, shell);
    if (operator === '<<') {
      stdin = Input.of(text);
    } else if (operator === '<') {
      stdin = inputOf(text, stdin, shell);
    } else if (operator === '<&') {
      if (text !== '0' && text !== '-') throw new RedirectFault(`${text}: bad file descriptor`);
      if (text === '-') stdin = null;
    } else {
      const out =
        operator === '>&'
          ? copyOf(text, stdout, stderr)
          : outputOf(text, operator === '>>', stdout, stderr, shell);
      if (out instanceof FileOut) files.push(out);
      if (fd === 1) stdout = out;
      else if (fd === 2) stderr = out;
      else throw new RedirectFault(`${fd}: the sandbox's shell has the streams 0, 1 and 2`);
    }
  }
  let status: number;
  try {
    status = await run({ ...streams, stdin, stdout, stderr });
  } finally {
    for (const file of files) file.flush();
  }
  const fault = files.map(file => file.fault).find(each => each !== null);
  if (fault === undefined) return status;
  streams.stderr.write(`${shell.name}: write error: ${fault}\n`);
  return 1;
}

function inputOf(name: string, stdin: Input | null, shell: Opener): Input | null {
  const path = pathIn(shell.folder, name);
  if (path === '/dev/stdin') return stdin;
  const data = shell.place.files.read(path);
  if (data === null) throw new RedirectFault(`cannot open ${name}: No such file`);
  return Input.of(data);
}

function copyOf(text: string, stdout: Out, stderr: Out): Out {
  if (text === '1') return stdout;
  if (text === '2') return stderr;
  if (text === '-') return NOWHERE;
  throw new RedirectFault(`${text}: bad file descriptor`);
}

function outputOf(name: string, append: boolean, stdout: Out, stderr: Out, shell: Opener): Out {
  const path = pathIn(shell.folder, name);
  if (path === '/dev/null') return NOWHERE;
  if (path === '/dev/stdout') return stdout;
  if (path === '/dev/stderr') return stderr;
  const { files } = shell.place;
  const fault = files.write(path, Buffer.alloc(0), append);
  if (fault !== null) throw new RedirectFault(`cannot create ${name}: ${fault}`);
  return new FileOut(files, path);
}

/** Appends in pieces that are not too small. */
class FileOut implements Out {
  readonly #files: ContainerFiles;
  readonly #path: string;
  #held: Buffer[] = [];
  #size = 0;
  fault: FileFault | null = null;

  constructor(files: ContainerFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  write(chunk: Buffer | string): void {
    const data = Buffer.from(chunk);
    this.#held.push(data);
    this.#size += data.length;
    if (this.#size > 64 * 1024) this.flush();
  }

  flush(): void {
    if (this.#size > 0) this.fault ??= this.#files.write(this.#path, Buffer.concat(this.#held), true);
    this.#held = [];
    this.#size = 0;
  }
}
