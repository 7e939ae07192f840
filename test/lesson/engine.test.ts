import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Step, StepOf } from '../../src/course/schema.ts';
import { refOf } from '../../src/lesson/fence.ts';
import { shownFiles } from '../../src/lesson/shown-files.ts';
import { taskComment, taskOf, withoutTask } from '../../src/lesson/task-comment.ts';
import type { Problem } from '../../src/shared/errors.ts';
import { problemLines } from '../../src/tui/components/problem/problem-lines.ts';
import { textOf } from '../../src/tui/text/line.ts';
import { signs } from '../../src/tui/theme.ts';
import { worldNames } from '../../src/world/names.ts';
import { fence } from '../../src/world/objects.ts';
import { unreadable } from '../support/faults.ts';
import { disposeEngines, memoryEngine as setUp } from '../support/memory-engine.ts';
import { entry, folderWith } from '../support/tiny-course.ts';

afterEach(disposeEngines);

/** What stands above the learner's file in the tiny course. */
const TASK = `# --- The task (istio-tutor) ---
# Let http:// out.
#
# - http:// works
# - https:// still works
# --- Your file begins below ---
`;

describe('a lesson from its first step to its last', () => {
  it('goes on with enter, asks, applies, looks, and repairs', async () => {
    const { engine, mesh, step, verdicts, snapshot, door } = await setUp();
    expect(snapshot()).toMatchObject({ provider: 'memory, Istio 1.31', connected: true, lesson: null });
    await engine.open('doors');
    expect(snapshot()).toMatchObject({ at: 0, busy: null, problem: null });

    await engine.advance();
    expect(snapshot().at).toBe(1);
    expect(snapshot().kubectl).toBe(
      'kubectl -n mesh-network exec deploy/client -c curl -- curl -sS http://api.safedata-zone.io/',
    );
    await engine.advance(); // A question waits for an answer.
    expect(step('guess').phase).toBe('todo');
    await engine.answer(0);
    expect(step('guess')).toMatchObject({ phase: 'done', said: 0, proven: 1 });
    expect(step('guess').probe).toMatchObject({ own: false, argv: ['http://api.safedata-zone.io/'] });

    await engine.advance();
    expect(snapshot().files).toEqual({ 'door.yaml': entry([443]) });
    expect(snapshot().live).toEqual({ 'door.yaml': '' });
    await engine.advance();
    expect(step('open')).toMatchObject({
      phase: 'done',
      apply: { objects: [{ what: 'ServiceEntry/door', outcome: 'created' }], effect: { kind: 'in-effect' } },
    });
    expect(snapshot().live['door.yaml']).toContain('number: 443');

    await engine.advance();
    await engine.advance();
    expect(step('look').inspected).toEqual(['clusters of the sidecar']);
    await engine.advance();
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443]));

    await engine.advance();
    expect(verdicts()).toEqual(['http failed', 'https passed']);
    expect(step('repair').phase).toBe('todo');
    engine.hint();
    expect(step('repair').hints).toBe(1);

    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(verdicts()).toEqual(['http passed', 'https passed']);
    expect(step('repair').phase).toBe('done');

    await engine.advance();
    await engine.advance();
    expect(step('after')).toMatchObject({ phase: 'done', announced: { state: 'passed' } });
    expect(snapshot().lessons[0]).toMatchObject({ done: 6, steps: 6 });
    await engine.advance();
    expect(snapshot()).toMatchObject({ lesson: null, notice: 'Lesson 1 is done.' });
    expect(mesh.history.filter(line => line.startsWith('apply'))).toEqual([
      'apply ServiceEntry/door',
      'apply ServiceEntry/door',
    ]);
  });

  it('checks again by itself when a file is saved', async () => {
    const { engine, door, step, until } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, entry([443, 80]));
    await until(() => step('repair').phase === 'done');
    expect(engine.getSnapshot().files['door.yaml']).toBe(entry([443, 80]));
  });

  it('says that it checks again until the verdict is there, and of a deleted file that it is gone', async () => {
    const { engine, door, step, until } = await setUp();
    await engine.open('doors', 'repair');
    const notices: (string | null)[] = [];
    engine.subscribe(() => {
      const { notice } = engine.getSnapshot();
      if (notices.at(-1) !== notice) notices.push(notice);
    });
    writeFileSync(`${door}.second.yaml`, entry([443, 80]).replaceAll('door', 'second'));
    await until(() => notices.length > 1 && notices.at(-1) === null && engine.getSnapshot().busy === null);
    expect(notices).toContain('Saved; checking again.');
    expect(step('repair').checks).toBeDefined();
    notices.length = 0;
    rmSync(`${door}.second.yaml`);
    await until(() => notices.length > 1 && notices.at(-1) === null && engine.getSnapshot().busy === null);
    expect(notices).toContain('door.yaml.second.yaml deleted; checking again.');
    expect(notices).not.toContain('Saved; checking again.');
  });

  it('checks again by itself when kubectl changed something, and does not take that back', async () => {
    const { engine, mesh, step, until } = await setUp({ lookEvery: 1000 });
    await engine.open('doors', 'repair');
    const [door] = [...mesh.objects.values()];
    if (door === undefined) throw new Error('the fix begins without its file applied');
    mesh.put({ ...door, spec: { ports: [{ number: 443 }, { number: 80 }] } }, door);
    await until(() => step('repair').phase === 'done');
    await engine.check();
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(2);
  });
});

