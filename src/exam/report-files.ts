/** The report of an exam as files in the candidate's folder. */
import { join } from 'node:path';
import { makeFolder } from '../shared/files/make-folder.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { jsonText } from '../shared/printable.ts';
import { reportJunit } from './report-junit.ts';
import { reportMarkdown } from './report-markdown.ts';
import type { ExamReport } from './report-schema.ts';

/** Writes report.md, report.json and report.xml. Rejects with one sentence that says why. */
export async function writeReport(folder: string, report: ExamReport): Promise<void> {
  const texts = {
    'report.md': reportMarkdown(report),
    'report.json': `${jsonText(report, 2)}\n`,
    'report.xml': reportJunit(report),
  };
  let path = folder;
  try {
    await makeFolder(folder);
    for (const [name, text] of Object.entries(texts)) {
      path = join(folder, name);
      await writeWhole(path, text);
    }
  } catch (error) {
    throw new Error(reasonOf(error, path), { cause: error });
  }
}
