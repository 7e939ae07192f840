import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemaFiles } from '../../scripts/schemas.ts';
import { TINY } from '../support/tiny-course.ts';

const folder = resolve(import.meta.dirname, '../../schemas');

describe('the JSON Schemas', () => {
  it.each(Object.entries(schemaFiles()))(
    '%s is what src/course/schema.ts says (else: npx tsx scripts/schemas.ts)',
    (name, text) => {
      expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    },
  );

  it('accept a lesson, and refuse a field that does not exist', () => {
    const ajv = new Ajv2020({ strict: false });
    const valid = ajv.compile(JSON.parse(schemaFiles()['lesson.json'] ?? '{}'));
    const lesson = parse(TINY['01-doors/lesson.yaml'] ?? '');
    expect(valid(lesson)).toBe(true);
    expect(valid({ ...lesson, minuts: 5 })).toBe(false);
  });
});