describe('where others use the cluster', () => {
  it('puts a Sidecar back that kubectl has deleted, and says why', async () => {
    const { engine, mesh, step, until } = await setUp({ lookEvery: 1000 });
    const around = fence(worldNames());
    mesh.among = ['mesh-network', 'outside'];
    mesh.own = [around];
    await engine.open('doors', 'repair');
    await mesh.remove(refOf(around));
    mesh.put({ ...around, kind: 'VirtualService', metadata: { name: 'x', namespace: 'mesh-network' } });
    await until(() => (step('repair').apply?.objects.length ?? 0) > 0);
    expect(step('repair').apply?.objects).toEqual([
      {
        what: 'Sidecar/default',
        outcome: 'created',
        warnings: [],
        note: 'Others use this cluster, and without a Sidecar this namespace would see theirs. Put back.',
      },
    ]);
  });
});

describe('jump, back, reset and resume are exact', () => {
  it('a jump brings the cluster into the state of the step', async () => {
    const { engine, mesh } = await setUp();
    await engine.open('doors', 'after');
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(2);
    await engine.goTo(1);
    expect(mesh.objects.size).toBe(0);
    await engine.goTo(3);
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
    await engine.back();
    expect(mesh.objects.size).toBe(0);
  });

  it('a reset deletes what the state lacks, and keeps what the learner wrote beside it', async () => {
    const { engine, mesh, door, step, snapshot } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, entry([80, 443, 8080]));
    await engine.check();
    expect(step('repair').phase).toBe('done');
    mesh.put({
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name: 'x', namespace: 'mesh-network' },
    });
    await engine.reset();
    expect(step('repair')).toEqual({ phase: 'todo', hints: 0, solutionShown: false });
    expect([...mesh.objects.keys()]).toEqual(['networking.istio.io/ServiceEntry/mesh-network/door']);
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
    expect(snapshot().notice).toBe('The step is as it was; yours is kept as door.yaml.mine.');
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe(entry([80, 443, 8080]));
  });

  it('a lesson that is started anew begins at its first step, and keeps what the learner wrote', async () => {
    const { engine, mesh, door } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    engine.close();
    await engine.startAnew('doors');
    expect(engine.getSnapshot().lessons[0]).toMatchObject({ done: 0, steps: 6 });
    expect(engine.getSnapshot().notice).toBe('Lesson 1 begins anew.');
    await engine.open('doors');
    expect(engine.getSnapshot().at).toBe(0);
    expect(mesh.spec('ServiceEntry', 'door')).toBeUndefined();
    await engine.open('doors', 'repair');
    expect(engine.getSnapshot().notice).toContain('door.yaml.mine');
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe(entry([443, 80]));
  });

  it('a second start goes on where the first one was killed, with the files as they were', async () => {
    const first = await setUp();
    await first.engine.open('doors', 'repair');
    writeFileSync(first.door, `# mine\n${entry([443])}`);
    await first.engine.check();

    const { engine, mesh, snapshot, door, verdicts } = await setUp({ root: first.root });
    await engine.open('doors');
    expect(snapshot().lesson?.steps[snapshot().at]?.id).toBe('repair');
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
    expect(readFileSync(door, 'utf8')).toContain('# mine');
    await engine.advance();
    expect(verdicts()).toEqual(['http failed', 'https passed']);
  });

  it('a fix that was begun by nobody yet gets its own file, whatever lay there', async () => {
    const root = folderWith({ 'work/01-doors/door.yaml': 'of long ago' });
    const { engine, door, snapshot } = await setUp({ root });
    await engine.open('doors', 'repair');
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443]));
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe('of long ago');
    expect(snapshot().notice).toBe('Your earlier version is kept as door.yaml.mine.');
  });

  it('a fix whose files could not be put there is not begun', async () => {
    const root = folderWith({ 'work/01-doors/notes.txt': '' });
    const { engine, door, snapshot } = await setUp({ root });
    unreadable(door);
    await engine.open('doors', 'repair');
    expect(snapshot().problem?.what).toMatch(/door\.yaml cannot be read, so it stays as it is\.$/);
    rmSync(door);
    writeFileSync(door, 'of long ago');
    // On foot this time: a fix is begun when one gets there.
    await engine.open('doors', 'look');
    await engine.goTo(4);
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443]));
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe('of long ago');
    expect(snapshot().notice).toBe('Your earlier version is kept as door.yaml.mine.');
  });

  it('after a fix the lesson goes on with its own solution', async () => {
    const { engine, mesh, door } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, entry([80, 443, 8080]));
    await engine.check();
    await engine.advance();
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(2);
    expect(readFileSync(door, 'utf8')).toBe(entry([80, 443, 8080]));
  });
});

