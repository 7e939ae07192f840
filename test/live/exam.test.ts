/** An exam on real Istio: two worlds beside the first, one question solved by kubectl's way, killed, gone on with, graded. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadDrill } from '../../src/course/load-drill.ts';
import { apply } from '../../src/kube/apply.ts';
import { connect, type KubeObject } from '../../src/kube/client.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { builtProgram } from '../support/built.ts';
import { conversation } from '../support/conversation.ts';

/** What this seed asks first. */
const [SEED, DRILL] = ['b', 'one-door'];

let main: string;
let folder: string;

beforeAll(async () => {
  main = await builtProgram();
  folder = mkdtempSync(join(tmpdir(), 'live-exam-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The live cluster as one of the user's: the exam's own data folder leaves that of the other suites alone. */
function run(argv: readonly string[]) {
  const { kubeconfig } = inject('live');
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: folder, NO_COLOR: '1' };
  const args = [main, ...argv, '--state', join(folder, 'state'), '--work', join(folder, 'work')];
  return execa(process.execPath, args, { reject: false, env });
}

function take(...argv: string[]) {
  const child = run(['exam', '--plain', ...argv]);
  return { child, ...conversation(child as unknown as ResultPromise) };
}

describe('an exam on kind', () => {
  it('is begun, answered by kubectl, killed, gone on with and graded', async () => {
    const { kubeconfig, name } = inject('live');
    const on = `context=kind-${name}`;
    const up = await run(['up', '--on', on, '--yes', '--prefix', 'exam-']);
    expect(up.exitCode, up.stderr).toBe(0);
    const first = take('--drills', '2', '--seed', SEED, '--on', on, '--prefix', 'exam-');
    await first.says('2 questions, 2:00:00 left');
    first.child.kill('SIGKILL');
    await first.child;

    // The first question's solution, as kubectl would bring it, while the exam is away.
    const kube = await connect({ path: kubeconfig, context: `kind-${name}` });
    const { lesson } = await loadDrill(join(packageFile('lessons'), 'drills', DRILL), 1);
    const solution = lesson.files['solution/door.yaml'] ?? '';
    for (const document of parseAllDocuments(solution.replaceAll('mesh-network', 'exam-exam-1'))) {
      const object = document.toJS() as KubeObject;
      object.metadata.namespace ??= 'exam-exam-1';
      expect((await apply(kube, object)).outcome).toBe('created');
    }

    const second = take();
    await second.says('2 questions, ');
    second.type('end');
    second.type('end yes');
    const { exitCode, stdout, stderr } = await second.child;
    expect([0, 1], stderr).toContain(exitCode);
    expect(stdout).toContain(': the program was not running');
    const { stdout: json } = await run(['exam', '--report', '--json']);
    const report = JSON.parse(json);
    expect(report.questions).toMatchObject([{ drill: DRILL, points: 4, of: 4 }, { points: 0 }]);

    const discard = await run(['exam', '--discard']);
    expect(discard.stdout).toContain('removed exam-exam-1');
    const down = await run(['down', '--on', on, '--prefix', 'exam-']);
    expect(down.exitCode, down.stderr).toBe(0);
  });
});
