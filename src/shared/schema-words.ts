/** What a schema finds wrong, in words for whoever wrote the file; zod's own are for programmers. Pure. */
import type { z } from 'zod';
import { amount } from './texts.ts';

type Issue = z.core.$ZodRawIssue;

/**
 * For `safeParse(value, { error: schemaWords })`: a sentence without its full stop. What a schema says of its own fields
 * takes precedence over it.
 */
export function schemaWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'It is missing';
      return `It must be ${named(issue.expected)}, and is ${kindOf(issue.input)}`;
    case 'too_small':
      return bound(issue.origin, 'at least', issue.minimum, issue.inclusive);
    case 'too_big':
      return bound(issue.origin, 'at most', issue.maximum, issue.inclusive);
    case 'invalid_value': {
      const values = issue.values.map(each => JSON.stringify(each));
      return `It must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}`;
    }
    case 'invalid_key':
      return `This name is not allowed: ${issue.issues[0]?.message ?? 'it is not written as it must be'}`;
    case 'invalid_union':
      return 'It has none of the forms that it may have';
    case 'invalid_format':
      return 'It is not written as it must be';
    default:
      return undefined;
  }
}

/** With the field that it is about: 'lessons.doors.at: It is missing'. */
export function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined || issue.path.length === 0) return issue?.message ?? '';
  return `${issue.path.join('.')}: ${issue.message}`;
}

const NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping (NAME: VALUE)',
  record: 'a mapping (NAME: VALUE)',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const named = (type: string) => NAMES[type] ?? `of the type ${type}`;

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'boolean' ? String(value) : named(typeof value);
}

function bound(
  origin: string,
  which: 'at least' | 'at most',
  limit: number | bigint,
  inclusive: boolean | undefined,
): string {
  const count = Number(limit);
  if (origin === 'string') {
    if (which === 'at least' && count === 1) return 'It must not be empty';
    return `It must have ${which} ${amount(count, 'character')}`;
  }
  if (origin === 'array' || origin === 'set')
    return `It must have ${which} ${count} ${count === 1 ? 'entry' : 'entries'}`;
  if (inclusive !== false) return `It must be ${which} ${count}`;
  return `It must be ${which === 'at least' ? 'more' : 'less'} than ${count}`;
}
