import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built.ts';

// The program as a process, with a sandbox in a folder of its own.

let main: string;
const place = mkdtempSync(join(tmpdir(), 'istio-tutor-'));

const ENTRY = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: api}
spec:
  hosts: [api.safedata-zone.io]
  ports: [{number: 443, name: tcp, protocol: TCP}]
  location: MESH_EXTERNAL
  resolution: DNS
`;

beforeAll(async () => {
  main = await builtProgram();
  const files = {
    'entry.yaml': ENTRY,
    'refused.yaml': ENTRY.replace('resolution', 'resolutoin'),
    'config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n',
    'empty.yaml': '# nothing yet\n',
    'broken.yaml': 'kind: [\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(place, name), text);
  mkdirSync(join(place, 'folder'));
}, 60_000);

afterAll(async () => {
  await run('', 'down', '--yes');
  rmSync(place, { recursive: true, force: true });
});

function run(input: string, ...argv: string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: place, NO_COLOR: '1' };
  const args = [main, ...argv, '--on', 'sandbox', '--state', join(place, 'state')];
  return execa(process.execPath, args, { reject: false, env, extendEnv: false, input, cwd: place });
}

describe('istio-tutor plan', { timeout: 30_000 }, () => {
  it('ends with 1 and names the calls that would change', async () => {
    const { exitCode, stdout } = await run('', 'plan', '-f', 'entry.yaml');
    expect(stdout).toContain('ServiceEntry/api: would be created');
    expect(stdout).toContain(
      'GET https://pay.example-pay.io/\n      - example-pay.outside:443\n      + safedata',
    );
    expect(stdout).toContain('from sandbox; nothing was applied');
    expect(exitCode).toBe(1);
  });

  it('says the same of standard input, as JSON', async () => {
    const { exitCode, stdout } = await run(ENTRY, 'plan', '-f', '-', '--json');
    const report = JSON.parse(stdout) as { calls: { call: string }[] };
    expect(report).toMatchObject({
      ...{ provider: 'sandbox', workload: 'deploy/client', namespace: 'mesh-network' },
      objects: [{ what: 'ServiceEntry/api', file: 'standard input', line: 1, outcome: 'created' }],
      unexplained: [],
    });
    expect(report.calls).toContainEqual({
      call: 'GET https://pay.example-pay.io/',
      aspect: 'answer',
      before: 'example-pay.outside:443',
      after: 'safedata-stable.outside:443',
      decidedBy: [],
    });
    expect(exitCode).toBe(1);
  });

  it('ends with 0 where no call changes', async () => {
    const { exitCode, stdout } = await run('', 'plan', '-f', 'config.yaml');
    expect(stdout).toContain('ConfigMap/x: would be applied; what it does to calls is not known here');
    expect(stdout).toContain('No call of deploy/client in mesh-network would change.');
    expect(exitCode).toBe(0);
  });

  it('ends with 2 where the API would refuse, with file and line', async () => {
    const { exitCode, stdout } = await run('', 'plan', '-f', 'refused.yaml');
    expect(stdout).toContain(
      '✗ ServiceEntry/api (refused.yaml:8) would be refused: strict decoding error: unknown field "spec.resolutoin"',
    );
    expect(exitCode).toBe(2);
  });

  it.each([
    ['gone.yaml', 'gone.yaml could not be read.\n  There is no such file.'],
    ['folder', 'folder could not be read.\n  It is a folder;'],
    ['empty.yaml', 'There is no object in empty.yaml.'],
    ['broken.yaml', 'broken.yaml, line '],
  ])('ends with 2 and says what is wrong with %s', async (file, words) => {
    const { exitCode, stdout, stderr } = await run('', 'plan', '-f', file);
    expect(stderr).toContain(words);
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});
