/**
 * What the playground is made of, and what it becomes: scenes there and back, files that are nobody's but the
 * learner's.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrillCourse } from '../../src/course/load-drill.ts';
import { loadScene } from '../../src/course/load-scene.ts';
import type { StepOf } from '../../src/course/schema.ts';
import { taskComment } from '../../src/lesson/task-comment.ts';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { playFiles } from '../../src/scene/play-files.ts';
import { openPlayHome } from '../../src/scene/play-home.ts';
import { playScene } from '../../src/scene/play-scene.ts';
import { playStep } from '../../src/scene/play-step.ts';
import { EMPTY, withCall } from '../../src/scene/playground.ts';
import { sceneText } from '../../src/scene/scene-text.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { ROUTE, SCENE, sceneFolder } from '../support/scenes.ts';
import { entry } from '../support/tiny-course.ts';

const call = { curl: ['http://api.safedata-zone.io/'] };

async function home(folder = mkdtempSync(join(tmpdir(), 'istio-tutor-test-'))) {
  const play = await openPlayHome(
    join(folder, 'state', 'playground.json'),
    openWorkspace(join(folder, 'work')),
  );
  const files = join(folder, 'work', 'playground');
  mkdirSync(files, { recursive: true });
  return { play, files, folder, there: () => readdirSync(files).sort() };
}

describe('a step as a playground', () => {
  it('is a scene that can be read again, each of every lesson, and every drill', async () => {
    const course = await loadCourse(packageFile('lessons'));
    const drills = await loadDrillCourse(packageFile('lessons'), { unchecked: true });
    const steps = [...course.lessons, ...drills.lessons].flatMap(lesson =>
      lesson.steps.map((step, index) => ({ id: `${lesson.id}/${step.id}`, played: playStep(lesson, index) })),
    );
    expect(steps.length).toBeGreaterThan(150);
    const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-test-'));
    const path = join(folder, 'scene.yaml');
    for (const { id, played } of steps) {
      const { state, files } = played;
      const named =
        state.calls.length === 0 ? { ...state, calls: [{ name: 'one', title: 'one', call }] } : state;
      writeFileSync(path, sceneText(named, files));
      const again = playScene(await loadScene(path, undefined));
      expect(again.files.map(each => each.text).sort(), id).toEqual(files.map(each => each.text).sort());
      expect(
        again.state.calls.map(each => each.call),
        id,
      ).toEqual(named.calls.map(each => each.call));
    }
  });

  it('has the objects of the steps before it, as their files have them', async () => {
    const [, , third] = (await loadCourse(packageFile('lessons'))).lessons;
    if (third === undefined) throw new Error('There is no lesson 3.');
    const { files } = playStep(third, 4);
    expect(files.map(each => each.name)).toEqual(['external-api-entry.yaml', 'external-api-rule.yaml']);
    expect(files[0]?.text).toBe(third.files['manifests/external-api-entry.yaml']);
  });
});

describe('a scene in the playground', () => {
  it('is its manifests and its calls, with the world that they are about', async () => {
    const folder = sceneFolder();
    const { state, files } = playScene(await loadScene(join(folder, 'scene.yaml'), undefined));
    expect(files).toEqual([{ name: 'route.yaml', text: ROUTE }]);
    expect(state.calls.map(each => each.name)).toEqual(['users', 'the-rest']);
    expect(state.world?.services?.map(each => each.name)).toEqual(['users', 'monolith']);
  });

  it('puts its files into the folder, and keeps those that are there', async () => {
    const { play, files, there } = await home();
    writeFileSync(join(files, 'mine.yaml'), 'mine');
    writeFileSync(join(files, 'route.yaml'), 'mine as well');
    const scene = playScene(await loadScene(join(sceneFolder(), 'scene.yaml'), undefined));
    expect(await play.load(scene)).toEqual(['Yours are kept as mine.yaml.mine, route.yaml.mine.']);
    expect(there()).toEqual(['mine.yaml.mine', 'route.yaml', 'route.yaml.mine']);
    expect(readFileSync(join(files, 'route.yaml.mine'), 'utf8')).toBe('mine as well');
    // The same again leaves all of it as it is.
    expect(await play.load(scene)).toEqual([]);
    expect(there()).toEqual(['mine.yaml.mine', 'route.yaml', 'route.yaml.mine']);
  });

  it('says what it leaves out of one that changes the mesh between its checks', async () => {
    const change = '  - change: [{scale: {deployment: users, replicas: 0}}]\n';
    const later = SCENE.replace('  - id: the-rest', `${change}  - id: the-rest`);
    const folder = sceneFolder({ 'scene.yaml': later });
    const { leftOut, state } = playScene(await loadScene(join(folder, 'scene.yaml'), undefined));
    expect(leftOut).toEqual(['What it changes between its checks is not done (1): istio-tutor test does.']);
    expect(state.changes).toEqual([]);
  });

  it('names files as any file system takes them, whatever the scene calls them', () => {
    const names = ['a/..b.yaml', 'x/UP.yaml', 'y/up.yml', 'z/-rm -rf $(x).yaml', 'scene.yaml'].map(file => ({
      file,
      text: entry([80]),
    }));
    expect(playFiles(names).map(each => each.name)).toEqual([
      'b.yaml', 'UP.yaml', 'up-2.yaml', 'rm--rf-x-.yaml', 'service-entry-door.yaml',
    ]); // biome-ignore format: data
  });
});

describe('saving it', () => {
  it('makes one file that opens again as the same playground', async () => {
    const first = await home();
    await first.play.load(playScene(await loadScene(join(sceneFolder(), 'scene.yaml'), undefined)));
    await first.play.called({ curl: ['http://www.example.com/mine'] });
    const path = join(first.folder, 'question.scene.yaml');
    // As it is where the file was copied from a lesson's folder.
    const task = taskComment({}, { task: 'Take care.', checks: [] } as unknown as StepOf<'fix'>);
    writeFileSync(join(first.files, first.there()[0] ?? ''), task + ROUTE);
    await first.play.saveAs(path);
    const again = playScene(await loadScene(path, undefined));
    expect(again.files.map(each => each.text)).toEqual([ROUTE]);
    expect(again.state.calls.map(each => each.name)).toEqual(['users', 'the-rest', 'call-1']);
    expect(again.state.world).toEqual(first.play.state.world);
  });

  it('writes over nothing, and nothing without a call', async () => {
    const { play, folder } = await home();
    const path = join(folder, 'a.scene.yaml');
    await expect(play.saveAs(path)).rejects.toThrow('no call in the playground yet');
    await play.called(call);
    writeFileSync(path, 'mine');
    await expect(play.saveAs(path)).rejects.toThrow('is there already');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('says at once what others could not read, and leaves no such file behind', async () => {
    const { play, files, folder } = await home();
    await play.called(call);
    writeFileSync(join(files, 'helm.yaml'), 'a: {{ .Values.x }}\n');
    const path = join(folder, 'a.scene.yaml');
    await expect(play.saveAs(path)).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
  });
});

describe('what is kept of it', () => {
  it('outlives the program, call by call', async () => {
    const { play, folder } = await home();
    await play.called(call);
    await play.called({ ...call, from: 'b' });
    await play.called(call);
    const { play: next } = await home(folder);
    expect(next.state.calls.map(each => each.call)).toEqual([call, { ...call, from: 'b' }]);
  });

  it('is refused where a newer version wrote it, and stays as it is', async () => {
    const { folder } = await home();
    const path = join(folder, 'state', 'playground.json');
    mkdirSync(join(folder, 'state'), { recursive: true });
    writeFileSync(path, '{"format": 99}');
    await expect(home(folder)).rejects.toThrow('cannot be used');
    expect(readFileSync(path, 'utf8')).toBe('{"format": 99}');
  });

  it('is emptied with the files kept', async () => {
    const { play, files, there } = await home();
    writeFileSync(join(files, 'door.yaml'), entry([80]));
    await play.called(call);
    expect(await play.empty()).toBe('The playground is empty. Yours is kept as door.yaml.mine.');
    expect(there()).toEqual(['door.yaml.mine']);
    expect(play.state).toEqual(EMPTY);
  });

  it('holds so many calls, and no more: the oldest of the learner gives way, never one of the scene', () => {
    let state = { ...EMPTY, calls: [{ name: 'scene', title: 'scene', call }] };
    for (let n = 0; n < 60; n++)
      state = { ...withCall(state, { curl: [`http://x.example/${n}`] }) } as typeof state;
    expect(state.calls).toHaveLength(50);
    expect(state.calls[0]?.name).toBe('scene');
    expect(state.calls.at(-1)?.call.curl).toEqual(['http://x.example/59']);
    expect(new Set(state.calls.map(each => each.name)).size).toBe(50);
  });
});
