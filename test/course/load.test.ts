import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { UserError } from '../../src/shared/errors.ts';
import { folderWith, TINY, tinyCourse } from '../support/tiny-course.ts';

/** What the author of a broken lesson reads, with the folder cut off. */
async function complaint(changes: Readonly<Record<string, string>>): Promise<string> {
  const root = folderWith({ ...TINY, ...changes });
  const error = await loadCourse(root).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`no UserError: ${error}`);
  return [error.problem.what, error.problem.why].join(' | ').replaceAll(`${root}/`, '');
}

const LESSON = TINY['01-doors/lesson.yaml'] as string;
const lesson = (from: string, to: string) => {
  if (!LESSON.includes(from)) throw new Error(`the lesson has no ${from}`);
  return complaint({ '01-doors/lesson.yaml': LESSON.replace(from, to) });
};

describe('a course', () => {
  it('is loaded with its prose and files', async () => {
    const { title, lessons } = await tinyCourse();
    expect(title).toBe('Tiny');
    expect(lessons[0]).toMatchObject({ id: 'doors', number: 1 });
    expect(lessons[0]?.prose.guess).toEqual({ before: 'Guess.', after: 'So it is.' });
    expect(lessons[0]?.prose.hello?.after).toBe('');
    expect(Object.keys(lessons[0]?.files ?? {})).toEqual([
      'manifests/door.yaml',
      'near-misses/door.yaml',
      'solution/door.yaml',
    ]);
  });
});

describe('what is wrong in a lesson is named with file, line, column and field', () => {
  it('broken YAML', async () => {
    expect(await lesson('title: Doors', 'title: "Doors')).toMatch(
      /^A lesson file is wrong: 01-doors\/lesson.yaml:\d+:\d+ \| This is not YAML: /,
    );
  });

  it('an unknown field', async () => {
    expect(await lesson('minutes: 5', 'minutes: 5\nminuts: 5')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:6:1 | minuts: There is no field "minuts" here. Did you mean "minutes"?',
    );
  });

  it('a required field that is misspelt, by its place and not as missing', async () => {
    expect(await lesson('minutes: 5', 'minuts: 5')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:5:1 | minuts: There is no field "minuts" here. Did you mean "minutes"?',
    );
  });

  it('an unknown field deep inside a union', async () => {
    expect(await lesson('expect: {code: 200}, because', 'expect: {cod: 200}, because')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:15:31 | steps[1].options[0].expect.cod: There is no field "cod" here. Did you mean "code"?',
    );
  });

  it('a missing field', async () => {
    expect(await lesson('    announced: 2\n', '')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:9:5 | steps[1].announced: This field is missing (number).',
    );
  });

  it('a value of the wrong form', async () => {
    expect(await lesson('minutes: 5', 'minutes: five')).toMatch(/lesson.yaml:5:1 \| minutes: .*Found "five"/);
  });

  it('a change that is none of the kinds there are', async () => {
    expect(await lesson('{apply: manifests/door.yaml}', '{apply: manifests/door.yaml, wait: 5s}')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:21:44 | steps[2].changes[0].wait: There is no field "wait" here.',
    );
  });

  it('a file that is not there, with the one that may be meant', async () => {
    expect(
      await lesson('changes: [{apply: manifests/door.yaml}]', 'changes: [{apply: manifest/door.yaml}]'),
    ).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:21:16 | steps[2].changes[0].apply: There is no file manifest/door.yaml. There is manifests/door.yaml, near-misses/door.yaml, solution/door.yaml.',
    );
  });

  it('an id that is there twice', async () => {
    expect(await lesson('id: guess', 'id: hello')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:9:5 | steps[1].id: The id "hello" appears twice.',
    );
  });

  it('an announced option beyond the last', async () => {
    expect(await lesson('announced: 2', 'announced: 3')).toBe(
      'A lesson file is wrong: 01-doors/lesson.yaml:17:5 | steps[1].announced: There are only 2 options.',
    );
  });

  it('a near-miss that names a check that does not exist', async () => {
    expect(await lesson('fails: [https]', 'fails: [ftp]')).toMatch(
      /steps\[4\].nearMisses\[0\].fails\[0\]: There is no check "ftp"\.$/,
    );
  });

  it('an object of an unknown kind', async () => {
    expect(
      await lesson(
        'changes: [{apply: manifests/door.yaml}]',
        'changes: [{remove: {kind: VirtualServices, name: x}}]',
      ),
    ).toMatch(/steps\[2\].changes\[0\].remove.kind: There is no kind "VirtualServices"\.$/);
  });

  it('a manifest that is not YAML', async () => {
    expect(await complaint({ '01-doors/manifests/door.yaml': 'kind: [\n' })).toMatch(
      /^01-doors\/manifests\/door.yaml, line \d+, column \d+: this manifest cannot be read\./,
    );
  });

  it('a step without text', async () => {
    expect(
      await complaint({
        '01-doors/lesson.md': (TINY['01-doors/lesson.md'] as string).replace('{#look}', '{#open-after}'),
      }),
    ).toBe(
      'A lesson file is wrong: 01-doors/lesson.md | The step "look" has no text: a section "## ... {#look}" is missing.',
    );
  });

  it('text for no step', async () => {
    expect(
      await complaint({ '01-doors/lesson.md': `${TINY['01-doors/lesson.md']}## More {#more}\n` }),
    ).toMatch(/lesson.md:\d+:9 \| There is no step "more" in lesson.yaml\.$/);
  });

  it('a heading without its step; but not one inside a code block', async () => {
    const prose = TINY['01-doors/lesson.md'] as string;
    expect(await complaint({ '01-doors/lesson.md': `${prose}## More\n` })).toMatch(
      /A section's heading ends with its step/,
    );
    await expect(
      tinyCourse({ '01-doors/lesson.md': `${prose}\n\`\`\`\n## a comment\n\`\`\`\n` }),
    ).resolves.toBeDefined();
  });

  it('a lesson folder that is missing', async () => {
    expect(await complaint({ 'course.yaml': 'format: 1\ntitle: T\nistio: []\nlessons: [02-more]\n' })).toBe(
      '02-more/lesson.yaml is missing. | ',
    );
  });

  it('two lessons with one id', async () => {
    const twin = Object.fromEntries(
      Object.entries(TINY).map(([path, text]) => [path.replace('01-doors', '02-doors'), text]),
    );
    const both = 'format: 1\ntitle: T\nistio: []\nlessons:\n  - 01-doors\n  - 02-doors\n';
    expect(await complaint({ ...twin, 'course.yaml': both })).toBe(
      'A lesson file is wrong: course.yaml:6:5 | lessons[1]: 01-doors has the id "doors" as well.',
    );
  });

  it('a newer format', async () => {
    expect(await lesson('format: 1', 'format: 2')).toMatch(/lesson.yaml:1:1 \| format: /);
  });
});
