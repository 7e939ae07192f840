import { expect, it } from 'vitest';
import { underFault } from '../../../support/faults.ts';
import { folderWith } from '../../../support/tiny-course.ts';

it('a certificate that did not fit onto the disk is not half there for the next call', async () => {
  const root = folderWith({});
  const code = `
    import { readdirSync } from 'node:fs';
    import { CurlFolder } from '../../src/sandbox/workload/curl/folder.ts';
    const folder = new CurlFolder();
    const tries = [1, 2].map(() => {
      try {
        return folder.copyOf('x'.repeat(2000));
      } catch (error) {
        return error.code;
      }
    });
    const left = readdirSync(folder.path);
    await folder.remove();
    console.log(JSON.stringify([tries, left]));`;
  expect(await underFault({ within: root, room: 1 }, code)).toEqual([['EFBIG', 'EFBIG'], []]);
});
