import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rememberChoice, rememberedChoice } from '../../src/cluster/choice.ts';
import { chooseCluster } from '../../src/cluster/choose.ts';
import { paths } from '../../src/shared/paths.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'choice-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const kindOf = async (options: { on?: string; name?: string } = {}) =>
  (await chooseCluster({ stateDir, ...options })).cluster.can.kind;

it('is the sandbox where nothing was chosen', async () => {
  expect(rememberedChoice(paths(stateDir))).toBeNull();
  expect(await kindOf()).toBe('sandbox');
});

it('is taken again, until --on says otherwise for this once', async () => {
  rememberChoice(paths(stateDir), 'kind');
  expect(await kindOf()).toBe('kind');
  expect(await kindOf({ on: 'sandbox' })).toBe('sandbox');
  expect(await kindOf()).toBe('kind');
  rememberChoice(paths(stateDir), 'sandbox');
  expect(await kindOf()).toBe('sandbox');
});

it('gives way to a flag that only kind has', async () => {
  rememberChoice(paths(stateDir), 'sandbox');
  expect(await kindOf({ name: 'second' })).toBe('kind');
  await expect(kindOf({ on: 'sandbox', name: 'second' })).rejects.toThrow('--name is for clusters');
});

it('is a kind cluster that was made before choices were remembered', async () => {
  writeFileSync(paths(stateDir).kubeconfig('kind'), '');
  expect(rememberedChoice(paths(stateDir))).toBe('kind');
});

it.each([['{'], ['{"version":2,"on":"kind"}'], ['{"version":1}'], ['null']])(
  'asks again where the file says %s',
  text => {
    writeFileSync(join(stateDir, 'choice.json'), text);
    expect(rememberedChoice(paths(stateDir))).toBeNull();
  },
);

it('lets the lessons go on where the disk cannot be written', () => {
  mkdirSync(join(stateDir, 'choice.json'));
  rememberChoice(paths(stateDir), 'sandbox');
  expect(rememberedChoice(paths(stateDir))).toBeNull();
});

it('is written once', () => {
  rememberChoice(paths(stateDir), 'context=dev');
  expect(JSON.parse(readFileSync(join(stateDir, 'choice.json'), 'utf8'))).toEqual({
    version: 1,
    on: 'context=dev',
  });
});