describe("the learner's files, when something is wrong with them", () => {
  it('a manifest that was given and changed is kept, with a notice, when the step is opened again', async () => {
    const { engine, root, snapshot } = await setUp();
    const given = join(root, 'work/01-doors/manifests/door.yaml');
    await engine.open('doors', 'open');
    expect(snapshot().notice).toBeNull();
    writeFileSync(given, `# mine\n${entry([443])}`);
    await engine.open('doors', 'open');
    expect(readFileSync(given, 'utf8')).toBe(entry([443]));
    expect(readFileSync(`${given}.mine`, 'utf8')).toContain('# mine');
    expect(snapshot().notice).toBe('Your earlier version is kept as manifests/door.yaml.mine.');
  });

  it('an empty one is no wish to remove its objects; deleting it is', async () => {
    const { engine, mesh, door, snapshot } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, '');
    for (let i = 0; i < 2; i++) {
      await engine.check();
      expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
      expect(snapshot().notice).toBe('door.yaml is empty: its objects stay until you delete the file.');
    }
    writeFileSync(join(door, '../more.yaml'), entry([80]).replace('name: door', 'name: more'));
    await engine.check();
    expect(mesh.objects.size).toBe(2);
    rmSync(door);
    await engine.check();
    expect([...mesh.objects.keys()]).toEqual(['networking.istio.io/ServiceEntry/mesh-network/more']);
  });

  it('one that cannot be read is said, and its objects stay', async () => {
    const { engine, mesh, door, snapshot } = await setUp();
    await engine.open('doors', 'repair');
    rmSync(door);
    unreadable(door);
    await engine.check();
    expect(snapshot().problem?.what).toMatch(/door\.yaml cannot be read, so it stays as it is\.$/);
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
  });
});

