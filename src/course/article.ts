/** What a course is about to begin with: an article, told in the course's own words beside the steps that quote it. */
import * as z from 'zod';
import type { Lesson } from './course.ts';

const stepPath = z
  .string()
  .regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "a lesson's id, a slash and a step's id: 'service-entry/register'");

const passage = z.strictObject({
  title: z.string().max(60),
  says: z.string().max(1000).describe('what the article says, in words of your own'),
  drawing: z
    .string()
    .max(1500)
    .regex(/^[\x20-\x7e\n]*$/, 'plain ASCII, as every terminal shows it')
    .optional()
    .describe("the article's drawing, lines of at most 60 columns"),
  steps: z.array(stepPath).min(1).describe('steps that quote it; at the first one it is shown with the text'),
});

export const articleFile = z.strictObject({
  title: z.string().max(200),
  author: z.string().max(100),
  link: z.url({ protocol: /^https$/ }),
  about: z.string().max(1000),
  passages: z.array(passage).min(1).max(50),
});
type ArticleFile = z.infer<typeof articleFile>;

export interface Passage extends Omit<ArticleFile['passages'][number], 'steps'> {
  /** Ids of the lesson's steps that quote it. */
  readonly steps: readonly string[];
  /** The step at which it is shown with the text; null: in an earlier lesson. */
  readonly shownAt: string | null;
}

/** The article as one lesson quotes it. */
export interface Article extends Omit<ArticleFile, 'passages'> {
  readonly passages: readonly Passage[];
  /** The step at which the article itself is introduced; null: in another lesson. */
  readonly introducedAt: string | null;
}

/** The first path that names no step of these lessons: indices of passage and path; null if all do. */
export function unknownStep(
  { passages }: ArticleFile,
  lessons: readonly Pick<Lesson, 'id' | 'steps'>[],
): readonly [passage: number, step: number] | null {
  const known = new Set(lessons.flatMap(({ id, steps }) => steps.map(step => `${id}/${step.id}`)));
  for (const [at, { steps }] of passages.entries()) {
    const wrong = steps.findIndex(path => !known.has(path));
    if (wrong >= 0) return [at, wrong];
  }
  return null;
}

/** What of the article a lesson quotes; undefined: nothing. */
export function articleIn({ passages, ...article }: ArticleFile, lesson: string): Article | undefined {
  const stepIn = (path: string | undefined): string | null => {
    const [of, step] = path?.split('/') ?? [];
    return of === lesson && step !== undefined ? step : null;
  };
  const quoted = passages.flatMap((each): Passage[] => {
    const steps = each.steps.flatMap(path => stepIn(path) ?? []);
    return steps.length === 0 ? [] : [{ ...each, steps, shownAt: stepIn(each.steps[0]) }];
  });
  if (quoted.length === 0) return undefined;
  return { ...article, passages: quoted, introducedAt: stepIn(passages[0]?.steps[0]) };
}

/** The passage that a step quotes. */
export function passageOf(article: Article | undefined, step: string): Passage | undefined {
  return article?.passages.find(each => each.steps.includes(step));
}
