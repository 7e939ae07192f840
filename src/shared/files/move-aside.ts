/** Making room without losing anything: what is there gets another name, one that is free. */
import { rename } from 'node:fs/promises';
import { isThere } from './read.ts';

/**
 * Gives the file the first of `names` (counted from 1) that is free, and returns it; by default PATH.aside,
 * PATH.aside-2 and so on. Rejects with the system's error.
 */
export async function moveAside(
  path: string,
  names = (n: number): string => `${path}.${n === 1 ? 'aside' : `aside-${n}`}`,
): Promise<string> {
  for (let n = 1; ; n++) {
    const aside = names(n);
    if (await isThere(aside)) continue;
    await rename(path, aside);
    return aside;
  }
}
