import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../src/shared/files/make-folder.ts';

const place = mkdtempSync(join(tmpdir(), 'make-folder-'));

describe('a folder', () => {
  it('is made with all above it, once or again, by one or by many', async () => {
    const path = join(place, 'a/b/c');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, 'd'))]);
    await makeFolder(path);
    expect(statSync(join(path, 'd')).isDirectory()).toBe(true);
  });

  it('is not made where a file stands', async () => {
    writeFileSync(join(place, 'file'), '');
    await expect(makeFolder(join(place, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(place, 'file/x/y'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')(
    'is refused, and not waited for, where there can be none',
    async () => {
      await expect(makeFolder('/proc/nope/x')).rejects.toMatchObject({ code: 'ENOENT' });
    },
  );

  it('has the mode that is asked for', async () => {
    await makeFolder(join(place, 'own/tokens'), 0o700);
    expect(statSync(join(place, 'own/tokens')).mode & 0o777).toBe(0o700);
  });
});
