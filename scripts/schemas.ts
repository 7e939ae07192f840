/**
 * Writes the JSON Schemas of course.yaml, lesson.yaml, drill.yaml and scene.yaml for editors, and of an exam's report:
 * `npx tsx scripts/schemas.ts`. A test compares them with what src/course/schema.ts says.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { drill } from '../src/course/drill-schema.ts';
import { scene } from '../src/course/scene-schema.ts';
import { course, lesson } from '../src/course/schema.ts';
import { examReport } from '../src/exam/report-schema.ts';

const folder = resolve(import.meta.dirname, '../schemas');

/** The text of each schema's file, by its name. */
export function schemaFiles(): Readonly<Record<string, string>> {
  const text = (schema: z.ZodType, title: string) =>
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', reused: 'ref' }) }, null, 2)}\n`;
  return {
    'course.json': text(course, 'course.yaml of istio-tutor'),
    'lesson.json': text(lesson, 'lesson.yaml of istio-tutor'),
    'drill.json': text(drill, 'drill.yaml of istio-tutor'),
    'scene.json': text(scene, 'scene.yaml of istio-tutor'),
    'exam-report.json': text(examReport, 'the report of an exam of istio-tutor, format 1'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, text] of Object.entries(schemaFiles())) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}
