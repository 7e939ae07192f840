import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { copyKubeconfig } from '../../src/cluster/namespaced-kubeconfig.ts';

const USERS = `apiVersion: v1
kind: Config
current-context: lab
contexts:
  - {name: lab, context: {cluster: lab, user: ana, namespace: default}}
  - {name: work, context: {cluster: work, user: ana}}
clusters:
  - {name: lab, cluster: {server: "https://127.0.0.1:1"}}
  - {name: work, cluster: {server: "https://127.0.0.1:2"}}
users:
  - {name: ana, user: {token: t}}
`;

it('a copy has the one context, with the namespace, and the original stays as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'));
  const [from, to] = [join(folder, 'users'), join(folder, 'copy')];
  writeFileSync(from, USERS);
  for (const namespace of ['mesh-network', 'mesh-network-ana']) {
    copyKubeconfig(to, from, namespace);
    expect(parse(readFileSync(to, 'utf8'))).toMatchObject({
      'current-context': 'lab',
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'ana', namespace } }],
    });
  }
  expect(readFileSync(from, 'utf8')).toBe(USERS);
});
