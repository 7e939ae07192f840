/**
 * Writes the ClusterRoles and ClusterRoleBindings that every cluster has from its start:
 * `npx tsx scripts/default-roles.ts GOMODCACHE`. Read from the test data of Kubernetes' own bootstrap policy; what all of
 * them have in common is left out. The roles of controllers are not among them: the sandbox's need none.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const VERSION = 'v1.34.4';
const FOLDER = 'plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata';
const TARGET = resolve(import.meta.dirname, '../src/sandbox/api-server/rbac/bootstrap-policy.json');

interface Item {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
}

const [cache] = process.argv.slice(2);
if (cache === undefined) throw new Error('usage: default-roles.ts GOMODCACHE');

async function items(file: string): Promise<object[]> {
  const path = join(cache ?? '', `k8s.io/kubernetes@${VERSION}`, FOLDER, file);
  const { items: found } = parse(await readFile(path, 'utf8')) as { items: Item[] };
  return found.map(({ apiVersion: _, kind: __, metadata: { name, labels }, ...rest }) => {
    const { 'kubernetes.io/bootstrapping': ___, ...own } = labels;
    return { name, ...(Object.keys(own).length > 0 && { labels: own }), ...rest };
  });
}

const lines = async (file: string) => {
  const found = (await items(file)).map(each => JSON.stringify(each));
  return `[\n${found.join(',\n')}\n]`;
};
const text = [
  `"clusterRoles": ${await lines('cluster-roles.yaml')}`,
  `"clusterRoleBindings": ${await lines('cluster-role-bindings.yaml')}`,
].join(',\n');
await writeFile(TARGET, `{\n${text}\n}\n`);
