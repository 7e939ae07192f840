import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../src/course/address.ts';
import { UserError } from '../../src/shared/errors.ts';
import { TINY, tinyCourse } from '../support/tiny-course.ts';

const course = tinyCourse({
  'course.yaml': 'format: 1\ntitle: T\nistio: []\nlessons: [01-doors, 02-windows]\n',
  ...Object.fromEntries(
    Object.entries(TINY)
      .filter(([path]) => path.startsWith('01-doors'))
      .map(([path, text]) => [
        path.replace('01-doors', '02-windows'),
        text.replace('id: doors', 'id: windows'),
      ]),
  ),
});

const address = async (text: string) => {
  const { lesson, step } = parseAddress(await course, text);
  return `${lesson.id}${step === undefined ? '' : ` ${step}`}`;
};

const complaint = async (text: string) => {
  try {
    return await address(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.problem.why} ${error.problem.next[0]}`;
  }
};

describe('an address', () => {
  it('is a number, an id or a folder', async () => {
    expect(await address('2')).toBe('windows');
    expect(await address('02')).toBe('windows');
    expect(await address('windows')).toBe('windows');
    expect(await address('02-windows')).toBe('windows');
  });

  it('names a step by number or id', async () => {
    expect(await address('1/guess')).toBe('doors guess');
    expect(await address('doors/2')).toBe('doors guess');
    expect(await address('2/')).toBe('windows');
  });

  it('that leads nowhere suggests the nearest', async () => {
    expect(await complaint('widnows')).toBe('There is no lesson "widnows". istio-tutor windows');
    expect(await complaint('9')).toBe('There is no lesson "9". istio-tutor list');
    expect(await complaint('1/gues')).toBe('Lesson 1 has no step "gues". istio-tutor 1/guess');
    expect(await complaint('1/99')).toBe('Lesson 1 has 6 steps. istio-tutor 1/hello');
    expect(await complaint('1/2/3')).toBe('An address is LESSON or LESSON/STEP. istio-tutor 3/2');
  });
});
