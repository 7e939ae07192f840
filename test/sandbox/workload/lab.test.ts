import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import type { ContainerRef } from '../../../src/sandbox/rooms.ts';
import { rolledOut } from '../../../src/world/rollout.ts';
import { labWorld, names, type TestWorld } from './world.ts';

let world: TestWorld;
let client: ContainerRef;
let catalog: ContainerRef;

beforeAll(async () => {
  world = await labWorld();
  client = { namespace: names.mesh, pod: await world.pod(names.mesh, 'client'), container: 'curl' };
  catalog = { namespace: names.mesh, pod: await world.pod(names.mesh, 'catalog'), container: 'api' };
  for (const app of ['safedata-stable', 'safedata-canary', 'example-pay'])
    await world.pod(names.outside, app);
});

afterAll(() => world.close());

const deployment = (namespace: string, name: string) =>
  world.store.get('deployments.apps', namespace, name) as Resource as Parameters<typeof rolledOut>[0] &
    Resource;
const change = (namespace: string, name: string, by: (spec: Record<string, never>) => void) => {
  const object = structuredClone(deployment(namespace, name)) as Resource;
  by(object.spec as Record<string, never>);
  return world.apply(object);
};

describe('curl in the client', () => {
  const curl = (...args: string[]) => world.exec(client, ['curl', '-sS', '-m', '8', ...args]);
  const json = async (...args: string[]) => JSON.parse((await curl(...args)).stdout);

  it('gives names the addresses that the call says, within the world', async () => {
    const canary = world.clusterIP(names.outside, 'safedata-canary');
    const pinned = ['--resolve', `api.safedata-zone.io:80:${canary}`];
    expect(await json(...pinned, 'http://api.safedata-zone.io/a')).toMatchObject({
      version: 'canary',
      host: 'api.safedata-zone.io',
    });
    expect(await json(...pinned, 'https://api.safedata-zone.io/a')).toMatchObject({ version: 'stable' });
    const moved = ['--connect-to', 'api.safedata-zone.io:80:canary.safedata-zone.io:'];
    expect(await json(...moved, 'http://api.safedata-zone.io/a')).toMatchObject({
      version: 'canary',
      host: 'api.safedata-zone.io',
    });
    const lost = await curl('--connect-to', '::nowhere.example:', 'http://api.safedata-zone.io/a');
    expect(lost.exit).toBe(6);
    expect(await json('--resolve', `new.example:80:${canary}`, 'http://new.example/')).toMatchObject({
      version: 'canary',
      host: 'new.example',
    });
  });

  it('reaches the world by its names, over plain HTTP and TLS that is verified', async () => {
    expect(await json('http://api.safedata-zone.io/a')).toMatchObject({ version: 'stable', scheme: 'http' });
    expect(await json('https://api.safedata-zone.io/b')).toMatchObject({
      version: 'stable',
      scheme: 'https',
    });
    expect(await json('https://canary.safedata-zone.io/')).toMatchObject({ version: 'canary' });
    expect(await json('http://catalog/')).toMatchObject({ version: 'catalog' });
    expect(await json('http://catalog.mesh-network.svc.cluster.local/')).toMatchObject({
      version: 'catalog',
    });
  });

  it('goes through a proxy that the call or its environment names, which is told nothing of the door', async () => {
    const proxy = 'http://canary.safedata-zone.io:80';
    const asked = ['curl', '-sS', 'http://anything.example/a'];
    const ways = [
      ['curl', '-x', proxy, ...asked.slice(1)],
      ['env', `http_proxy=${proxy}`, ...asked],
    ];
    for (const way of ways) {
      const { stdout } = await world.exec(client, way);
      const answer = JSON.parse(stdout) as { headers: Record<string, string> };
      expect(answer).toMatchObject({ version: 'canary', host: 'anything.example' });
      expect(Object.keys(answer.headers).sort()).toEqual([
        'accept',
        'host',
        'proxy-connection',
        'user-agent',
      ]);
    }
    expect(await curl('-x', 'http://nowhere.example:80', 'http://catalog/')).toMatchObject({
      exit: 5,
      stderr: expect.stringContaining('Could not resolve proxy: nowhere.example'),
    });
    expect(await world.exec(client, ['env', 'http_proxy=socks5://x:1', ...asked])).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('http://HOST:PORT'),
    });
  });

  it('ends as a real one does', async () => {
    expect(await curl('http://nowhere.safedata-zone.io/')).toMatchObject({ exit: 6 });
    expect(await curl('http://nowhere/', '-:', 'http://catalog/')).toMatchObject({ exit: 0 });
    expect(await curl('--next', 'file:///etc/passwd')).toMatchObject({ exit: 1, stdout: '' });
    expect(await curl('-f', 'http://catalog/status/503')).toMatchObject({ exit: 22 });
    expect(await world.exec(client, ['curl', '--version'])).toMatchObject({ exit: 0 });
  });

  it('has the certificates of its container, and sends what comes on stdin', async () => {
    expect(await curl('--cacert', '/etc/lab-ca/ca.pem', 'https://pay.example-pay.io/')).toMatchObject({
      exit: 0,
    });
    const sent = await world.exec(client, ['curl', '-sS', '-d', '@-', 'http://catalog/'], { stdin: 'a=b' });
    expect(JSON.parse(sent.stdout)).toMatchObject({ method: 'POST', headers: { 'content-length': '3' } });
  });

  const shell = async (script: string) => {
    const { stdout, stderr } = await world.exec(client, ['sh', '-c', script]);
    return stdout + stderr;
  };

  it('writes files of the container, relative and absolute, which stay there', async () => {
    expect(await curl('-o', '/tmp/body', '-D', '/tmp/head', 'http://catalog/')).toMatchObject({ exit: 0 });
    expect(await shell('cat /tmp/head')).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(JSON.parse(await shell('cat /tmp/body'))).toMatchObject({ path: '/' });
    expect(await shell('cd /tmp; curl -s -o part http://catalog/part; cd /; cat tmp/part')).toContain(
      '"/part"',
    );
    expect(await shell('cd /tmp; curl -s -O http://catalog/whole; cat /tmp/whole')).toContain('"/whole"');
    expect(await shell('curl -s http://catalog/set -c /tmp/jar; cat /tmp/jar')).toContain('HTTP Cookie File');
  });

  it('says where it cannot write', async () => {
    for (const [place, why] of [
      ['/nowhere/body', /cannot be \/nowhere\/body here: the container has no such folder\./],
      ['/tmp', /it is a folder\./],
      ['/etc/hosts', /the container has it mounted, and cannot change it\./],
    ] as const)
      expect(await curl('-o', place, 'http://catalog/')).toMatchObject({
        exit: 2,
        stderr: expect.stringMatching(why),
      });
  });

  it('sends files of the container by their names', async () => {
    await shell('mkdir -p /tmp/out; printf 12345 > /tmp/out/five; printf 123 > /tmp/three');
    const sent = async (script: string) =>
      JSON.parse(await shell(script)) as { method: string; path: string; headers: Record<string, string> };
    const put = await sent('curl -s -T /tmp/out/five http://catalog/up/');
    expect(put).toMatchObject({ method: 'PUT', path: '/up/five', headers: { 'content-length': '5' } });
    expect(await sent('cd /tmp; curl -s -d @three http://catalog/')).toMatchObject({
      headers: { 'content-length': '3' },
    });
    const form = await shell(
      'curl -s --trace-ascii - -F "a=@/tmp/out/five;type=text/plain" http://catalog/ 2>&1',
    );
    expect(form).toContain('Content-Disposition: form-data; name="a"; filename="five"');
    expect(form).toContain('12345');
    expect(await shell('curl -s -T /tmp/none http://catalog/')).toMatch(/the container has no such file/);
    expect(await shell('ls /tmp/out')).toBe('five\n');
  });

  it('names itself to the sidecar by the port that curl tells', async () => {
    const { stdout } = await curl('-o', '/dev/null', '-w', '%{local_port}', 'http://catalog/');
    const log = await world.log({ ...client, container: 'istio-proxy' });
    expect(log.some(line => line.endsWith(`:${stdout}`))).toBe(true);
  });

  it('never reaches the machine', async () => {
    let calls = 0;
    const canary = createServer((_request, response) => {
      calls += 1;
      response.end('machine');
    });
    await new Promise<void>(done => canary.listen(0, '127.0.0.1', done));
    const { port } = canary.address() as AddressInfo;
    for (const host of [
      '127.0.0.1',
      'localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '[::1]',
      '0.0.0.0',
      'a.localhost',
    ]) {
      const { exit } = await curl(`http://${host}:${port}/`);
      expect(exit, host).not.toBe(0);
    }
    await curl('-L', `http://nowhere/`, `http://127.0.0.1:${port}/`);
    expect(calls).toBe(0);
    canary.close();
  });

  it('dies with who asked for it', async () => {
    const abort = new AbortController();
    const running = world.exec(client, ['curl', '-sN', 'http://catalog/delay/30'], { signal: abort.signal });
    await world.until(() => true);
    abort.abort();
    expect(await running).toMatchObject({ exit: 137 });
  });

  it('tells a refusal in one sentence', async () => {
    expect(await curl('--preproxy', 'http://127.0.0.1:1', 'http://catalog/')).toEqual({
      exit: 2,
      stdout: '',
      stderr: expect.stringMatching(/^sandbox: curl's --preproxy is not among the options .*\n$/),
    });
  });
});

