import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScene } from '../../src/course/load-scene.ts';
import { checksOf, type Scene } from '../../src/course/scene.ts';
import { TutorError } from '../../src/shared/errors.ts';
import { CHECKS, FILES, ROUTE, SCENE, sceneFolder } from '../support/scenes.ts';

/** What is said of a scene, with its folder cut off; the scene itself where it is read. */
async function read(folder: string, root?: string): Promise<Scene | string> {
  try {
    return await loadScene(join(folder, 'scene.yaml'), root);
  } catch (error) {
    if (!(error instanceof TutorError)) throw error;
    const { what, why } = error.problem;
    return `${what} | ${why ?? ''}`.replaceAll(`${folder}/`, '');
  }
}

async function scene(folder: string): Promise<Scene> {
  const found = await read(folder);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

const withScene = (from: string | RegExp, to: string) =>
  read(sceneFolder({ 'scene.yaml': SCENE.replace(from, to) }));

describe('a scene', () => {
  it('is read with its world, its manifests and its checks in order', async () => {
    const found = await scene(sceneFolder());
    expect(found.title).toBe('Who gets the users');
    expect(found.world?.servers.map(each => each.as)).toEqual(['users', 'monolith', 'internet']);
    expect(checksOf(found).map(each => each.id)).toEqual(['users', 'the-rest']);
    expect(found.sandboxOnly?.problem.why).toContain('are made in the sandbox');
  });

  it('counts the lines of a manifest that stands in it as its own', async () => {
    const inline = ROUTE.replaceAll(/^/gm, '    ').trimEnd();
    const text = SCENE.replace('[route.yaml]', `\n  - |\n${inline}`);
    const [first] = (await scene(sceneFolder({ 'scene.yaml': text }))).steps;
    const action = first !== undefined && 'actions' in first ? first.actions[0] : undefined;
    const line = text.split('\n').indexOf('    kind: VirtualService');
    expect(action).toMatchObject({ do: 'apply' });
    expect(action?.do === 'apply' && action.manifests[0]?.text.split('\n')[line]).toBe(
      'kind: VirtualService',
    );
  });

  it('takes from a folder what routes, and says what it leaves out', async () => {
    const deployment =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: users, namespace: people}\nspec: {}\n';
    const files = {
      'scene.yaml': SCENE.replace('route.yaml', 'k8s'),
      'k8s/all.yaml': `${deployment}---\n${ROUTE}`,
      'k8s/kustomization.yaml': 'resources: [all.yaml]\n',
    };
    const folder = sceneFolder(files);
    const found = await scene(folder);
    expect(found.leftOut).toEqual([`Deployment/users (${join(folder, 'k8s/all.yaml')}, line 1)`]);
    const [first] = found.steps;
    const [action] = first !== undefined && 'actions' in first ? first.actions : [];
    const text = action?.do === 'apply' ? action.manifests[0]?.text : '';
    expect([text?.includes('Deployment'), text?.includes('VirtualService')]).toEqual([false, true]);
  });

  it('in the lab world keeps to what a course may say, or runs in the sandbox alone', async () => {
    const lab = (host: string) =>
      `format: 1\ntitle: Lab\nchecks:\n  - {id: a, title: A, call: {curl: ['http://${host}/']}, expect: {code: 200}}\n`;
    const own = await scene(sceneFolder({ 'scene.yaml': lab('api.safedata-zone.io') }));
    expect(own.sandboxOnly).toBeNull();
    const removing = `${lab('api.safedata-zone.io')}  - change: [{remove: {kind: Service, name: catalog}}]\n`;
    const without = await scene(sceneFolder({ 'scene.yaml': removing }));
    expect(without.sandboxOnly?.problem.why).toContain(
      'Service/catalog in namespace mesh-network: a course has',
    );
    const other = await scene(sceneFolder({ 'scene.yaml': lab('billing.prod') }));
    expect(other.sandboxOnly?.problem.what).toMatch(/runs in the sandbox alone: .*scene\.yaml:4$/);
  });

  it.each([
    [
      'format: 1',
      'format: 2',
      /scene\.yaml is of format 2, and this istio-tutor reads format 1\. \| .*newer version/,
    ],
    [
      'title: Who',
      'tittle: Who',
      /scene\.yaml:2:1 \| tittle: There is no field "tittle" here\. Did you mean "title"\?/,
    ],
    ['expect:', 'expct:', /Did you mean "expect"\?/],
    ['namespace: web', 'namspace: web', /world\.clients\[0\]\.namspace: .*Did you mean "namespace"\?/],
    [
      'version: users',
      'version: user',
      /checks\[0\]\.expect\.body\.version: There is no server "user"\. Did you mean users\?/,
    ],
    [
      "call: {curl: ['http://www.example.com/cart']}",
      'call: cart',
      /checks\[1\]\.call: There is no call "cart"/,
    ],
    ['id: the-rest', 'id: users', /checks\[1\]\.id: The id "users" appears twice/],
    ['expect: {code: 200, body: {version: users}}', 'expect: {within: 2s}', /a check that cannot fail/],
    [
      '{curl: [',
      '{from: ana, curl: [',
      /checks\[0\]\.call\.from: There is no client "ana"\. There are web\./,
    ],
    ['namespace: shop}', 'namespace: istio-system}', /not one of the cluster's own namespaces/],
    ['as: internet', 'as: users', /Two servers answer as users/],
    [
      'host: www.example.com',
      "host: '*.example.com'",
      /a full host name in small letters, without a wildcard/,
    ],
    ['host: www.example.com', 'host: users.people.svc', /not a name in a cluster/],
    [/^.*$/s, '', /scene\.yaml:1:1 \| It must be a mapping \(NAME: VALUE\), and is empty\.$/],
    [/^.*$/s, 'no YAML '.repeat(20), /and is a text\. Found "(no YAML )+no…"\.$/],
    ['title: Who gets the users', 'title: 3', /title: It must be a text, and is a number\. Found 3\.$/],
    ["['http://www.example.com/cart']", '[]', /call\.curl: It must have at least 1 entry\.$/],
    ['code: 200', 'seconds: {min: -1}', /expect\.seconds\.min: It must be at least 0\. Found -1\.$/],
    ['format: 1', 'format: one', /format: It must be 1\. Found "one"\.$/],
    ['checks:', 'calls: {A B: {curl: [http://a/]}}\nchecks:', /calls\.A B: This name is not allowed: small/],
    [CHECKS, '', /has neither checks nor calls/],
    ['manifests:', 'clients: [b]\nmanifests:', /the clients of a world are listed in it: world\.clients/],
    [
      'checks:',
      'checks:\n  - change: [{scale: {deployment: cart, replicas: 0}}]',
      /There is no server "cart"/,
    ],
    [
      'checks:',
      'checks:\n  - change: [{remove: {kind: Deployment, name: users}}]',
      /applies no kind "Deployment"/,
    ],
    ['checks:', 'checks:\n  - change: [{pause: 11m}]', /change\[0\]\.pause: ten minutes at most/],
    ['/cart', '/{{stableIP}}', /There is no placeholder \{\{stableIP\}\}/],
  ])('with %j as %j is refused in words', async (from, to, says) => {
    expect(await withScene(from, to)).toMatch(says);
  });
});

const lines = (count: number, one: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => one(i)).join('');
const config = (i: number) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c${i}}}\n---\n`;
const call = (...argv: string[]) => ({
  'scene.yaml': SCENE.replace("['http://www.example.com/cart']", JSON.stringify(argv)),
});

interface Trick {
  readonly files?: Readonly<Record<string, string>>;
  readonly also?: (folder: string) => void;
  readonly says: RegExp;
}

const names = (manifest: string) => ({ 'scene.yaml': SCENE.replace('[route.yaml]', `['${manifest}']`) });

const TRICKS: Readonly<Record<string, Trick>> = {
  'a path outside': { files: names('../../etc/passwd'), says: /lies outside the scene's folder/ },
  'a path outside by a folder': { files: names('x/../../y.yaml'), says: /lies outside the scene's folder/ },
  'an absolute path': { files: names('/etc/passwd'), says: /A path is relative to the scene/ },
  'a glob': { files: names('*.yaml'), says: /a path of letters, digits, dots/ },
  'an address of the shell': { files: names('~/x.yaml'), says: /a path of letters, digits, dots/ },
  'a link to a file': {
    files: names('passwd.yaml'),
    also: folder => symlinkSync('/etc/passwd', join(folder, 'passwd.yaml')),
    says: /passwd\.yaml cannot be read\. \| A link leads there/,
  },
  'a link within the folder': {
    files: names('again.yaml'),
    also: folder => symlinkSync('route.yaml', join(folder, 'again.yaml')),
    says: /again\.yaml cannot be read\. \| A link leads there/,
  },
  'a link to a folder': {
    files: names('etc'),
    also: folder => symlinkSync('/etc', join(folder, 'etc')),
    says: /etc cannot be read\. \| A link leads there/,
  },
  'a link in a folder': {
    files: { ...names('k8s'), 'k8s/a.yaml': ROUTE },
    also: folder => symlinkSync('/etc/passwd', join(folder, 'k8s/b.yaml')),
    says: /b\.yaml cannot be read\. \| It is not a plain file/,
  },
  'a scene that is a link': {
    also: folder => {
      renameSync(join(folder, 'scene.yaml'), join(folder, 'real.yaml'));
      symlinkSync('real.yaml', join(folder, 'scene.yaml'));
    },
    says: /scene\.yaml cannot be read\. \| A link leads there/,
  },
  'a pipe': {
    files: names('pipe.yaml'),
    also: folder => void execFileSync('mkfifo', [join(folder, 'pipe.yaml')]),
    says: /pipe\.yaml cannot be read\. \| It is not a plain file/,
  },
  'a folder without manifests': {
    files: names('empty'),
    also: folder => mkdirSync(join(folder, 'empty')),
    says: /There is no \.yaml or \.yml file in this folder/,
  },
  'a control character': {
    files: { 'scene.yaml': SCENE.replace('Who gets', 'Who \x1b[31mgets') },
    says: /There is a control character in line 2/,
  },
  'one that YAML writes': {
    files: { 'scene.yaml': SCENE.replace('Who gets the users', '"Who \\e]0;owned\\a gets"') },
    says: /scene\.yaml:2:1 \| title: There is a control character in it/,
  },
  'one in a manifest': {
    files: { 'route.yaml': `# \x9b2J\n${ROUTE}` },
    says: /route\.yaml cannot be read\. .* line 1/,
  },
  'a thousand objects': {
    files: { 'route.yaml': lines(1000, config) },
    says: /1000 objects, and at most 300 are read/,
  },
  'a huge file': { files: { 'route.yaml': `# ${'x'.repeat(2 ** 20)}` }, says: /1025 kB/ },
  'many large files': {
    files: names('k8s'),
    also: folder => {
      mkdirSync(join(folder, 'k8s'));
      for (let i = 0; i < 30; i++) writeFileSync(join(folder, `k8s/${i}.yaml`), `# ${'x'.repeat(60_000)}`);
    },
    says: /the scene has more than it may have/,
  },
  'a template': {
    files: { 'route.yaml': ROUTE.replace('name: shop', 'name: {{ .Chart.Name }}') },
    says: /route\.yaml:4:1 \| There is no placeholder \{\{ \.Chart\.Name \}\}: a template is rendered first/,
  },
  'no manifest': {
    files: { 'route.yaml': 'replicas: 3\n' },
    says: /route\.yaml, line 1.*apiVersion is missing/,
  },
  'nested YAML': { files: { 'scene.yaml': '['.repeat(20_000) }, says: /levels deep|not YAML/ },
  'a list': { files: { 'scene.yaml': '[]' }, says: /scene\.yaml:1:1/ },
  'nothing at all': { files: { 'scene.yaml': '' }, says: /scene\.yaml:1:1/ },
  'a file of the pod': {
    files: call('-d', '@/etc/passwd', 'http://www.example.com/'),
    says: /a scene cannot say this/,
  },
  'a file URL': { files: call('file:///etc/passwd'), says: /is not a plain http:\/\/ or https:\/\/ URL/ },
  'an output file': {
    files: call('-o', '/tmp/x', 'http://www.example.com/'),
    says: /A scene's calls do not use curl's -o/,
  },
  'a proxy': {
    files: call('-x', 'http://10.0.0.1:3128', 'http://www.example.com/'),
    says: /do not use curl's -x/,
  },
  'a user in a URL': { files: call('http://a@www.example.com/'), says: /is not a plain/ },
  'an address': {
    files: call('http://127.0.0.1:22/'),
    says: /calls hosts by their names, and "127\.0\.0\.1"/,
  },
  'an address as one number': { files: call('http://2130706433/'), says: /"2130706433" is not one of them/ },
  'an address in hexadecimal': { files: call('http://0x7f.1/'), says: /"0x7f\.1" is not one of them/ },
  'an open brace': {
    files: call('http://www.example.com/{a,b'),
    says: /"http:\/\/www\.example\.com\/\{a,b" has a brace or a bracket that is not closed/,
  },
  'an open bracket': { files: call('http://www.example.com/[1-3'), says: /that is not closed/ },
  'a very long wait': {
    files: call('--max-time', '99999', 'http://www.example.com/'),
    says: /--max-time "99999": a scene cannot say this: a number below 100 is what it takes\.$/,
  },
  'a billion calls': {
    files: call('http://www.example.com/[1-1000000000]'),
    says: /more than 1000 transfers/,
  },
};

