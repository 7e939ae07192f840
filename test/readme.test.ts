import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCourse } from '../src/course/load.ts';
import { loadDrills } from '../src/course/load-drill.ts';
import { loadScene } from '../src/course/load-scene.ts';
import { ROUTE } from './support/scenes.ts';
import { folderWith } from './support/tiny-course.ts';

// What the README says of the course and of this repository is what is there.

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('the README', () => {
  it('lists every lesson, with its minutes', async () => {
    const course = await loadCourse(join(root, 'lessons'));
    const rows = [...readme.matchAll(/^\| (\d) \| ([^`].+?) \| .+ \| (\d+) \|$/gm)].map(row => row.slice(1));
    expect(rows).toEqual(
      course.lessons.map(({ number, title, minutes }) => [`${number}`, title, `${minutes}`]),
    );
  });

  it('lists every drill, with what it is worth', async () => {
    const drills = await loadDrills(join(root, 'lessons'));
    const rows = [
      ...readme.matchAll(/^\| \d+ \| `(.+?)` \| (.+?) \| (\w+) \| (\w+) \| (\d+) \| (\d+) \|$/gm),
    ];
    expect(rows.map(row => row.slice(1))).toEqual(
      drills.map(each => [each.id, each.title, each.domain, each.level, `${each.points}`, `${each.minutes}`]),
    );
  });

  it('speaks of no npm script that is not there', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const contributing = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
    const named = [...`${readme}\n${contributing}`.matchAll(/npm run ([a-z:]+)/g)].map(match => match[1]);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(name => !((name as string) in scripts))).toEqual([]);
  });

  it('links to files that exist', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(match => match[1] as string);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter(link => !existsSync(join(root, link)))).toEqual([]);
  });

  it.each([
    ...['docs/authors.md', 'docs/instructors.md', 'docs/sandbox.md', 'docs/scenes.md', 'CONTRIBUTING.md'],
  ])('nor does %s', file => {
    const text = readFileSync(join(root, file), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1] as string);
    expect(links.filter(link => !existsSync(join(root, dirname(file), link)))).toEqual([]);
  });

  it.each(['README.md', 'docs/scenes.md'])('shows in %s scenes that can be read', async file => {
    const text = readFileSync(join(root, file), 'utf8');
    const scenes = [...text.matchAll(/^```yaml\n((?:#.*\n)?format: 1\n[^`]*)```$/gm)].map(
      match => match[1] ?? '',
    );
    expect(scenes.length).toBeGreaterThan(0);
    for (const scene of scenes) {
      const folder = folderWith({
        'scene.yaml': scene,
        'k8s/route.yaml': ROUTE,
        'virtualservice.yaml': ROUTE,
      });
      expect((await loadScene(join(folder, 'scene.yaml'), undefined)).title).toMatch(/users/i);
    }
  });
});
