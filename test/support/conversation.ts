import type { ResultPromise } from 'execa';

/** A program that is talked to line by line: `says` waits for a text that comes after what was waited for before. */
export function conversation(child: ResultPromise) {
  let text = '';
  let wake = () => {};
  child.stdout?.on('data', chunk => {
    text += chunk;
    wake();
  });
  void child.then(() => wake());
  let read = 0;
  const says = async (wanted: string) => {
    for (;;) {
      const found = text.indexOf(wanted, read);
      if (found >= 0) {
        read = found + wanted.length;
        return;
      }
      if (child.exitCode !== null) {
        throw new Error(`it never said ${wanted}, but: ${text}\n${(await child).stderr}`);
      }
      await new Promise<void>(resolve => (wake = resolve));
    }
  };
  return { says, type: (line: string) => child.stdin?.write(`${line}\n`) };
}
