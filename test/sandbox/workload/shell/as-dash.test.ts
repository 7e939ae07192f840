import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { container } from './container.ts';

// Debian's sh is dash, and its programs are GNU's: what these scripts print is the same with all of them.

const SCRIPTS = readFileSync(join(import.meta.dirname, 'scripts.txt'), 'utf8')
  .trimEnd()
  .split('\n%%\n');
const isDash = existsSync('/bin/sh') && /dash$/.test(realpathSync('/bin/sh'));
const env = { PATH: process.env.PATH ?? '', HOME: '/', A: 'b' };

describe.skipIf(!isDash)('a script in a container', () => {
  it.each(SCRIPTS)('ends as in dash: %s', async script => {
    const theirs = await execa('/bin/sh', ['-c', script], {
      ...{ env, extendEnv: false, cwd: '/', reject: false, stripFinalNewline: false, input: '' },
    });
    const ours = await container()(['sh', '-c', script]);
    expect([ours.exit, ours.stdout]).toEqual([theirs.exitCode, theirs.stdout]);
    expect(ours.stderr === '').toBe(theirs.stderr === '');
  });
});
