import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Course } from '../../src/course/course.ts';
import { loadCourse } from '../../src/course/load.ts';

/** A folder with these files, new for each call. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'istio-tutor-test-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export const entry = (ports: readonly number[]) => `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata:
  name: door
  namespace: mesh-network
spec:
  hosts: [api.safedata-zone.io] # the API
  ports:
${ports.map(port => `    - {number: ${port}, name: p${port}, protocol: ${port === 443 ? 'HTTPS' : 'HTTP'}}`).join('\n')}
`;

const LESSON = `format: 1
id: doors
title: Doors
summary: A tiny lesson for tests.
minutes: 5
start: []
steps:
  - {id: hello, title: Hello, kind: read}
  - id: guess
    title: A guess
    kind: predict
    question: What comes back?
    call: {curl: [http://api.safedata-zone.io/]}
    options:
      - {say: "200", expect: {code: 200}, because: Nobody opened a door.}
      - {say: "502", expect: {code: 502}}
    announced: 2
  - id: open
    title: Open a door
    kind: apply
    changes: [{apply: manifests/door.yaml}]
    effect: in-effect
  - {id: look, title: Look, kind: inspect, look: clusters}
  - id: repair
    title: Repair it
    kind: fix
    task: Let http:// out.
    files: [manifests/door.yaml]
    checks:
      - {id: http, title: "http:// works", call: {curl: [http://api.safedata-zone.io/]}, expect: {code: 200}}
      - {id: https, title: "https:// still works", call: {curl: [https://api.safedata-zone.io/]}, expect: {code: 200}, guard: true}
    hints: [Look at the ports., Port 80 is missing.]
    solution: [solution/door.yaml]
    nearMisses: [{files: [near-misses/door.yaml], fails: [https]}]
  - id: after
    title: Afterwards
    kind: probe
    call: {curl: [http://api.safedata-zone.io/]}
    expect: {code: 200}
`;

const PROSE = `# Doors

## Hello {#hello}
Welcome.
## A guess {#guess}
Guess.
## A guess {#guess-after}
So it is.
## Open a door {#open}
Open it.
## Look {#look}
Look.
## Repair it {#repair}
Repair it.
## Afterwards {#after}
Now.
`;

export const TINY: Readonly<Record<string, string>> = {
  'course.yaml': 'format: 1\ntitle: Tiny\nistio: ["1.31"]\nlessons: [01-doors]\n',
  '01-doors/lesson.yaml': LESSON,
  '01-doors/lesson.md': PROSE,
  '01-doors/manifests/door.yaml': entry([443]),
  '01-doors/solution/door.yaml': entry([443, 80]),
  '01-doors/near-misses/door.yaml': entry([80]),
};

/** The tiny course, with some of its files in other words. */
export function tinyCourse(changes: Readonly<Record<string, string>> = {}): Promise<Course> {
  return loadCourse(folderWith({ ...TINY, ...changes }));
}
