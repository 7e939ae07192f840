import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { chooseCluster } from '../../../src/cluster/choose.ts';
import { foreignIn } from '../../../src/cluster/providers/own-kubeconfig.ts';
import { accessObjects, HEADING, learnerKubeconfig } from '../../../src/workshop/access.ts';
import { worldNames } from '../../../src/world/names.ts';
import { builtProgram } from '../../support/built.ts';

// What needs no cluster of a workshop; test/live/workshop.test.ts has the rest.

let main: string;
const folder = mkdtempSync(join(tmpdir(), 'workshop-cli-'));
beforeAll(async () => {
  main = await builtProgram();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(argv: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, NO_COLOR: '1' };
  return execa(process.execPath, [main, ...argv, '--state', folder], {
    reject: false,
    env,
    extendEnv: false,
  });
}

describe('istio-tutor workshop', () => {
  it.each([
    [['up', '--learners', 'ana,Ben'], '--learners "Ben" cannot be used as a name.'],
    [['up', '--learners', 'ana,,ben'], '--learners has an empty name.'],
    [['up', '--learners', `ana,${'x'.repeat(31)}`], 'cannot be used as a name'],
    [['up', '--learners', 'ana,ben,ana'], '--learners names ana twice.'],
    [['up', '--learners', 'ana', '--hours', '0'], '--hours cannot be 0.'],
    [
      ['up', '--learners', 'ana', '--server', 'localhost'],
      '--server localhost is not the address of an API server.',
    ],
    [['up', '--learners', 'ana', '--on', 'sandbox'], 'A workshop needs a cluster'],
    [['up', '--learners', 'ana', '--learner', 'ben'], '--learner is for one learner'],
    [['up', '--learners', 'ana', '--on', 'context=x'], 'May istio-tutor write into context=x?'],
    [['up'], 'learners'],
    [['status', '--on', 'sandbox'], 'A workshop needs a cluster'],
  ])('refuses %j', async (argv, words) => {
    const { exitCode, stderr } = await run(['workshop', ...argv]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe("a learner's kubeconfig", () => {
  const names = worldNames('ana', 'team1-');
  const text = learnerKubeconfig({
    ...{ names, prefix: 'team1-', server: 'https://127.0.0.1:6443', caData: 'Y2E=' },
    ...{ token: 'secret', expires: '2026-11-29T10:00:00Z' },
  });

  it('is one that kubectl reads, in the own namespace', () => {
    expect(parse(text)).toMatchObject({
      'current-context': 'workshop-ana',
      users: [{ user: { token: 'secret' } }],
      contexts: [{ context: { namespace: 'team1-mesh-network-ana' } }],
    });
  });

  it('tells our program whose world it is for, and no flag leads elsewhere', async () => {
    const file = join(folder, 'ana.kubeconfig');
    writeFileSync(file, text);
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = file;
    try {
      const { cluster, names: found } = await chooseCluster({ on: 'context', stateDir: folder });
      expect(found).toEqual(names);
      expect(cluster.can.workshop).toBe(true);
      await expect(chooseCluster({ on: 'context', stateDir: folder, learner: 'ben' })).rejects.toThrow(
        "This kubeconfig is ana's, and allows nothing in mesh-network-ben.",
      );
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });

  it('is written anew when `workshop up` runs again, unless somebody has added to it', () => {
    const own = { context: 'workshop-ana', entry: 'workshop-ana', heading: HEADING };
    expect(foreignIn(text, own)).toBeNull();
    expect(foreignIn(`${text}# my own\n`, own)).toBe('It also has comments.');
  });

  it('comes with rights in two namespaces, and none that is cluster-wide', () => {
    const objects = accessObjects(names);
    expect(objects.map(each => `${each.kind} ${each.metadata.namespace}`)).toEqual([
      'ServiceAccount team1-mesh-network-ana',
      ...['team1-mesh-network-ana', 'team1-outside-ana'].flatMap(ns => [`Role ${ns}`, `RoleBinding ${ns}`]),
    ]);
  });
});