describe('progress that could not be used', () => {
  it('is said until it was read, whatever is done meanwhile, and no word is said of untouched progress', async () => {
    const { engine, root, snapshot, step } = await setUp({ root: folderWith({ 'progress.json': '{' }) });
    const what = 'Your progress file could not be used.';
    expect(snapshot().problem?.what).toBe(what);
    await engine.open('doors', 'open');
    expect(snapshot().problem?.what).toBe(what);
    await engine.apply();
    expect(step('open').phase).toBe('done');
    engine.close();
    expect(snapshot().problem).toMatchObject({ what, untouched: false });
    expect(
      problemLines(snapshot().problem as Problem, 80, signs({ ascii: true }))
        .map(textOf)
        .join('\n'),
    ).not.toContain('untouched');
    engine.dismiss();
    expect(snapshot().problem).toBeNull();
    await engine.open('doors');
    expect(snapshot().problem).toBeNull();
    expect(readFileSync(join(root, 'progress.json.aside'), 'utf8')).toBe('{');
  });

  it('does not hide another problem, and is not hidden by it', async () => {
    const root = folderWith({ 'progress.json': '{' });
    const { engine, snapshot } = await setUp({ root });
    await engine.open('doors', 'nowhere');
    expect(snapshot().problem?.what).toBe('Lesson 1 has no step "nowhere".');
    engine.dismiss();
    expect(snapshot().problem?.what).toBe('Your progress file could not be used.');
  });
});

