/**
 * stderr while a program has the screen: Node's warnings, --verbose and libraries would write into the frames, so what
 * they say is held back until the shell's screen is there again. A stderr that leads elsewhere is left alone.
 */
type Stderr = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** Only this many writes are kept, the last ones. */
const MOST = 1000;

/** Begins; what it returns ends it and writes what was held back. */
export function holdStderr(stderr: Stderr): () => void {
  if (!stderr.isTTY) return () => {};
  const held: (string | Uint8Array)[] = [];
  const { write } = stderr;
  stderr.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    held.push(chunk);
    if (held.length > MOST) held.shift();
    const done = rest.find(each => typeof each === 'function');
    if (done) queueMicrotask(done as () => void);
    return true;
  };
  return () => {
    stderr.write = write;
    for (const chunk of held.splice(0)) stderr.write(chunk);
  };
}