const OF_A_FILE = [
  'a path outside',
  'a link to a file',
  'a link to a folder',
  'a link in a folder',
  'a pipe',
];
const OF_MANIFESTS = [...OF_A_FILE, 'a folder without manifests', 'a huge file', 'a thousand objects'];

describe('a scene of somebody else', () => {
  it.each(OF_MANIFESTS)('is refused with the line that names the file: %s', async name => {
    const { files = {}, also } = TRICKS[name] as Trick;
    const folder = sceneFolder(files);
    also?.(folder);
    expect(await read(folder)).toMatch(/scene\.yaml:11:13.*manifests\[0\]/);
  });

  it('that names a file which is missing is told where', async () => {
    const told = await read(sceneFolder(names('k8s/users.yaml')));
    expect(told).toBe('k8s/users.yaml is missing. | scene.yaml:11:13 names it (manifests[0]).');
  });

  it.each(Object.entries(TRICKS))('is refused whole: %s', async (_, { files = {}, also, says }) => {
    const folder = sceneFolder(files);
    also?.(folder);
    expect(await read(folder)).toMatch(says);
  });

  it('reads above its folder only where the command line allows it', async () => {
    const folder = sceneFolder({
      'tests/scene.yaml': FILES['scene.yaml']?.replace('route.yaml', '../route.yaml') ?? '',
    });
    const tests = join(folder, 'tests');
    expect(await read(tests)).toMatch(/lies outside the scene's folder/);
    expect(await read(tests, folder)).toMatchObject({ title: 'Who gets the users' });
  });
});
