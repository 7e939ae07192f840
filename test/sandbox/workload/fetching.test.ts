import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerRef } from '../../../src/sandbox/rooms.ts';
import { labWorld, names, type TestWorld } from './world.ts';

// The small programs of the network that people type in a client: wget, nc, nslookup.

let world: TestWorld;
let client: ContainerRef;
beforeAll(async () => {
  world = await labWorld();
  client = { namespace: names.mesh, pod: await world.pod(names.mesh, 'client'), container: 'curl' };
  await world.pod(names.mesh, 'catalog');
});
afterAll(() => world.close());

const sh = (script: string) => world.exec(client, ['sh', '-c', script]);

describe('wget', () => {
  it('fetches to a file or to stdout, and passes the sidecar', async () => {
    const { stdout, exit } = await sh('wget -q -O - http://catalog/a');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ path: '/a', headers: { 'user-agent': 'Wget' } });
    const log = await world.log({ ...client, container: 'istio-proxy' });
    expect(log.filter(line => /:80 [\d.]+:\d+$/.test(line))).toHaveLength(1);
    const saved = await sh('cd /tmp && wget catalog/b && cat b');
    expect(saved.stdout).toContain('"/b"');
    expect(saved.stderr).toMatch(/^Connecting to catalog \([\d.]+:80\)\nsaving to 'b'\n'b' saved\n$/);
    expect(await sh('cd /tmp && wget -q catalog/b')).toMatchObject({
      exit: 1,
      stderr: "wget: can't open 'b': File exists\n",
    });
  });

  it('shows headers, and only looks', async () => {
    const { stderr, stdout, exit } = await sh('wget -S --spider http://catalog/');
    expect([stdout, exit]).toEqual(['', 0]);
    expect(stderr).toMatch(/\n {2}HTTP\/1\.1 200 OK\n {2}.*\nremote file exists\n$/s);
  });

  it('ends as BusyBox ends', async () => {
    expect(await sh('wget -q -O - http://catalog/status/503')).toMatchObject({
      ...{ exit: 1, stdout: '' },
      stderr: expect.stringMatching(/^wget: server returned error: HTTP\/1\.1 503 /),
    });
    expect(await sh('wget nowhere')).toMatchObject({ exit: 1, stderr: "wget: bad address 'nowhere'\n" });
    expect(await sh('wget -q http://127.0.0.1:9/')).toMatchObject({
      exit: 1,
      stderr: "wget: can't connect to remote host (127.0.0.1): Connection refused\n",
    });
    expect(await sh('wget -q -T 0.3 "http://catalog/delay/3"')).toMatchObject({
      exit: 1,
      stderr: 'wget: download timed out\n',
    });
    expect((await sh('wget --mirror http://catalog/')).stderr).toMatch(
      /^wget: unrecognized option '--mirror'/,
    );
    expect((await sh('wget -q http://catalog/ -O /no/where')).stderr).toBe(
      "wget: can't open '/no/where': No such file or directory\n",
    );
  });
});

describe('nc', () => {
  it('tells whether a port is open', async () => {
    expect(await sh('nc -zv -w 2 catalog 80')).toMatchObject({
      exit: 0,
      stderr: expect.stringMatching(/^catalog \([\d.]+:80\) open\n$/),
    });
    expect(await sh('nc -zv 127.0.0.1 9')).toMatchObject({
      exit: 1,
      stderr: 'nc: 127.0.0.1 (127.0.0.1:9): Connection refused\n',
    });
    expect(await sh('nc -z nowhere 80')).toMatchObject({ exit: 1, stderr: "nc: bad address 'nowhere'\n" });
  });

  it('says that it does no more', async () => {
    for (const command of ['nc catalog 80', 'nc -z catalog', 'nc -l -p 80'])
      expect((await sh(command)).stderr, command).toMatch(/^nc: (here it only asks|invalid option)/);
  });
});

describe('nslookup', () => {
  it('takes the type of a record', async () => {
    expect((await sh('nslookup -type=A catalog')).stdout).toMatch(/Name:\tcatalog\nAddress: [\d.]+\n/);
    expect((await sh('nslookup -type=aaaa catalog')).stdout).toContain("*** Can't find catalog: No answer");
    expect(await sh('nslookup -type=SRV catalog')).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/^sandbox: nslookup .* no records but addresses\.\n$/),
    });
  });
});
