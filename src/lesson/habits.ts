/**
 * The one page to take home: every flag and exit code that the course shows, in the words that the screens use, and
 * what its recaps say. Made from the course itself, so that it cannot say anything else. Pure.
 */
import type { Course, Lesson } from '../course/course.ts';
import type { Expectation, Step } from '../course/schema.ts';
import { curlExitSentence } from '../probe/curl-exits.ts';
import { flagsOf, RESPONSE_FLAGS } from '../probe/response-flags.ts';

/** Markdown. */
export function habitsPage({ title, lessons }: Course): string {
  const met = metIn(lessons);
  const flags = RESPONSE_FLAGS.filter(({ flag }) => met.flags.has(flag)).map(
    ({ flag, name, sentence }) => `| \`${flag}\` | ${name} | ${sentence} | ${met.flags.get(flag)} |`,
  );
  const exits = [...met.exits]
    .sort(([a], [b]) => a - b)
    .map(([exit, place]) => `| ${exit} | ${curlExitSentence(exit)} | ${place} |`);
  const habits = lessons.flatMap(lesson => {
    const points = recapPoints(lesson);
    return points.length === 0 ? [] : [`### ${lesson.number}. ${lesson.title}`, '', ...points, ''];
  });
  return `${[
    `# ${title}: flags, exit codes, habits`,
    '',
    '## What the sidecar logs: response flags',
    '',
    '| flag | name | what it says | met in |',
    '| --- | --- | --- | --- |',
    ...flags,
    '',
    '## What the app sees: exit codes of curl',
    '',
    '| exit | what it says | met in |',
    '| --- | --- | --- |',
    ...exits,
    '',
    '## Habits',
    '',
    ...habits,
  ]
    .join('\n')
    .trimEnd()}\n`;
}

interface Met {
  /** By flag or exit code: where it was met first, 'lesson 2, step 9'. */
  readonly flags: Map<string, string>;
  readonly exits: Map<number, string>;
}

/** A mention in the prose: `UF` or `URX,UF`, and exit 6. */
const FLAGS = /`([A-Z]{2,5}(?:,[A-Z]{2,5})*)`/g;
const EXIT = /\bexit (\d+)\b/gi;

function metIn(lessons: readonly Lesson[]): Met {
  const met: Met = { flags: new Map(), exits: new Map() };
  for (const lesson of lessons) {
    lesson.steps.forEach((step, index) => {
      const place = `lesson ${lesson.number}, step ${index + 1}`;
      const texts = `${lesson.prose[step.id]?.before ?? ''}\n${lesson.prose[step.id]?.after ?? ''}`;
      const shown = shownBy(step);
      const flags = [
        ...shown.flatMap(({ log, flags: counted }) => [log?.flags ?? '', ...Object.keys(counted ?? {})]),
        ...[...texts.matchAll(FLAGS)].map(found => found[1] ?? ''),
      ].flatMap(flagsOf);
      const exits = [
        ...shown.flatMap(({ exit }) => (typeof exit === 'number' ? [exit] : [])),
        ...[...texts.matchAll(EXIT)].map(found => Number(found[1])),
      ];
      for (const { flag } of flags) if (!met.flags.has(flag)) met.flags.set(flag, place);
      for (const exit of exits) if (exit !== 0 && !met.exits.has(exit)) met.exits.set(exit, place);
    });
  }
  return met;
}

/** What the learner sees in a step: of a question only the option that comes true. */
function shownBy(step: Step): readonly Expectation[] {
  switch (step.kind) {
    case 'predict': {
      const { expect } = step.options[step.announced - 1] ?? {};
      return expect === undefined ? [] : [expect, ...(expect.sequence ?? [])];
    }
    case 'probe':
      return [step.expect, ...(step.expect.sequence ?? [])];
    case 'fix':
      return step.checks.map(check => check.expect);
    default:
      return [];
  }
}

/** The points of a lesson's recap, as they stand in its text. */
function recapPoints({ steps, prose }: Lesson): string[] {
  const recaps = steps.filter(step => step.kind === 'recap').map(step => prose[step.id]?.after ?? '');
  const points: string[] = [];
  for (const line of recaps.join('\n').split('\n')) {
    if (line.startsWith('- ')) points.push(line);
    else if (/^\s+\S/.test(line) && points.length > 0) points.push(`${points.pop()} ${line.trim()}`);
  }
  return points;
}
