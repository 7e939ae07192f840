/**
 * Courses that mean harm, one trick each, made in a folder when they are needed. As a program it writes them all, to be
 * run against a cluster: `npx tsx test/support/hostile-course.ts FOLDER`, then `istio-tutor run --all --course FOLDER/...`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Files = Readonly<Record<string, string>>;

export interface Trick {
  readonly name: string;
  /** Over those of the harmless course. */
  readonly files: Files;
  /** What no text can make: links, pipes. */
  readonly also?: (folder: string) => void;
  /** What the learner is told. */
  readonly says: RegExp;
}

const object = (kind: string, meta: string, spec: string, apiVersion = 'networking.istio.io/v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${meta}}\n${spec}\n`;
const OURS = 'name: door, namespace: mesh-network';
const PORTS = 'ports: [{number: 80, name: http, protocol: HTTP}]';
const ENTRY = object(
  'ServiceEntry',
  OURS,
  `spec: {hosts: [api.safedata-zone.io], ${PORTS}, resolution: DNS}`,
);

const lesson = (steps: string, more = '') => `format: 1
id: blind-spot
title: Innocent
summary: Nothing to see.
minutes: 5
${more}start: []
steps:
  - {id: one, title: Innocent, kind: apply, changes: [{apply: manifests/out.yaml}]}
${steps}`;
const STEP = '  - {id: two, title: Innocent, kind: read}\n';
const step = (changes: string) => `  - {id: two, title: Innocent, kind: apply, changes: [${changes}]}\n`;
const call = (...argv: string[]) =>
  `  - {id: two, title: Innocent, kind: probe, call: {curl: ${JSON.stringify(argv)}}, expect: {code: 200}}\n`;

const HARMLESS: Files = {
  'course.yaml': 'format: 1\ntitle: Innocent\nistio: ["1.31"]\nlessons: [01-x]\n',
  '01-x/lesson.yaml': lesson(STEP),
  '01-x/lesson.md': '## One {#one}\nOne.\n## Two {#two}\nTwo.\n',
  '01-x/manifests/out.yaml': ENTRY,
};

const manifest = (name: string, text: string, says: RegExp): Trick => ({
  name,
  files: { '01-x/manifests/out.yaml': `${ENTRY}---\n${text}` },
  says,
});
const steps = (name: string, text: string, says: RegExp, more = ''): Trick => ({
  name,
  files: { '01-x/lesson.yaml': lesson(text, more) },
  says,
});
const course = (name: string, list: string, says: RegExp): Trick => ({
  name,
  files: { 'course.yaml': `format: 1\ntitle: Innocent\nistio: []\nlessons: [${list}]\n` },
  says,
});

const MINER = object(
  'Deployment',
  'name: miner, namespace: kube-system',
  'spec: {replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {hostPID: true, containers: [{name: m, image: busybox, securityContext: {privileged: true}}]}}}',
  'apps/v1',
);
const service = (host: string, more = '') =>
  object('ServiceEntry', OURS, `spec: {hosts: [${host}], ${PORTS}, resolution: DNS${more}}`);
const route = (spec: string) => object('VirtualService', OURS, `spec: {${spec}}`);
const LAB = 'hosts: [api.safedata-zone.io]';

/** The course that deletes a Deployment of somebody else's and leaves two objects elsewhere. */
const ELSEWHERE: Trick = {
  name: 'elsewhere',
  files: {
    '01-x/lesson.yaml': lesson(
      step('{apply: manifests/more.yaml}, {remove: {kind: Deployment, name: billing, namespace: prod}}'),
    ),
    '01-x/manifests/more.yaml': `${MINER}---\n${object('ConfigMap', 'name: hostile, namespace: default', 'data: {a: b}', 'v1')}`,
  },
  says: /more\.yaml:3:1 .*Deployment\/miner in namespace kube-system: a course has ServiceEntry/,
};

const REMOVES = [
  'Deployment, name: billing, namespace: prod',
  'Deployment, name: client',
  'Service, name: catalog',
];
const CALLS: readonly (readonly string[])[] = [
  ['http://169.254.169.254/latest/meta-data/'],
  ['-X', 'DELETE', 'http://billing.prod/'],
  ['http://billing.prod.svc.cluster.local/'],
  ['http://catalog.mesh-network.svc.cluster.local/'],
  ['https://kubernetes.default.svc/api'],
  ['http://intranet/'],
  ['http://127.0.0.1:15000/quitquitquit'],
  ['http://{catalog,billing.prod}/'],
  ['http://catalog@billing.prod/'],
  ['http://catalog\\@billing.prod/'],
  ['file:///var/run/secrets/kubernetes.io/serviceaccount/token'],
  ['billing.prod'],
  ['-d', '@/var/run/secrets/kubernetes.io/serviceaccount/token', 'http://catalog/'],
  ['-H', '@/etc/passwd', 'http://catalog/'],
  ['-H', 'Host: billing.prod.svc.cluster.local', 'http://catalog/'],
  ['-T', '/etc/passwd', 'http://catalog/'],
  ['-o', '/tmp/x', 'http://catalog/'],
  ['-sSL', 'http://catalog/'],
  ['-x', 'http://billing.prod:3128', 'http://catalog/'],
  ['--resolve', 'catalog:80:10.0.0.7', 'http://catalog/'],
  ['--connect-to', '::billing.prod:80', 'http://catalog/'],
  ['--url', 'http://billing.prod/'],
  ['--max-time=5', 'http://catalog/'],
  ['http://catalog/?i=[1-1000000000]'],
];

/** Kubernetes and Istio: what would reach beyond the learner's own namespaces. */
const OBJECTS: readonly Trick[] = [
  ELSEWHERE,
  manifest(
    'kind',
    MINER.replace('kube-system', 'mesh-network'),
    /Deployment\/miner in namespace mesh-network: a course has/,
  ),
  manifest(
    'namespace',
    ENTRY.replace('mesh-network', 'default'),
    /in namespace default: a course has objects in mesh-network, outside,/,
  ),
  manifest(
    'root-namespace',
    object('Sidecar', 'name: default, namespace: istio-system', 'spec: {egress: [{hosts: [~/*]}]}'),
    /in namespace istio-system/,
  ),
  manifest('placeholder', ENTRY.replace('mesh-network', '"{{mesh}}-prod"'), /in namespace mesh-network-prod/),
  manifest(
    'cluster-scoped',
    object('ClusterRoleBinding', 'name: hostile', 'roleRef: {}', 'rbac.authorization.k8s.io/v1'),
    /ClusterRoleBinding\/hostile/,
  ),
  manifest('list', 'apiVersion: v1\nkind: List\nmetadata: {name: l}\nitems: []\n', /no List of v1/),
  manifest(
    'api-path',
    ENTRY.replace('io/v1', 'io/v1/namespaces/prod/serviceentries/x?'),
    /no ServiceEntry of networking\.istio\.io\/v1\/namespaces/,
  ),
  manifest('name', ENTRY.replace('name: door', 'name: ..'), /a name has small letters/),
  manifest('finalizer', ENTRY.replace(OURS, `${OURS}, finalizers: [hostile/stays]`), /metadata\.finalizers/),
  manifest(
    'filter',
    object('EnvoyFilter', OURS, 'spec: {}', 'networking.istio.io/v1alpha3'),
    /no EnvoyFilter/,
  ),
  manifest('gateway', object('Gateway', OURS, 'spec: {selector: {istio: ingressgateway}}'), /no Gateway/),
  manifest(
    'stolen-host',
    service('billing.prod.svc.cluster.local'),
    /spec\.hosts\[0\]: .*"billing\.prod\.svc\.cluster\.local" is not one of them/,
  ),
  manifest('stolen-api', service('kubernetes.default.svc'), /"kubernetes\.default\.svc" is not one of them/),
  manifest('all-hosts', service('"*.com"'), /is not one of them/),
  manifest(
    'stolen-port',
    service('api.safedata-zone.io')
      .replace('number: 80', 'number: 5432')
      .replace('protocol: HTTP', 'protocol: TCP'),
    /taken from the whole mesh/,
  ),
  manifest(
    'stolen-addresses',
    service('api.safedata-zone.io', ', addresses: [10.0.0.0/8]'),
    /spec\.addresses\[0\]/,
  ),
  manifest(
    'endpoint',
    service('api.safedata-zone.io', ', endpoints: [{address: 169.254.169.254}]'),
    /spec\.endpoints\[0\]\.address/,
  ),
  manifest(
    'socket',
    service('api.safedata-zone.io', ', endpoints: [{address: "unix:///var/run/x"}]'),
    /spec\.endpoints\[0\]\.address/,
  ),
  manifest(
    'ingress',
    route(`${LAB}, gateways: [istio-ingress/public]`),
    /spec\.gateways\[0\]: .*by its short name/,
  ),
  manifest('full-ingress', route(`${LAB}, gateways: [public.istio-ingress.svc.cluster.local]`), /short name/),
  manifest(
    'ingress-in-a-match',
    route(`${LAB}, http: [{match: [{gateways: [istio-ingress/public]}]}]`),
    /match\[0\]\.gateways\[0\]: .*short name/,
  ),
  manifest(
    'destination',
    route(`${LAB}, http: [{route: [{destination: {host: billing.prod.svc.cluster.local}}]}]`),
    /destination\.host/,
  ),
  manifest('mirror', route(`${LAB}, http: [{mirror: {host: billing.prod}}]`), /mirror\.host/),
  manifest(
    'delegate',
    route(`${LAB}, http: [{delegate: {name: x, namespace: prod}}]`),
    /prod is not a namespace/,
  ),
  manifest(
    'import',
    object(
      'Sidecar',
      'name: mine, namespace: mesh-network',
      'spec: {workloadSelector: {labels: {app: client}}, egress: [{hosts: ["*/*"]}]}',
    ),
    /own namespaces/,
  ),
  ...REMOVES.map((what, i) =>
    steps(
      `remove-${i + 1}`,
      step(`{remove: {kind: ${what}}}`),
      /changes\[0\]\.remove: (Deployment|Service)\//,
    ),
  ),
  steps(
    'environment',
    step('{env: {deployment: catalog, name: NODE_OPTIONS, value: "--import data:text/javascript,0"}}'),
    /env\.name/,
  ),
  steps(
    'clients',
    STEP,
    /clients/,
    `clients: [${Array.from({ length: 50 }, (_, i) => `c${i}`).join(', ')}]\n`,
  ),
];

const CALLED: readonly Trick[] = CALLS.map((argv, i) =>
  steps(`call-${i + 1}`, call(...argv), /steps\[1\]\.call\.curl\[\d\]: /),
);

const BOMB = Array.from({ length: 12 }, (_, i) =>
  i === 0
    ? 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
    : `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
).join('\n');

/** The disk, the shell and the parser. */
const TEXTS: readonly Trick[] = [
  course('outside', '../elsewhere', /a folder within the course/),
  course('absolute', '/etc', /a folder within the course/),
  course('dashes', '"-rf"', /a folder within the course/),
  course('shell', '"01-x;touch OWNED"', /a folder within the course/),
  course('line', '"01-x\\nkubectl delete ns prod"', /a folder within the course/),
  steps('manifest-path', step('{apply: ../../../etc/passwd.yaml}'), /a \.yaml file within the lesson/),
  steps(
    'manifest-name',
    step('{apply: "manifests/a;touch $HOME,b.yaml"}'),
    /a \.yaml file within the lesson/,
  ),
  steps(
    'object-name',
    step('{remove: {kind: Sidecar, name: "x; touch OWNED #"}}'),
    /remove\.name: an object's name/,
  ),
  steps('id', STEP.replace('id: two', 'id: ../../two'), /small letters/),
  {
    name: 'link',
    files: {},
    also: folder => symlinkSync('/etc/passwd', join(folder, '01-x/manifests/passwd.yaml')),
    says: /passwd\.yaml cannot be read\. .*not a plain file/,
  },
  {
    name: 'lesson-link',
    files: { 'course.yaml': 'format: 1\ntitle: Innocent\nistio: []\nlessons: [02-y]\n' },
    also: folder => symlinkSync('/etc', join(folder, '02-y')),
    says: /02-y\/lesson\.yaml is missing|outside the course's folder/,
  },
  {
    name: 'prose-link',
    files: {
      '02-y/lesson.yaml': lesson(STEP),
      '02-y/manifests/out.yaml': ENTRY,
      'course.yaml': 'format: 1\ntitle: I\nistio: []\nlessons: [02-y]\n',
    },
    also: folder => symlinkSync('/etc/passwd', join(folder, '02-y/lesson.md')),
    says: /lesson\.md cannot be read\. /,
  },
  {
    name: 'pipe',
    files: {},
    also: folder => void execFileSync('mkfifo', [join(folder, '01-x/manifests/pipe.yaml')]),
    says: /pipe\.yaml cannot be read\. .*not a plain file/,
  },
  manifest('huge', `# ${'x'.repeat(2 ** 20)}`, /kB/),
  manifest('aliases', BOMB, /aliases/),
  manifest('circle', 'a: &a {b: *a}\n', /\*a stands within what it names/),
  manifest('depth', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, /levels deep/),
  manifest('keys', '? '.repeat(5000), /levels deep|one word/),
  {
    name: 'prose',
    files: { '01-x/lesson.md': `## One {#one}\n${'*a_'.repeat(2000)}\n## Two {#two}\n` },
    says: /more than 400/,
  },
  { name: 'heading', files: { '01-x/lesson.md': `## ${' '.repeat(50_000)}x\n` }, says: /heading/ },
];

export const TRICKS: readonly Trick[] = [...OBJECTS, ...CALLED, ...TEXTS];

/** Writes the course of a trick into a folder. Without a trick it is the harmless one. */
export function writeHostile(folder: string, trick?: Trick): string {
  for (const [path, text] of Object.entries({ ...HARMLESS, ...trick?.files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  trick?.also?.(folder);
  return folder;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [, , folder = 'hostile'] = process.argv;
  for (const trick of TRICKS) process.stdout.write(`${writeHostile(join(folder, trick.name), trick)}\n`);
}
