/**
 * Writes the fields of Kubernetes' own types, as its API server, its protobuf and `kubectl explain` know them:
 * `npx tsx scripts/api-types.ts GOMODCACHE`. Read from the tags of k8s.io/api's types.go, and kept in a line a type.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const VERSION = 'v0.34.4';
const TARGET = resolve(import.meta.dirname, '../src/sandbox/api-server/built-in/api-types.json');
const META = 'meta';

/** Package -> the types from which everything else is reached. */
const ROOTS: Readonly<Record<string, string>> = {
  core: 'Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
  admissionregistration: 'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
  apiextensions: 'CustomResourceDefinition',
  apps: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet',
  authentication: 'SelfSubjectReview TokenRequest TokenReview',
  authorization:
    'LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview',
  autoscaling: 'Scale',
  batch: 'CronJob Job',
  certificates: 'CertificateSigningRequest',
  coordination: 'Lease',
  discovery: 'EndpointSlice',
  events: 'Event',
  networking: 'Ingress IngressClass NetworkPolicy',
  policy: 'Eviction PodDisruptionBudget',
  rbac: 'ClusterRole ClusterRoleBinding Role RoleBinding',
  scheduling: 'PriorityClass',
  storage: 'StorageClass',
  meta: 'DeleteOptions Status',
};

/** Go's types with a JSON form of their own. */
const LEAVES: Readonly<Record<string, string>> = {
  '[]byte': 'bytes',
  byte: 'int32',
  float64: 'double',
  'intstr.IntOrString': 'port',
  'meta.FieldsV1': 'raw',
  'meta.MicroTime': 'microtime',
  'meta.Time': 'time',
  'apiextensions.JSON': 'raw',
  'resource.Quantity': 'quantity',
  'runtime.RawExtension': 'raw',
  'types.UID': 'string',
  // Each of them is one of several in JSON, and a message in protobuf, which nobody sends.
  'apiextensions.JSONSchemaPropsOrArray': 'any',
  'apiextensions.JSONSchemaPropsOrBool': 'any',
  'apiextensions.JSONSchemaPropsOrStringArray': 'any',
};
const PLAIN = new Set(['bool', 'int32', 'int64', 'string']);

interface Package {
  /** 'type X struct' -> its lines. */
  readonly structs: Map<string, string[]>;
  /** 'type X string' -> 'string'. */
  readonly others: Map<string, string>;
}

function parse(source: string): Package {
  const structs = new Map<string, string[]>();
  const others = new Map<string, string>();
  let open: string[] | null = null;
  for (const line of source.split('\n')) {
    const [, name = '', of = ''] = /^type (\w+) (.+)$/.exec(line) ?? [];
    if (of === 'struct {') {
      open = [];
      structs.set(name, open);
    } else if (of === 'struct{}') structs.set(name, []);
    else if (of !== '') others.set(name, of.replace(/\s*\/\/.*/, ''));
    else if (line === '}') open = null;
    else open?.push(line.trim());
  }
  return { structs, others };
}

const ALIASES: Readonly<Record<string, string>> = {
  apiv1: 'core',
  v1: 'core',
  corev1: 'core',
  metav1: META,
  autoscalingv1: 'autoscaling',
};

/** 'core.PodSpec', 'string', '[]core.Container', '{}string' */
function typeOf(go: string, pkg: string, packages: ReadonlyMap<string, Package>): string {
  const plain = go.replace(/^\*/, '');
  if (LEAVES[plain]) return LEAVES[plain];
  if (plain.startsWith('[]')) return `[]${typeOf(plain.slice(2), pkg, packages)}`;
  const [, key, value = ''] = /^map\[([\w.]+)\](.+)$/.exec(plain) ?? [];
  if (key !== undefined) return `{}${typeOf(value, pkg, packages)}`;
  if (PLAIN.has(plain)) return plain;
  const [from, name = ''] = plain.includes('.') ? plain.split('.') : [pkg, plain];
  // apiextensions has aliases of the same letters as core's.
  const home = ALIASES[from ?? ''] ?? from ?? '';
  const full = `${home}.${name}`;
  if (LEAVES[full]) return LEAVES[full];
  const alias = packages.get(home)?.others.get(name);
  if (alias !== undefined) return typeOf(alias, home, packages);
  if (!packages.get(home)?.structs.has(name)) throw new Error(`unknown type ${go} in ${pkg}`);
  return full;
}

/**
 * 'name:1:string spec:2:core.PodSpec! paused:7:bool?': a ! for what is required, a ? for a pointer, an empty name for what
 * is inlined.
 */
function fieldsOf(lines: readonly string[], pkg: string, packages: ReadonlyMap<string, Package>): string {
  const fields: string[] = [];
  let optional = false;
  for (const line of lines) {
    if (line.startsWith('//')) {
      optional ||= /\+optional/.test(line);
      continue;
    }
    const [, , go = '', json = '', proto = ''] =
      /^(?:(\w+)\s+)?([\w.*[\]]+)\s+`json:"([^"]*)"(?:[^`]* protobuf:"([^"]*)")?/.exec(line) ?? [];
    const [name = '', ...options] = json.split(',');
    const number = proto.split(',')[1] ?? '';
    if (number !== '' && name !== '-') {
      const required = name !== '' && !optional && !/omit/.test(options.join());
      const mark = required ? '!' : go.startsWith('*') ? '?' : '';
      fields.push(`${name}:${number}:${typeOf(go, pkg, packages)}${mark}`);
    }
    optional = false;
  }
  return fields.join(' ');
}

const [cache = ''] = process.argv.slice(2);
const packages = new Map<string, Package>();
for (const name of Object.keys(ROOTS)) {
  const path =
    name === META
      ? `apimachinery@${VERSION}/pkg/apis/meta/v1`
      : name === 'apiextensions'
        ? `apiextensions-apiserver@${VERSION}/pkg/apis/apiextensions/v1`
        : `api@${VERSION}/${name}/v1`;
  const files = name === 'apiextensions' ? ['types.go', 'types_jsonschema.go'] : ['types.go'];
  const texts = await Promise.all(files.map(file => readFile(join(cache, 'k8s.io', path, file), 'utf8')));
  packages.set(name, parse(texts.join('\n')));
}
const found = new Map<string, string>();
const queue = Object.entries(ROOTS).flatMap(([pkg, names]) => names.split(' ').map(each => `${pkg}.${each}`));
for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
  if (found.has(next)) continue;
  const [pkg = '', name = ''] = next.split('.');
  const text = fieldsOf(packages.get(pkg)?.structs.get(name) ?? [], pkg, packages);
  found.set(next, text);
  queue.push(...(text.match(/\b[a-z]+\.[A-Z]\w+/g) ?? []));
}
const sorted = Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(TARGET, `${JSON.stringify(sorted, null, 2)}\n`);
