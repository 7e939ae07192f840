import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floorsText, withFloors } from '../scripts/house/floors.ts';
import {
  circles,
  type Import,
  importsOf,
  loadedBy,
  roomOf,
  roomsOf,
  sourcesIn,
} from '../scripts/house/imports.ts';

// The rules of the house that can be read off the imports. A rule that is broken names the file.

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** What a room may import of the others, statically, dynamically or as types, from the top floor down. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['cli', 'shared'],
  cli: [
    ...['tui', 'exam', 'plan', 'author', 'scene', 'counterexample', 'difference', 'lesson'],
    ...['course', 'cluster', 'workshop', 'probe', 'world', 'kube', 'istio', 'envoy', 'shared'],
  ],
  tui: ['exam', 'lesson', 'course', 'probe', 'shared'],
  exam: ['plan', 'counterexample', 'lesson', 'course', 'cluster', 'world', 'kube', 'shared'],
  plan: ['lesson', 'course', 'difference', 'sandbox', 'probe', 'kube', 'istio', 'envoy', 'shared'],
  author: ['counterexample', 'lesson', 'course', 'kube', 'istio', 'shared'],
  counterexample: [
    ...['lesson', 'course', 'cluster', 'probe', 'world', 'kube', 'difference', 'envoy', 'shared'],
  ],
  scene: ['lesson', 'course', 'cluster', 'probe', 'world', 'kube', 'shared'],
  lesson: ['course', 'cluster', 'workshop', 'probe', 'world', 'kube', 'shared'],
  course: ['probe', 'world', 'kube', 'shared'],
  cluster: ['sandbox', 'workshop', 'world', 'kube', 'shared'],
  workshop: ['world', 'kube', 'shared'],
  sandbox: ['world', 'kube', 'istio', 'envoy', 'shared'],
  probe: ['world', 'kube', 'istio', 'envoy', 'shared'],
  world: ['kube', 'shared'],
  kube: ['istio', 'shared'],
  istio: ['shared'],
  difference: ['envoy'],
  envoy: [],
  shared: [],
};

const files = sourcesIn(src);
const imports = files.flatMap(path => importsOf(root, path));
const inRoom = (path: string, room: string) => path.startsWith(`src/${room}/`);

function offenders(
  from: (file: string) => boolean,
  to: (target: string) => boolean,
  also: (i: Import) => boolean = () => true,
) {
  return imports
    .filter(i => from(i.file) && to(i.target) && also(i))
    .map(i => `${i.file} imports ${i.target}`);
}

