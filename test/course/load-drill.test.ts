import { describe, expect, it } from 'vitest';
import { loadDrill, loadDrillCourse } from '../../src/course/load-drill.ts';
import { TutorError } from '../../src/shared/errors.ts';
import { folderWith } from '../support/tiny-course.ts';

const DRILL = `format: 1
id: door
title: A door
domain: egress
level: easy
minutes: 3
clients: [b]
start: []
task: Open the door.
files: [broken/door.yaml]
checks:
  - {id: open, title: it opens, points: 3, call: {from: b, curl: [http://catalog/]}, expect: {code: 200}}
  - {id: wide, title: it opens wide, call: {curl: [http://catalog/]}, expect: {code: 200}}
  - {id: others, title: others stay shut, guard: true, call: {curl: [http://pay.example-pay.io/]}, expect: {code: 502}}
hints: [Look., Write.]
solution: [solution/door.yaml]
alternatives: [[alternatives/other/door.yaml]]
nearMisses:
  - {files: [near-misses/a/door.yaml], fails: [open]}
  - {files: [near-misses/b/door.yaml], fails: [others]}
`;
const FILES: Readonly<Record<string, string>> = {
  'course.yaml': 'format: 1\ntitle: T\nistio: []\nlessons: [01-x]\ndrills: [drills/door]\n',
  'drills/door/drill.yaml': DRILL,
  'drills/door/why.md': 'It was shut.\n',
  ...Object.fromEntries(
    ['broken', 'solution', 'alternatives/other', 'near-misses/a', 'near-misses/b'].map(folder => [
      `drills/door/${folder}/door.yaml`,
      '# nothing yet\n',
    ]),
  ),
};

async function complaint(changes: Readonly<Record<string, string>>): Promise<string> {
  const root = folderWith({ ...FILES, ...changes });
  try {
    await loadDrillCourse(root);
  } catch (error) {
    if (!(error instanceof TutorError)) throw error;
    return `${error.problem.what} ${error.problem.why ?? ''}`.replaceAll(`${root}/`, '');
  }
  return 'no complaint';
}

describe('a drill', () => {
  it('is a lesson of one fix step, worth the points of all but its guards', async () => {
    const { points, domain, changesServers, lesson } = await loadDrill(`${folderWith(FILES)}/drills/door`, 4);
    expect([points, domain, changesServers]).toEqual([4, 'egress', false]);
    expect(lesson).toMatchObject({ number: 4, clients: ['b'], summary: 'egress, easy' });
    expect(lesson.steps.map(step => [step.kind, step.id])).toEqual([['fix', 'task']]);
    expect(lesson.prose.task?.after).toBe('It was shut.');
  });

  it('tells in its task which calls show what it speaks of', async () => {
    const tries = `try:
  - {say: it hangs twice, curl: [-H, 'x-lab-hang-first: 2;6', 'http://catalog/?i=[1-10]']}
  - {from: b, curl: [http://catalog/]}
`;
    const root = folderWith({ ...FILES, 'drills/door/drill.yaml': DRILL + tries });
    const { try: calls, lesson } = await loadDrill(`${root}/drills/door`, 4);
    expect(calls.map(({ from }) => from)).toEqual([undefined, 'b']);
    expect(lesson.steps[0]).toMatchObject({
      task: [
        'Open the door.',
        "Try it (it hangs twice): curl -H 'x-lab-hang-first: 2;6' 'http://catalog/?i=[1-10]'",
        'Try it from {{mesh}}-b: curl http://catalog/',
      ].join('\n'),
    });
  });

  it.each([
    [
      'a call to try that a check could not send',
      { 'drills/door/drill.yaml': `${DRILL}try: [{curl: [-s, 'http://billing.prod.svc/']}]\n` },
      `drills/door/drill.yaml:21:19 try[0].curl[1]: A course calls the lab's own hosts`,
    ],
    [
      'a call to try from a client that it does not name',
      { 'drills/door/drill.yaml': `${DRILL}try: [{from: c, curl: [http://catalog/]}]\n` },
      'drills/door/drill.yaml:21:8 try[0].from: There is no client "c"; under `clients` b.',
    ],
    [
      'a call from a client that it does not name',
      { 'drills/door/drill.yaml': DRILL.replace('from: b', 'from: c') },
      'drills/door/drill.yaml:12:51 checks[0].call.from: There is no client "c"; under `clients` b.',
    ],
    [
      'a file that is not there',
      { 'drills/door/drill.yaml': DRILL.replace('solution/door', 'solution/gate') },
      'drills/door/drill.yaml:16:12 solution[0]: There is no file solution/gate.yaml.',
    ],
    [
      'guards alone',
      {
        'drills/door/drill.yaml': DRILL.replace('points: 3', 'guard: true').replace(
          'it opens wide,',
          'it opens wide, guard: true,',
        ),
      },
      'drills/door/drill.yaml:11:1 checks: Every check is a guard: nothing is left to be put right.',
    ],
    [
      'an object of somebody else in a near-miss',
      {
        'drills/door/near-misses/b/door.yaml':
          'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: billing, namespace: prod}\n',
      },
      'drills/door/near-misses/b/door.yaml:3:1 metadata: Deployment/billing in namespace prod: a course has',
    ],
    ['no words on why', { 'drills/door/why.md': ' \n' }, 'drills/door/why.md is empty. '],
    [
      'a domain that there is not',
      { 'drills/door/drill.yaml': DRILL.replace('domain: egress', 'domain: ingress') },
      'drills/door/drill.yaml:4:1 domain: It must be one of "egress", ',
    ],
    [
      'the same drill twice',
      { 'course.yaml': (FILES['course.yaml'] ?? '').replace('[drills/door]', '[drills/door, drills/door]') },
      'course.yaml:5:23 drills[1]: drills/door has the id "door" as well.',
    ],
  ])('with %s is refused with file, line and field', async (_what, changes, words) => {
    expect(await complaint(changes)).toContain(words);
  });
});
