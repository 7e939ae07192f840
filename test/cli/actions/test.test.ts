import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, listObjects } from '../../../src/kube/apply.ts';
import { builtProgram } from '../../support/built.ts';
import { sandboxWorld } from '../../support/sandbox-world.ts';
import { CHECKS, ROUTE, SCENE, sceneFolder } from '../../support/scenes.ts';

// What a team's CI does: the program as a process, with a folder of its own for everything that it might leave behind.

let main: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
const place = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
const temp = mkdtempSync(join(tmpdir(), 'istio-tutor-temp-'));
afterAll(() => {
  for (const folder of [place, temp]) rmSync(folder, { recursive: true, force: true });
});

const env = { PATH: process.env.PATH ?? '', HOME: place, TMPDIR: temp, NO_COLOR: '1' };

function start(cwd: string, ...argv: string[]) {
  return execa(process.execPath, [main, 'test', ...argv], {
    reject: false,
    env,
    extendEnv: false,
    input: '',
    cwd,
  });
}

const LEFT = /^istio-tutor/;
const leftBehind = () => readdirSync(temp).filter(name => LEFT.test(name));

describe('istio-tutor test', () => {
  it('says of each check that it holds, and leaves nothing behind', async () => {
    const { exitCode, stdout } = await start(sceneFolder(), 'scene.yaml');
    expect(stdout).toMatch(/^✓ Who gets the users {2}scene\.yaml {2}\d/);
    expect(stdout).toMatch(/✓ users are asked for at their service +200 from users, scheme http/);
    expect(stdout).toMatch(/✓ 1 scene: 2 checks, all as expected\. sandbox, /);
    expect([exitCode, leftBehind(), existsSync(join(place, '.local'))]).toEqual([0, [], false]);
  }, 60_000);

  it('says of one that fails what was expected and found, and draws the way, with 1', async () => {
    const broken = ROUTE.replace('prefix: /users', 'exact: /users');
    const folder = sceneFolder({ 'route.yaml': broken });
    const junit = join(folder, 'report.xml');
    const { exitCode, stdout } = await start(folder, 'scene.yaml', '--junit', junit);
    expect(stdout).toContain(
      [
        '    ✗ users are asked for at their service',
        '        expected an answer of users',
        '        found    200 from monolith, scheme http',
        '',
        '        $ curl http://www.example.com/users/1',
        '        app ━━━▶ sidecar ━━━━━▶ cluster ',
      ].join('\n'),
    );
    expect(stdout).toContain('✗ 1 scene: 1 of 2 checks failed.');
    expect(exitCode).toBe(1);
    expect(readFileSync(junit, 'utf8')).toContain(
      '<testsuite name="Who gets the users" file="scene.yaml" tests="2" failures="1" errors="0" skipped="0"',
    );
    expect(readFileSync(junit, 'utf8')).toContain(
      '<testcase classname="scene.yaml" name="users: users are asked for at their service"><failure message="expected an answer of users, found 200 from monolith, scheme http">$ curl http://www.example.com/users/1\napp: passed, http\n',
    );
  }, 60_000);

  it('says in its last line that nothing could be checked where there is no curl, with 3', async () => {
    const bare = { ...env, PATH: mkdtempSync(join(temp, 'path-')) };
    const { exitCode, stdout } = await execa(process.execPath, [main, 'test', 'scene.yaml'], {
      ...{ reject: false, env: bare, extendEnv: false, input: '', cwd: sceneFolder() },
    });
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^✗ 1 scene: it could not be checked\. sandbox, /);
    expect(exitCode).toBe(3);
  }, 60_000);

  it('tells every scene that cannot be read, runs the others, and ends with 2', async () => {
    const broken = { 'a/scene.yaml': SCENE.replace('title:', 'tittle:'), 'b/scene.yaml': '[]\n' };
    const folder = sceneFolder({ ...broken, 'c/scene.yaml': SCENE, 'c/route.yaml': ROUTE });
    rmSync(join(folder, 'scene.yaml'));
    const { exitCode, stdout, stderr } = await start(folder, '.', '--junit', 'report.xml');
    expect(stderr).toMatch(/A scene is wrong: a\/scene\.yaml:2:1.*A scene is wrong: b\/scene\.yaml:1:1/s);
    expect(stdout).toMatch(/✓ Who gets the users {2}c\/scene\.yaml/);
    expect(stdout).toMatch(/✗ 1 scene: 2 checks, all as expected; 2 scenes could not be read\. sandbox/);
    expect(exitCode).toBe(2);
    expect(readFileSync(join(folder, 'report.xml'), 'utf8')).toContain(
      '<testcase classname="a/scene.yaml" name="scene"><error message="A scene is wrong: a/scene.yaml:2:1 ',
    );
    const { stdout: json } = await start(folder, 'a', 'b', 'nowhere', '--json');
    expect(JSON.parse(json)).toMatchObject({
      ...{ ok: false, counts: { scenes: 0 }, scenes: [] },
      unreadable: [{ file: 'nowhere' }, { file: join('a', 'scene.yaml') }, { file: join('b', 'scene.yaml') }],
    });
  }, 60_000);

  it("warns of the mesh's ConfigMap only where its writer wrote what is not modelled", async () => {
    const config = (mesh: string) => ({
      'scene.yaml': SCENE.replace('[route.yaml]', '[route.yaml, mesh.yaml]'),
      'mesh.yaml': `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    outboundTrafficPolicy: {mode: REGISTRY_ONLY}
${mesh}`,
    });
    const warnings = async (mesh: string) => {
      const { stdout } = await start(sceneFolder(config(mesh)), 'scene.yaml', '--json');
      return JSON.parse(stdout).scenes[0].warnings;
    };
    expect(await warnings('')).toEqual([]);
    expect(await warnings('    connectTimeout: 1s\n')).toEqual([
      { what: 'ConfigMap/istio', message: expect.stringMatching(/^data.mesh.connectTimeout: /) },
    ]);
  }, 60_000);

  it('tells the file, the line and the words of a manifest that the API refuses, as JSON too', async () => {
    const broken = ROUTE.replace('prefix: /users', 'prefx: /users');
    const { exitCode, stdout } = await start(sceneFolder({ 'route.yaml': broken }), 'scene.yaml', '--json');
    const { ok, counts, scenes } = JSON.parse(stdout);
    expect([exitCode, ok]).toEqual([1, false]);
    expect(counts).toEqual({
      ...{ scenes: 1, checks: 2, passed: 0, failed: 0, couldNotCheck: 0, notTried: 2, refused: 1 },
    });
    expect(scenes[0].refused).toEqual([
      {
        what: 'VirtualService/shop',
        message: expect.stringContaining('unknown field "spec.http[0].match[0].uri.prefx"'),
        ...{ file: 'route.yaml', line: 10, field: 'spec.http[0].match[0].uri.prefx' },
      },
    ]);
    expect(scenes[0].checks[0]).toMatchObject({ id: 'users', state: 'not-tried' });
  }, 60_000);

  it('changes what is there between checks, and sends only the check that is asked for', async () => {
    const change = `  - change:\n      - scale: {deployment: users, replicas: 0}\n`;
    const gone = `  - id: gone\n    title: nobody is left\n    call: {curl: ['http://www.example.com/users']}\n    expect: {code: 503, log: {flags: UH}}\n`;
    const folder = sceneFolder({ 'scene.yaml': `${SCENE}${change}${gone}` });
    const { exitCode, stdout } = await start(folder, '.', '--only', 'gone', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).scenes[0].checks).toEqual([
      {
        id: 'gone',
        title: 'nobody is left',
        state: 'passed',
        curl: ['http://www.example.com/users'],
        found: '503 "no healthy upstream"',
      },
    ]);
  }, 60_000);

  it('draws the way of calls that a scene without checks has', async () => {
    const calls = `calls:\n  cart: {title: the cart, curl: ['http://www.example.com/cart']}\n`;
    const { exitCode, stdout } = await start(
      sceneFolder({ 'scene.yaml': SCENE.replace(CHECKS, calls) }),
      'scene.yaml',
    );
    expect(stdout).toMatch(/ {4}the cart\n {8}\$ curl http:\/\/www\.example\.com\/cart {3}200 /);
    expect(stdout).toContain('outbound|80||monolith.shop.svc');
    expect(exitCode).toBe(0);
  }, 60_000);

  it('runs many, each in a mesh of its own, in the order in which they are named', async () => {
    const two = SCENE.replace('Who gets the users', 'Second').replace('manifests: [route.yaml]\n', '');
    const folder = sceneFolder({ 'b/scene.yaml': two, 'c/again.scene.yaml': SCENE, 'c/route.yaml': ROUTE });
    rmSync(join(folder, 'scene.yaml'));
    const { exitCode, stdout } = await start(folder, '.', '--json');
    const { scenes } = JSON.parse(stdout);
    expect(scenes.map(({ file, ok }: { file: string; ok: boolean }) => [file, ok])).toEqual([
      ['b/scene.yaml', false],
      ['c/again.scene.yaml', true],
    ]);
    expect(exitCode).toBe(1);
  }, 60_000);

  it("takes a team's own Services and the routes of its gateway, and names what it leaves out", async () => {
    const service = `apiVersion: v1
kind: Service
metadata: {name: users, namespace: people}
spec:
  selector: {app: users}
  ports: [{name: http, port: 3000, targetPort: 9090}]
`;
    const deployment = service.replace('v1', 'apps/v1').replace('kind: Service', 'kind: Deployment');
    const route = ROUTE.replace('spec:', 'spec:\n  gateways: [istio-ingress/public]').replace(
      'users.people.svc.cluster.local}',
      'users.people.svc.cluster.local, port: {number: 3000}}',
    );
    const folder = sceneFolder({
      'scene.yaml': SCENE.replace('world:', 'world:\n  gateways: [istio-ingress/public]').replace(
        'route.yaml',
        'k8s',
      ),
      'k8s/all.yaml': [service, deployment, route].join('---\n'),
    });
    const { exitCode, stdout } = await start(folder, 'scene.yaml');
    expect(stdout).toContain(
      '! not applied, since it does not route: Deployment/users (k8s/all.yaml, line 8)',
    );
    expect(stdout).toMatch(/✓ users are asked for at their service +200 from users/);
    expect(exitCode).toBe(0);
  }, 60_000);

  it('says what a sidecar refuses, and which object is at fault', async () => {
    const wildcards = `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: all, namespace: web}
spec:
  hosts: ['*.example.com']
  ports: [{number: 443, name: tls, protocol: TLS}]
  resolution: NONE
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: by-sni, namespace: web}
spec:
  hosts: ['*.example.com']
  tls:
    - match: [{port: 443, sniHosts: ['*-api.example.com']}]
      route: [{destination: {host: '*.example.com', port: {number: 443}}}]
`;
    const { exitCode, stdout } = await start(sceneFolder({ 'route.yaml': ROUTE + wildcards }), 'scene.yaml');
    expect(stdout).toContain('✗ The configuration is refused\n        refused by the sidecar: ');
    expect(stdout).toContain('At fault: VirtualService web/by-sni, server name *-api.example.com.');
    expect(stdout).toContain('1 object refused, 2 not tried.');
    expect(exitCode).toBe(1);
  }, 60_000);

  it('ends at Ctrl-C with 130 once all its meshes are gone, and leaves nothing behind', async () => {
    const waiting = SCENE.replace('checks:', 'checks:\n  - change: [{pause: 5m}]');
    const folder = sceneFolder({ 'scene.yaml': waiting, 'b.scene.yaml': waiting });
    const running = start(folder, '.');
    let told = '';
    running.stderr.on('data', chunk => {
      told += chunk;
      if (told.includes('b.scene.yaml') && /^· scene/m.test(told)) running.kill('SIGINT');
    });
    const { exitCode, stderr } = await running;
    expect(stderr).toMatch(/^· b\.scene\.yaml {2}/m);
    expect([exitCode, leftBehind()]).toEqual([130, []]);
  }, 60_000);

  it.each([
    [['gone.yaml'], 'There is nothing at gone.yaml.'],
    [['empty'], 'There is no scene in empty.'],
    [['scene.yaml', '--only', 'user'], 'No scene has a check "user".\n  Did you mean users?'],
    [['scene.yaml', '--jobs', 'many'], '--jobs cannot be many.'],
    [['scene.yaml', '--on', 'kind'], 'scene.yaml runs in the sandbox alone: scene.yaml:3'],
    [['newer.yaml'], 'newer.yaml is of format 9, and this istio-tutor reads format 1.'],
    [['scene.yaml', '--junit', 'route.yaml'], 'route.yaml exists, and is not a report of istio-tutor.'],
    [[], "Missing required argument 'scenes'."],
  ])(
    '%j is wrong usage, with 2',
    async (argv, words) => {
      const folder = sceneFolder({
        'newer.yaml': SCENE.replace('format: 1', 'format: 9'),
        'empty/x.txt': '',
      });
      const { exitCode, stderr, stdout } = await start(folder, ...argv);
      expect(stderr.replaceAll('\n    ', '\n  ')).toContain(words);
      expect([exitCode, stdout]).toEqual([2, '']);
    },
    30_000,
  );

  it('replaces its own report', async () => {
    const folder = sceneFolder();
    const junit = join(folder, 'report.xml');
    writeFileSync(
      junit,
      '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="istio-tutor test" time="1">\n',
    );
    expect((await start(folder, 'scene.yaml', '--junit', junit)).exitCode).toBe(0);
    expect(readFileSync(junit, 'utf8')).toContain('failures="0"');
  }, 60_000);
});

