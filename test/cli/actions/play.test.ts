/**
 * The playground as a process: a folder that is applied, calls that are kept, scenes that are opened, saved and
 * refused.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built.ts';
import { conversation } from '../../support/conversation.ts';
import { SCENE, sceneFolder } from '../../support/scenes.ts';
import { entry } from '../../support/tiny-course.ts';

let main: string;
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
const root = mkdtempSync(join(tmpdir(), 'istio-tutor-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let places = 0;
/** A data folder and a working folder of its own. */
function place() {
  const state = join(root, `state-${++places}`);
  const work = join(root, `work-${places}`);
  const folder = join(work, 'playground');
  mkdirSync(folder, { recursive: true });
  const env = { PATH: process.env.PATH ?? '', HOME: root, NO_COLOR: '1' };
  const args = (argv: readonly string[]) => [
    ...[main, 'play', ...argv],
    ...['--on', 'sandbox', '--state', state, '--work', work],
  ];
  const options = { reject: false, env, extendEnv: false } as const;
  const start = (argv: readonly string[], input = '') =>
    execa(process.execPath, args(argv), { ...options, input });
  const talk = () => {
    const child = execa(process.execPath, args([]), options);
    return { child, ...conversation(child as ResultPromise) };
  };
  return { state, folder, start, talk };
}