describe('the task above a file', () => {
  const MINE = `${entry([443])}# mine\n`;

  it('is none of what was changed, and nothing is applied or checked because of it', async () => {
    const { engine, door, mesh, snapshot, step } = await setUp();
    await engine.open('doors', 'repair');
    await engine.check();
    const before = mesh.history.length;
    const { checks, apply } = step('repair');
    writeFileSync(door, entry([443]));
    await vi.waitFor(() => expect(snapshot().files['door.yaml']).toBe(entry([443])), 20_000);
    await engine.check();
    expect(mesh.history.slice(before).filter(line => line.startsWith('apply'))).toEqual([]);
    expect(step('repair').apply).toEqual(apply);
    expect(step('repair').checks).toEqual(checks);
    expect(shownFiles(snapshot(), snapshot().lesson?.steps[4] as Step)).toEqual([
      { name: 'door.yaml', text: entry([443]), above: 0 },
    ]);
  });

  it('is written once, and not again where somebody took it away', async () => {
    const first = await setUp();
    await first.engine.open('doors', 'repair');
    await first.engine.goTo(3);
    await first.engine.goTo(4);
    expect(readFileSync(first.door, 'utf8')).toBe(TASK + entry([443]));
    writeFileSync(first.door, MINE);
    const { engine, door } = await setUp({ root: first.root });
    await engine.open('doors', 'repair');
    expect(readFileSync(door, 'utf8')).toBe(MINE);
    await engine.reset();
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443]));
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe(MINE);
  });

  it("gives way to this step's own where another step has left one", async () => {
    const first = await setUp();
    await first.engine.open('doors', 'repair');
    writeFileSync(first.door, TASK.replace('Let http:// out.', 'Something else.') + MINE);
    const { engine, door } = await setUp({ root: first.root });
    await engine.open('doors', 'repair');
    expect(readFileSync(door, 'utf8')).toBe(TASK + MINE);
  });

  it("is in a refusal's line number, and makes no copy beside the solution", async () => {
    const { engine, door, root, step, until, snapshot } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, `${TASK}${entry([443])}foo: [\n`);
    await until(() => step('repair').apply?.objects[0]?.outcome === 'refused');
    const written = readFileSync(door, 'utf8').split('\n');
    const { line = 0, message } = step('repair').apply?.objects[0]?.refusal ?? {};
    expect(line).toBe(written.indexOf('foo: [') + 2);
    expect(message).toContain(`\n${line} |`);
    // Where the task goes, the line that is refused is another one.
    writeFileSync(door, `${entry([443])}foo: [\n`);
    await until(() => step('repair').apply?.objects[0]?.refusal?.line === line - TASK.split('\n').length + 1);
    writeFileSync(door, entry([443, 80]));
    await until(() => step('repair').phase === 'done' && snapshot().busy === null);
    await engine.solution();
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443, 80]));
    expect(readdirSync(join(root, 'work/01-doors')).filter(name => name.includes('.mine'))).toEqual([]);
  });

  it('has no checks where an exam shows none, and an exam keeps the file without it', async () => {
    const kept: Record<string, string>[] = [];
    const { engine, door } = await setUp({
      sealed: true,
      kept: { applied: () => null, onApplied: files => void kept.push({ ...files }), isShown: () => true },
    });
    await engine.open('doors', 'repair');
    const text = readFileSync(door, 'utf8');
    expect(text).toContain('# Let http:// out.\n# --- Your');
    writeFileSync(door, text.replace(entry([443]), entry([443, 80])));
    await engine.check();
    expect(kept.at(-1)).toEqual({ 'door.yaml': entry([443, 80]) });
  });

  it('is wrapped, and has no marks', () => {
    const task = `Let \`http://\` out, ${'and then '.repeat(12)}**all** of it.\nTo try: curl -sS \u001b[31mhttp://api/`;
    const checks = [{ title: `it ${'really '.repeat(15)}works` }];
    const step = { task, checks } as unknown as StepOf<'fix'>;
    const text = taskComment({}, step);
    expect(taskOf(`${text}kind: Pod\n`)).toBe(text);
    expect(withoutTask(`${text.replaceAll('\n', '\r\n')}kind: Pod\n`)).toBe('kind: Pod\n');
    expect(text.split('\n').filter(line => line.length > 68 || !/^(#|$)/.test(line))).toEqual([]);
    expect(text.replace(/\n#? */g, ' ')).toMatch(
      /Let http:\/\/ out, and .* all of it\. To try: curl -sS \?\[31mhttp:\/\/api\/ +- it really .*really works/,
    );
    expect(text).toMatch(/\n# - it really.*\n# {3}really.*works\n/);
  });
});

describe('the solution', () => {
  it('is written into the files, and passes', async () => {
    const { engine, door, step, snapshot } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, '# I tried');
    await engine.solution();
    expect(readFileSync(door, 'utf8')).toBe(TASK + entry([443, 80]));
    expect(readFileSync(`${door}.mine`, 'utf8')).toBe('# I tried');
    expect(step('repair')).toMatchObject({ phase: 'done', solutionShown: true });
    expect(snapshot().notice).toBe('Yours is kept as door.yaml.mine.');
  });
});

describe("a learner's own world", () => {
  it('is in the files that are written and in the kubectl lines', async () => {
    const { engine, door, snapshot } = await setUp({ learner: 'ana' });
    await engine.open('doors', 'repair');
    expect(readFileSync(door, 'utf8')).toContain('namespace: mesh-network-ana\n');
    expect(snapshot().kubectl).toBe(`kubectl apply -f ${door}`);
    await engine.goTo(1);
    expect(snapshot().kubectl).toContain('kubectl -n mesh-network-ana exec');
  });
});

describe("a call of the learner's own", () => {
  it('is shown, and decides nothing', async () => {
    const { engine, step } = await setUp();
    await engine.open('doors', 'guess');
    await engine.probe(['https://api.safedata-zone.io/']);
    expect(step('guess').probe).toMatchObject({ own: true, argv: ['https://api.safedata-zone.io/'] });
    expect(step('guess')).toMatchObject({ phase: 'todo' });
    expect(step('guess').proven).toBeUndefined();
  });

  it('without words is the last call of the lesson', async () => {
    const { engine, step, mesh } = await setUp();
    await engine.open('doors', 'open');
    await engine.probe();
    expect(step('open').probe?.own).toBe(true);
    expect(mesh.history.at(-1)).toBe('send http://api.safedata-zone.io/');
    await engine.goTo(0);
    await engine.probe();
    expect(engine.getSnapshot().problem?.what).toBe('No call has been made in this lesson yet.');
  });

  it('is sent as it was written, two braces and all', async () => {
    const { engine, step } = await setUp();
    await engine.open('doors', 'guess');
    await engine.probe(['-d', '{{name}}', 'http://api.safedata-zone.io/']);
    expect(step('guess').probe).toMatchObject({ argv: ['-d', '{{name}}', 'http://api.safedata-zone.io/'] });
  });
});

describe('bad input and faults', () => {
  it('broken YAML is told as a refusal is, with its line, and nothing is applied', async () => {
    const { engine, mesh, door, snapshot, step, verdicts } = await setUp();
    await engine.open('doors', 'repair');
    await engine.check();
    const before = verdicts();
    mesh.history.length = 0;
    writeFileSync(door, `${entry([443])}\tprotocol: HTTP\n`);
    await engine.check();
    const { length } = entry([443]).split('\n');
    expect(snapshot().problem).toBeNull();
    expect(step('repair').apply?.objects).toMatchObject([
      { what: 'door.yaml', outcome: 'refused', refusal: { file: door, line: length } },
    ]);
    expect(step('repair').apply?.objects[0]?.refusal?.message).toMatch(
      new RegExp(`^It cannot be read, from column \\d+ on: .*[Tt]ab.*\n${length} \\| <TAB>protocol: HTTP$`),
    );
    expect(mesh.history).toEqual([]);
    expect(verdicts()).toEqual(before);
    writeFileSync(door, 'kind: ServiceEntry\n');
    await engine.check();
    expect(step('repair').apply?.objects[0]?.refusal).toMatchObject({
      line: 1,
      message: 'It cannot be read, from column 1 on: apiVersion is missing.\n1 | kind: ServiceEntry',
    });
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(step('repair').phase).toBe('done');
  });

  it("a refusal is told in the API's words, with the field and the line, and no check goes red for it", async () => {
    const { engine, mesh, door, step } = await setUp();
    await engine.open('doors', 'repair');
    mesh.refuse = { kind: 'ServiceEntry', message: 'strict decoding error: unknown field "spec.ports"' };
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(step('repair').apply?.objects[0]).toMatchObject({
      outcome: 'refused',
      refusal: {
        message: 'strict decoding error: unknown field "spec.ports"',
        field: 'spec.ports',
        line: 8,
        file: door,
      },
    });
    expect(step('repair').checks).toBeUndefined();
    mesh.refuse = null;
    await engine.check();
    expect(step('repair').phase).toBe('done');
  });

  it('what is not in effect yet could not be checked; later it is', async () => {
    const { engine, mesh, door, verdicts, step } = await setUp();
    await engine.open('doors', 'repair');
    mesh.effects.push({ kind: 'not-yet', seconds: 5 });
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(verdicts()).toEqual(['http could-not-check', 'https could-not-check']);
    await engine.advance();
    expect(step('repair').phase).toBe('done');
  });

  it('a configuration that did not change does not block a check', async () => {
    const { engine, mesh, door, verdicts } = await setUp();
    await engine.open('doors', 'repair');
    mesh.effects.push({ kind: 'unchanged', seconds: 1.2 });
    writeFileSync(door, entry([443, 8081]));
    await engine.check();
    expect(verdicts()).toEqual(['http failed', 'https passed']);
  });

  it('an object that a file no longer holds is removed', async () => {
    const { engine, mesh, door, step } = await setUp();
    await engine.open('doors', 'repair');
    writeFileSync(door, entry([443]).replace('name: door', 'name: gate'));
    await engine.check();
    expect(step('repair').apply?.objects).toMatchObject([
      { what: 'ServiceEntry/door', outcome: 'removed' },
      { what: 'ServiceEntry/gate', outcome: 'created' },
    ]);
    expect(mesh.objects.size).toBe(1);
  });

  it('a cluster that is gone is said, with the way back, and the step is rebuilt', async () => {
    const { engine, mesh, breakIt, snapshot, ups, step } = await setUp();
    await engine.open('doors', 'look');
    breakIt('its container is not running.');
    await engine.probe();
    expect(snapshot().problem).toMatchObject({
      what: 'The cluster is not ready.',
      why: 'its container is not running.',
      next: ['u   brings it back and rebuilds this step', 'istio-tutor doctor'],
    });
    expect(snapshot().connected).toBe(false);

    await engine.bringBack();
    expect(ups).toEqual(['up']);
    expect(snapshot()).toMatchObject({ connected: true, problem: null, busy: null });
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
    await engine.advance();
    expect(step('look').phase).toBe('done');
  });

  it('a sandbox that has ended is said as one, and u starts another', async () => {
    const { engine, endIt, snapshot, ups, step } = await setUp({ kind: 'sandbox' });
    await engine.open('doors', 'look');
    endIt();
    await engine.probe();
    expect(snapshot().problem).toEqual({
      what: 'The sandbox has ended.',
      next: ['u   starts one, and brings it into this step'],
    });
    await engine.bringBack();
    expect(ups).toEqual(['up']);
    await engine.advance();
    expect(step('look').phase).toBe('done');
  });

  it('without a cluster the lessons can be read, and nothing else', async () => {
    const { engine, snapshot, mesh } = await setUp({ reading: true });
    expect(snapshot()).toMatchObject({
      provider: 'reading only, no cluster',
      connected: false,
      kubeconfig: null,
    });
    await engine.open('doors');
    for (const at of [1, 2, 3, 4, 5]) {
      await engine.advance();
      expect(snapshot().at).toBe(at);
    }
    expect(snapshot().problem).toBeNull();
    await engine.probe();
    expect(snapshot().problem?.what).toBe('There is no cluster to do this on.');
    engine.dismiss();
    expect(snapshot().problem).toBeNull();
    expect(mesh.history).toEqual([]);
  });

  it('files that cannot be written are said, and the step can be done with kubectl all the same', async () => {
    const root = folderWith({ work: 'a file where the folder should be' });
    const { engine, mesh, snapshot, step } = await setUp({ root });
    await engine.open('doors', 'open');
    expect(snapshot().problem?.what).toMatch(/work\/01-doors cannot be written\.$/);
    await engine.apply();
    expect(step('open').phase).toBe('done');
    await engine.goTo(4);
    expect(snapshot().problem?.next).toEqual(['--work DIR   puts your files into another folder']);
    await engine.check();
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(1);
  });

  it('a folder that cannot be written is said when a lesson is opened, and nobody is said to have saved', async () => {
    const root = folderWith({});
    symlinkSync(join(root, 'on/no/disk'), join(root, 'work'));
    const { engine, snapshot, until } = await setUp({ root });
    const notices: (string | null)[] = [];
    engine.subscribe(() => notices.push(snapshot().notice));
    for (const step of ['hello', 'repair']) {
      await engine.open('doors', step);
      await until(() => snapshot().busy === null);
      expect(snapshot().problem?.what).toMatch(/work\/01-doors cannot be written\.$/);
      expect(snapshot().problem?.next).toEqual(['--work DIR   puts your files into another folder']);
      expect(snapshot().unwritable).toBeTruthy();
    }
    expect(snapshot().busy).toBeNull();
    expect(notices.filter(each => each?.includes('Saved'))).toEqual([]);
  });

  it('an unknown step is a problem with a way out', async () => {
    const { engine, snapshot } = await setUp();
    await engine.open('doors', 'nowhere');
    expect(snapshot().problem?.what).toBe('Lesson 1 has no step "nowhere".');
  });

  it('what is under way can be stopped', async () => {
    const { engine, mesh, snapshot, until } = await setUp();
    await engine.open('doors', 'guess');
    mesh.follow = (_before?: unknown, signal?: AbortSignal) =>
      new Promise((_, reject) => {
        const stop = () => reject(new DOMException('stopped', 'AbortError'));
        if (signal?.aborted) stop();
        signal?.addEventListener('abort', stop);
      });
    await engine.goTo(2);
    const applying = engine.apply();
    await until(
      () => snapshot().busy?.label === 'Applying' && mesh.history.includes('apply ServiceEntry/door'),
    );
    engine.interrupt();
    await applying;
    expect(snapshot().busy).toBeNull();
    expect(snapshot().problem).toBeNull();
    await until(() => snapshot().notice === 'Stopped.');
  });
});

it('tells the work that makes a step ready from the work that the learner asked for', async () => {
  const { engine, snapshot } = await setUp();
  const told = new Set<string>();
  engine.subscribe(() => {
    const { busy } = snapshot();
    if (busy) told.add(`${busy.prepares === true ? 'prepares' : 'works'}: ${busy.label}`);
  });
  await engine.open('doors', 'guess');
  await engine.goTo(2);
  await engine.apply();
  expect([...told]).toEqual([
    'prepares: Opening',
    "prepares: Bringing the cluster into this step's state",
    'prepares: Going there',
    'works: Applying',
  ]);
});

describe('an answer whose call is stopped', () => {
  it('is taken back: the question stands as before, and is answered again', async () => {
    const { engine, mesh, snapshot, step } = await setUp();
    await engine.open('doors', 'guess');
    const { start } = mesh;
    let begun = () => {};
    const sending = new Promise<void>(resolve => (begun = resolve));
    mesh.start = (_argv: readonly string[], signal?: AbortSignal) => {
      const stopped = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
      });
      stopped.catch(() => {});
      begun();
      return { answer: stopped, early: [], evidence: stopped };
    };
    const answering = engine.answer(1);
    await sending;
    expect(step('guess')).toMatchObject({ phase: 'asked', said: 1 });
    engine.interrupt();
    await answering;
    expect(snapshot().problem).toBeNull();
    expect(step('guess')).toEqual({ phase: 'todo', hints: 0, solutionShown: false });
    mesh.start = start;
    await engine.answer(0);
    expect(step('guess')).toMatchObject({ phase: 'done', said: 0, proven: 1 });
  });
});

describe('a question of an exam', () => {
  it('says that nothing is to be applied where the files are as they were applied', async () => {
    const { engine, snapshot } = await setUp({ sealed: true });
    await engine.open('doors', 'repair');
    await engine.advance();
    expect(snapshot().notice).toBe('Nothing to apply: your files are as they were applied.');
  });

  it('says that a save was applied when it was, and that it was refused', async () => {
    const { engine, door, snapshot, step, until } = await setUp({ sealed: true });
    await engine.open('doors', 'repair');
    const second = `${door}.second.yaml`;
    writeFileSync(second, 'foo: [');
    await until(() => snapshot().notice === 'Saved; not applied: it was refused.');
    expect(step('repair').apply?.objects).toMatchObject([{ outcome: 'refused' }]);
    rmSync(second);
    await until(() => snapshot().notice === 'Nothing to apply: your files are as they were applied.');
    expect(step('repair').apply?.objects).toEqual([]);
    writeFileSync(door, entry([443, 80]));
    await until(() => snapshot().notice === 'Saved; applied.');
  });

  it('knows which of its files were applied before it was opened', async () => {
    const applied = { 'door.yaml': entry([443]) };
    const kept: Record<string, string>[] = [];
    const { engine, mesh, door } = await setUp({
      sealed: true,
      kept: { applied: () => applied, onApplied: files => void kept.push({ ...files }), isShown: () => true },
    });
    mkdirSync(dirname(door), { recursive: true });
    writeFileSync(door, entry([443]));
    await engine.open('doors', 'repair');
    await engine.check();
    // It was applied once, and kubectl may have changed the object since.
    expect(mesh.history.filter(line => line.startsWith('apply'))).toEqual([]);
    writeFileSync(door, entry([443, 80]));
    await engine.check();
    expect(mesh.spec('ServiceEntry', 'door')?.ports).toHaveLength(2);
    expect(kept).toEqual([{ 'door.yaml': entry([443, 80]) }]);
  });
});