describe('istio-tutor test on a cluster', () => {
  it('makes worlds of its own there, keeps to them, and removes them', async () => {
    // A sandbox behind a kubeconfig, which passes for a cluster with Istio.
    const { cluster, kube, end } = await sandboxWorld();
    try {
      await apply(kube, istiod);
      const lab = join(
        resolve(import.meta.dirname, '../../../lessons'),
        'scenes/header-or-nothing.scene.yaml',
      );
      const on = ['--on', 'context', '--yes', '--state', join(place, 'state')];
      const options = { reject: false, extendEnv: false, input: '' } as const;
      const { exitCode, stdout } = await execa(process.execPath, [main, 'test', lab, ...on, '--json'], {
        ...options,
        env: { ...env, KUBECONFIG: cluster.kubeconfig.path },
      });
      expect([exitCode, JSON.parse(stdout).counts.passed]).toEqual([0, 4]);
      const namespaces = await listObjects(kube, 'v1', 'Namespace', null);
      expect(namespaces.map(each => each.metadata.name).filter(name => name.includes('test-'))).toEqual([]);
    } finally {
      await end();
    }
  }, 120_000);
});

const istiod = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'istiod', namespace: 'istio-system', labels: { app: 'istiod' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'istiod' } },
    template: {
      metadata: { labels: { app: 'istiod' } },
      spec: { containers: [{ name: 'discovery', image: 'docker.io/istio/pilot:1.31.0' }] },
    },
  },
};

describe('the example scenes', () => {
  it('hold in the sandbox, and name the report that they come from', async () => {
    const folder = resolve(import.meta.dirname, '../../../lessons');
    const { exitCode, stdout } = await start(folder, 'scenes', '--json');
    const { counts, scenes } = JSON.parse(stdout);
    expect(scenes.filter((each: { ok: boolean }) => !each.ok)).toEqual([]);
    expect([exitCode, counts.scenes, counts.checks]).toEqual([0, 16, 50]);
    for (const { file } of scenes)
      expect(readFileSync(join(folder, file), 'utf8')).toMatch(
        /^ {2}https:\/\/github\.com\/\S+\/issues\/\d+/m,
      );
  }, 120_000);
});