describe('istio-tutor play', () => {
  it('applies what is in the folder, sends any call, and makes a scene of it', async () => {
    const { folder, start } = place();
    writeFileSync(join(folder, 'door.yaml'), entry([80]));
    const { stdout } = await start([], 'c http://api.safedata-zone.io/v2/data\nq\n');
    expect(stdout).toContain('ServiceEntry/door created');
    expect(stdout).toMatch(/\$ curl http:\/\/api\.safedata-zone\.io\/v2\/data {3}200/);
    const file = join(root, 'question.scene.yaml');
    const saved = await start(['--save', file]);
    expect(saved.stdout).toContain('istio-tutor test runs it');
    expect(readFileSync(file, 'utf8')).toContain('name: door');
    const tested = await execa(process.execPath, [main, 'test', file], { reject: false });
    expect(tested.stdout).toMatch(/\$ curl http:\/\/api\.safedata-zone\.io\/v2\/data {3}200/);
  }, 60_000);

  it('refuses a scene with an object that may not be applied, before anything of mine is moved', async () => {
    const { folder, start } = place();
    writeFileSync(join(folder, 'mine.yaml'), entry([80]));
    const lab = (object: string) =>
      `format: 1\ntitle: Odd\nmanifests:\n  - |\n${object.replace(/^/gm, '    ')}\ncalls: {a: {curl: ['http://api.safedata-zone.io/']}}\n`;
    const elsewhere = entry([80]).replace('namespace: mesh-network', 'namespace: kube-system');
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: mesh-network}\nspec: {}';
    const own = SCENE.replace('manifests: [route.yaml]', 'manifests: [route.yaml, odd.yaml]');
    const odd = 'apiVersion: odd.io/v1\nkind: Odd\nmetadata: {name: x, namespace: shop}\n';
    for (const [changes, words] of [
      [{ 'scene.yaml': lab(elsewhere) }, 'Its namespace is kube-system; lessons write only into'],
      [{ 'scene.yaml': lab(service) }, "Service of v1 is not one of Istio's kinds"],
      [
        { 'scene.yaml': own, 'odd.yaml': odd },
        'Odd of odd.io/v1 is not one of the kinds that route traffic.',
      ],
    ] as const) {
      const { stderr, exitCode } = await start([join(sceneFolder(changes), 'scene.yaml')], 'q\n');
      expect(stderr).toContain(words);
      expect(stderr).toMatch(/, line \d+: \S+ cannot be applied in the playground\./);
      expect(exitCode).toBe(2);
      expect(readdirSync(folder)).toEqual(['mine.yaml']);
    }
  }, 60_000);

  it('goes on after kill -9 with its folder and its calls', async () => {
    const { folder, start, talk } = place();
    const { child, says, type } = talk();
    await says('The mesh is empty');
    await says('for all keys]');
    type('c http://api.safedata-zone.io/v2/data');
    await says('api   stable: GET /v2/data');
    await says('for all keys]');
    writeFileSync(join(folder, 'door.yaml'), entry([443, 80]));
    await says('ServiceEntry/door created');
    child.kill('SIGKILL');
    await child;
    const { stdout } = await start([], 'p\nq\n');
    expect(stdout).toContain('ServiceEntry/door created');
    const { stdout: saved } = await start(['--save', join(root, 'after.scene.yaml')]);
    expect(saved).toContain('Saved as');
    expect(readFileSync(join(root, 'after.scene.yaml'), 'utf8')).toContain(
      'http://api.safedata-zone.io/v2/data',
    );
  }, 60_000);

  it("opens a scene with a world of its own: its Services, its clients, its gateway's routes", async () => {
    const { folder, start } = place();
    const { stdout } = await start(
      [join(sceneFolder(), 'scene.yaml')],
      'c http://www.example.com/users/1\nc http://www.example.com/cart\nq\n',
    );
    expect(stdout).toContain('VirtualService/shop created');
    expect(stdout).toMatch(/users: GET \/users\/1, http, 200/);
    expect(stdout).toMatch(/monolith: GET \/cart, http, 200/);
    expect(readdirSync(folder)).toEqual(['route.yaml']);
  }, 60_000);

  it('opens a drill as it begins, and one that takes a Service away', async () => {
    const { start } = place();
    const { stdout } = await start(['--from', 'timeout-bites'], 'q\n');
    expect(stdout).toMatch(/VirtualService\/\S+ created/);
    const lesson = await start(['--from', '4/13'], 'q\n');
    expect(lesson.exitCode).toBe(0);
  }, 60_000);

  it.each([
    ['a newer format', { 'scene.yaml': SCENE.replace('format: 1', 'format: 2') }, /reads format 1/],
    ['a path outside', { 'scene.yaml': SCENE.replace('[route.yaml]', '[../route.yaml]') }, /lies outside/],
    ['a control character', { 'scene.yaml': SCENE.replace('the users', 'the \\e[2J users').replace('title: Who gets the \\e[2J users', 'title: "Who \\e[2J"') }, /control character/],
    ['a thousand objects', { 'route.yaml': Array.from({ length: 1000 }, (_, n) => entry([80]).replace('door', `d${n}`)).join('---\n') }, /objects|kB/],
    ['broken YAML', { 'scene.yaml': `${SCENE}  - {` }, /scene\.yaml/],
    ['a call that writes a file', { 'scene.yaml': SCENE.replace("['http://www.example.com/cart']", "[-o, /tmp/x, 'http://www.example.com/cart']") }, /-o/],
  ] as const)('refuses %s, tells why, and writes nothing', async (_, files, says) => {
    const { folder, state, start } = place();
    writeFileSync(join(folder, 'mine.yaml'), 'mine');
    const { exitCode, stderr } = await start([join(sceneFolder(files), 'scene.yaml')], '');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
    expect(readdirSync(folder)).toEqual(['mine.yaml']);
    expect(existsSync(join(state, 'playground.json'))).toBe(false);
  }); // biome-ignore format: a table

  it.each([
    ['-', 'playground.scene.yaml'],
    ['w8/q', 'w8/q.scene.yaml'],
    ['q.txt', 'q.scene.yaml'],
    ['q.yaml', 'q.scene.yaml'],
    ['w8/', 'w8/scene.yaml'],
  ])('saves nothing as %s, which is no name of a scene, and says one that is', async (name, better) => {
    const { start } = place();
    const { exitCode, stderr } = await start([`--save=${name}`]);
    expect(stderr).toContain(`✗ ${name} is no name for a scene.`);
    expect(stderr).toMatch(new RegExp(`Try {3}--save ${better}$`));
    expect([exitCode, existsSync(name)]).toEqual([2, false]);
  });

  it('says what cannot be given together, and what there is not', async () => {
    const { start } = place();
    const both = await start(['a.yaml', '--save', 'b.yaml']);
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('cannot be given together')]);
    const none = await start(['--from', 'timeout-bite']);
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain('timeout-bites');
  });
});