describe('imports', () => {
  it('are read at all', () => {
    expect(files.length).toBeGreaterThan(30);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('of a room reach only the rooms that the table allows it', () => {
    const found = imports.filter(({ file, target }) => {
      const [from, to] = [roomOf(file) ?? '', roomOf(target)];
      return to !== undefined && to !== from && !ROOMS[from]?.includes(to);
    });
    expect(found.map(i => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  it('are all needed by the table, which runs down only', () => {
    const real = roomsOf(imports);
    const named = Object.entries(ROOMS).flatMap(([from, below]) => below.map(to => [from, to] as const));
    expect(named.filter(([from, to]) => !real.get(from)?.has(to))).toEqual([]);
    const floors = Object.keys(ROOMS);
    expect(named.filter(([from, to]) => floors.indexOf(to) <= floors.indexOf(from))).toEqual([]);
    expect([...real.keys()].filter(room => !floors.includes(room))).toEqual([]);
  });

  it('are what docs/architecture.md draws', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    expect(page, 'else: npm run house -- --write').toBe(withFloors(page, floorsText(root, src)));
  });

  it('are told in docs/architecture.md with files that are there', () => {
    const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
    const named = [...page.matchAll(/`([a-z-]+)(\/[\w./-]*)`/g)].filter(([, room = '']) => room in ROOMS);
    expect(named.length).toBeGreaterThan(30);
    expect(
      named.map(([, room, rest]) => `${room}${rest}`).filter(path => !existsSync(join(src, path))),
    ).toEqual([]);
  });

  it("of the sandbox's rooms reach the seams, the store and what all stand on, and no other room", () => {
    const common = ['rooms.ts', 'api-server/store.ts'].concat(
      ['shortage', 'go-on', 'fnv', 'lazy-yaml', 'cron', 'byte-queue', 'time', 'quantity'].map(
        each => `${each}.ts`,
      ),
    );
    const within = (path: string) =>
      inRoom(path, 'sandbox') ? path.slice('src/sandbox/'.length) : undefined;
    const found = imports.filter(({ file, target }) => {
      const [from, to] = [within(file), within(target)];
      if (from === undefined || to === undefined || !from.includes('/') || common.includes(to)) return false;
      return from.split('/')[0] !== to.split('/')[0];
    });
    expect(found.map(i => `${i.file} imports ${i.target}`)).toEqual([]);
  });

  it('of files run in no circle', () => {
    expect(circles(loadedBy(imports))).toEqual([]);
  });

  it('reach the sandbox only from its provider, and its translation from a plan', () => {
    const outside = (file: string) =>
      !['sandbox', 'cluster/providers/sandbox', 'plan'].some(each => inRoom(file, each));
    expect(offenders(outside, target => inRoom(target, 'sandbox'))).toEqual([]);
    const beyond = (target: string) => inRoom(target, 'sandbox') && !inRoom(target, 'sandbox/istiod');
    expect(offenders(file => inRoom(file, 'plan'), beyond)).toEqual([]);
  });

  it('build API clients in one file only', () => {
    const value = (i: Import) => !i.typeOnly;
    const allowed = ['src/kube/client.ts', 'src/kube/exec.ts'];
    expect(
      offenders(
        file => !allowed.includes(file),
        target => target === '@kubernetes/client-node',
        value,
      ),
    ).toEqual([]);
  });

  it('start child processes through one door', () => {
    const doors = ['src/shared/tool.ts', 'src/sandbox/workload/curl/child.ts'];
    const starters = ['execa', 'node:child_process'];
    expect(
      offenders(
        file => !doors.includes(file) && !inRoom(file, 'tui/terminal'),
        target => starters.includes(target),
      ),
    ).toEqual([]);
  });

  it('let nothing but the screens know Ink', () => {
    const screens = (file: string) => inRoom(file, 'tui');
    expect(
      offenders(
        file => !screens(file),
        target => target === 'ink' || target === 'react',
      ),
    ).toEqual([]);
  });
});

describe('files', () => {
  it('set the exit code in main.ts only', () => {
    const setters = files.filter(path =>
      /process\.exitCode\s*=|process\.exit\(/.test(readFileSync(path, 'utf8')),
    );
    expect(setters.map(path => relative(root, path)).filter(file => file !== 'src/main.ts')).toEqual([]);
  });

  it('write to stdout and stderr in one place, which lets no escape sequence through', () => {
    const writers: Readonly<Record<string, string>> = {
      'src/cli/print/out.ts': 'the place',
      'src/cli/print/ask.ts': "readline's own echo; its question goes through the place",
      'src/cli/screen/on-screen.ts': 'hands stdout to the screens, whose place is tui/text/safe.ts',
      'src/world/api-server.mjs': "a program of its own in a pod, whose stdout is the pod's log",
      'src/world/reachable.ts': 'the text of a script for a pod',
    };
    // To ask a stream what it is, and to wait until it is empty, writes nothing.
    const writing =
      /console\.\w+\(|process\.(stdout|stderr)(?!\.(isTTY|columns|on\(|writableLength)|\.write\('')/;
    const found = files.filter(path => writing.test(readFileSync(path, 'utf8')));
    expect(found.map(path => relative(root, path)).sort()).toEqual(Object.keys(writers).sort());
  });

  it('past 400 lines say why in their header', () => {
    const long = files.filter(path => readFileSync(path, 'utf8').split('\n').length > 400);
    const silent = long.filter(path => !/lines|long/i.test(readFileSync(path, 'utf8').slice(0, 800)));
    expect(silent.map(path => relative(root, path))).toEqual([]);
  });

  it('are named in kebab-case', () => {
    const odd = files.map(path => relative(root, path)).filter(file => !/^[a-z0-9/.-]+$/.test(file));
    expect(odd).toEqual([]);
  });
});