describe('small commands', () => {
  it('run in the environment that env makes', async () => {
    const env = (...words: string[]) => world.exec(client, ['env', ...words]);
    expect((await env('A=b=c', 'env')).stdout).toMatch(/^HOSTNAME=client-.*\nA=b=c\n$/ms);
    expect((await env('-u', 'HOSTNAME', '-i', 'A=b', '/bin/sh', '-c', 'echo $A$HOSTNAME')).stdout).toBe(
      'b\n',
    );
    expect((await env('A=b')).stdout).toContain('A=b\n');
    expect(await env('A=b', 'vim')).toMatchObject({
      exit: 127,
      stderr: "env: can't execute 'vim': No such file or directory\n",
    });
    expect(await env('--chdir=/', 'true')).toMatchObject({
      exit: 125,
      stderr: expect.stringContaining('-u NAME'),
    });
  });

  it('are those that the contract asks for', async () => {
    const run = (...command: string[]) => world.exec(client, command);
    expect(await run('sh', '-c', 'echo out; echo err >&2; exit 7')).toEqual({
      exit: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await world.exec(client, ['cat'], { stdin: 'a "b"\nc' })).toMatchObject({
      stdout: 'a "b"\nc',
      exit: 0,
    });
    expect(await run('echo', 'a  b', '$HOME')).toMatchObject({ stdout: 'a  b $HOME\n' });
    expect(await run('true')).toMatchObject({ exit: 0 });
    expect(await run('cat', '/etc/hosts')).toMatchObject({
      stdout: expect.stringMatching(/api\.safedata-zone\.io\tstable/),
    });
    expect(await run('cat', '/etc/lab-ca/ca.pem')).toMatchObject({
      stdout: expect.stringMatching(/BEGIN CERTIFICATE/),
    });
    expect(await run('cat', '/etc/passwd')).toMatchObject({ exit: 1, stdout: '' });
    expect(
      await run('sh', '-c', 'false && echo no || echo "$?"; curl -s http://catalog/ > /dev/null'),
    ).toMatchObject({
      ...{ exit: 0, stdout: '1\n' },
    });
    expect(
      await run(
        'sh',
        '-c',
        'for i in $(seq 6); do curl -s http://catalog/; done | grep -o "catalog" | sort | uniq -c',
      ),
    ).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^ +\d+ catalog\n$/) });
    expect(
      await run(
        'sh',
        '-c',
        'printf "catalog\\nnowhere\\n" | while read host; do curl -s -o /dev/null -w "%{http_code}\\n" http://$host/; done',
      ),
    ).toMatchObject({ stdout: '200\n000\n' });
    expect(await run('getent', 'hosts', 'catalog')).toMatchObject({ exit: 0 });
    expect(await run('constructor')).toMatchObject({
      exit: 127,
      error: expect.stringContaining('exec: "constructor": executable file not found in $PATH'),
    });
  });

  it('in the sidecar ask it about itself', async () => {
    const proxy = { ...client, container: 'istio-proxy' };
    const ask = (...words: string[]) => world.exec(proxy, ['pilot-agent', 'request', ...words]);
    expect(await ask('GET', 'stats?filter=update_rejected')).toMatchObject({
      ...{ exit: 0, stdout: expect.stringContaining('cds.update_rejected: 0\n') },
    });
    expect(JSON.parse((await ask('GET', '/config_dump?include_eds')).stdout)).toHaveProperty('configs');
    // Istio's pilot-agent ends what Envoy answers with one more line end.
    expect((await ask('GET', 'ready')).stdout).toBe('LIVE\n\n');
    expect(await ask('GET', 'nonesuch')).toMatchObject({ exit: 1, stderr: expect.stringContaining('404') });
    expect(await ask('POST', 'quitquitquit')).toMatchObject({ exit: 1, stdout: '' });
    expect(await world.exec(proxy, ['curl', '-s', 'localhost:15000/ready'])).toMatchObject({
      ...{ exit: 0, stdout: 'LIVE\n' },
    });
    expect(await world.exec(proxy, ['wget', 'localhost:15000'])).toMatchObject({
      ...{ exit: 127, stderr: expect.stringContaining('pilot-agent') },
    });
  });

  it('say where nobody is', async () => {
    const gone = await world.exec({ ...client, pod: 'client-gone' }, ['true']);
    expect(gone).toMatchObject({ exit: 126, error: 'container not found ("curl")' });
    const init = await world.exec({ ...client, container: 'istio-init' }, ['true']);
    expect(init).toMatchObject({ error: 'container not found ("istio-init")' });
  });

  it('end when they are told to', async () => {
    const abort = new AbortController();
    const options = { signal: abort.signal, onStdout: () => abort.abort() };
    expect(await world.exec(client, ['sh', '-c', 'echo begun; sleep 30'], options)).toMatchObject({
      ...{ exit: 137, stdout: 'begun\n' },
    });
  });
});

