import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { options, writeLicenses } from '../../scripts/build.js';

// What npm packs, installed in an empty folder without a network, by somebody who has nothing of this repository.

const root = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const place = mkdtempSync(join(tmpdir(), 'package-'));
const home = join(place, 'home');

beforeAll(async () => {
  const made = join(place, 'made');
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const each of ['package.json', 'README.md', ...files])
    if (each !== 'dist') cpSync(join(root, each), join(made, each), { recursive: true });
  const { metafile } = await build({ ...options, outdir: join(made, 'dist') });
  await writeLicenses(metafile, join(made, 'dist'));
  const npm = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(place, 'cache')];
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', place, ...npm], { cwd: made });
  const [{ filename }] = JSON.parse(stdout);
  await run('npm', ['install', ...npm, '--prefix', home, join(place, filename)]);
}, 120_000);

function tutor(...args: string[]) {
  const mine = ['--state', join(place, 'state'), '--work', join(place, 'work')];
  const program = join(home, 'node_modules/.bin/istio-tutor');
  return run(process.execPath, [program, ...args, ...mine], { cwd: place });
}

describe('the package', () => {
  it('brings nothing with it', () => {
    const installed = readdirSync(join(home, 'node_modules')).filter(name => !name.startsWith('.'));
    expect(installed).toEqual(['istio-tutor']);
  });

  it('has the licences of all that is in its bundles', () => {
    const text = readFileSync(join(home, 'node_modules/istio-tutor/dist/licenses.txt'), 'utf8');
    for (const name of ['ink', 'react', 'yaml', 'commander', '@kubernetes/client-node'])
      expect(text).toContain(`\n${name} `);
  });

  it('lists the lessons', async () => {
    const { stdout } = await tutor('list', '--json');
    expect(JSON.parse(stdout).lessons.length).toBeGreaterThan(5);
  });

  it('has the fields of the reference as one JSON document', async () => {
    const { pages } = JSON.parse((await tutor('reference', '--json')).stdout);
    expect(pages.map((each: { kind: string }) => each.kind)).toEqual([
      ...['ServiceEntry', 'DestinationRule', 'VirtualService', 'Sidecar'],
    ]);
    const one = JSON.parse((await tutor('reference', 'dr', '--json')).stdout);
    expect(one).toEqual({ pages: [pages[1]] });
    expect(one.pages[0].markdown).toMatch(/^# DestinationRule\n/);
    expect(one.pages[0].fields).toContainEqual({
      path: 'trafficPolicy.outlierDetection.consecutive5xxErrors',
      ...{ type: 'integer', required: false, default: '5', defaultOf: 'Envoy' },
      text: 'in a row; failed connections count as 503. 0 turns it off.',
    });
  });

  it('has the pages of the reference, by a kind or its short name, and the glossary', async () => {
    for (const [word, title] of [
      ['ServiceEntry', 'ServiceEntry'],
      ['dr', 'DestinationRule'],
      ['vs', 'VirtualService'],
      ['sidecars', 'Sidecar'],
      ['uf', 'UF, UpstreamConnectionFailure'],
      ['sni', 'SNI'],
      ['35', 'exit code 35'],
    ] as const) {
      const lines = (await tutor('reference', word)).stdout.split('\n');
      expect(lines[0]).toBe(title);
      // In words alone, and in lines of a pipe; the example is as it is written.
      const long = lines.filter(each => each.length > 80 && !/^( {2}|https:\/\/\S+$)/.test(each));
      expect([long, lines.filter(each => /^#|`|\*\*/.test(each))]).toEqual([[], []]);
    }
  });

  it('runs a lesson in the sandbox', async () => {
    const { stdout } = await tutor('run', '1', '--on', 'sandbox', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  }, 120_000);
});