describe('the question whether Services are reached', () => {
  const ask = async (want: string) => {
    const ip = world.clusterIP(names.outside, 'example-pay');
    const targets = JSON.stringify([{ name: 'example-pay', host: ip, want }]);
    return world.exec(catalog, ['node', '-e', 'ignored', targets, '0']);
  };

  it('is answered from the network', async () => {
    expect(await ask('open')).toMatchObject({ exit: 0, stdout: '' });
    expect(await ask('refused')).toMatchObject({ exit: 0, stdout: 'example-pay is open\n' });
    expect(await world.exec(catalog, ['node', '-e', 'process.exit()'])).toMatchObject({ exit: 127 });
  });
});

describe('changes of a Deployment', () => {
  it('to no replicas leaves nobody to answer, and back', async () => {
    const pay = () => deployment(names.outside, 'example-pay');
    change(names.outside, 'example-pay', spec => Object.assign(spec, { replicas: 0 }));
    await world.until(() => rolledOut(pay()));
    expect(
      world.store.list('pods', names.outside).filter(each => each.metadata.labels?.app === 'example-pay'),
    ).toEqual([]);
    const slices = () => world.store.list('endpointslices.discovery.k8s.io', names.outside);
    await world.until(() =>
      slices().some(
        ({ metadata, endpoints }) => metadata.labels?.app === 'example-pay' && (endpoints as []).length === 0,
      ),
    );
    const ip = world.clusterIP(names.outside, 'example-pay');
    await expect(world.network.dial({ ip, port: 80 }, '10.244.0.9')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    change(names.outside, 'example-pay', spec => Object.assign(spec, { replicas: 1 }));
    await world.pod(names.outside, 'example-pay');
    await world.until(() => rolledOut(pay()));
    (await world.network.dial({ ip, port: 80 }, '10.244.0.9')).destroy();
  });

  it('in the environment makes a new pod with a new log; the old log ends', async () => {
    const old = await world.pod(names.outside, 'safedata-canary');
    const target = { namespace: names.outside, pod: old, container: 'api' };
    const followed = world.log(target, { follow: true });
    change(names.outside, 'safedata-canary', spec => {
      const template = (spec as unknown as { template: { spec: { containers: { env: object[] }[] } } })
        .template;
      template.spec.containers[0]?.env.splice(1, 1, { name: 'FIREWALL', value: '403' });
    });
    await world.until(() => rolledOut(deployment(names.outside, 'safedata-canary')));
    expect(await world.pod(names.outside, 'safedata-canary')).not.toBe(old);
    expect(Array.isArray(await followed)).toBe(true);
    const { stdout } = await world.exec(client, ['curl', '-s', 'http://canary.safedata-zone.io/']);
    const ip = world.podIP(names.mesh, client.pod);
    expect(stdout).toBe(`Forbidden: calls from ${ip} are not allowed here.\n`);
  });

  it('is undone by itself when a pod is deleted', async () => {
    const old = await world.pod(names.outside, 'safedata-stable');
    world.store.delete('pods', names.outside, old);
    expect(await world.pod(names.outside, 'safedata-stable')).not.toBe(old);
    expect(world.store.list('events', names.outside)).toContainEqual(
      expect.objectContaining({ reason: 'Killing' }),
    );
  });

  it('says what will not run', () => {
    const image = (spec: unknown) => {
      const { template } = spec as { template: { spec: { containers: { image: string }[] } } };
      for (const container of template.spec.containers) container.image = 'nginx:1';
    };
    expect(change(names.outside, 'example-pay', image)).toEqual([
      expect.stringMatching(/nginx:1 will not start/),
    ]);
  });
});
