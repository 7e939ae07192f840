/**
 * The file that --junit names. An earlier report of ours is replaced, since a CI runs the same line again and again;
 * anything else belongs to somebody, and is kept. A pipe or a device, like /dev/stdout, is written to.
 */
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { readIfThere } from '../shared/files/read.ts';
import { isAbsence, reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';

/** A pipe that nobody reads is an error, and not waited for. */
const STREAM = constants.O_WRONLY | constants.O_NONBLOCK;

/** Called before an exam is taken, or scenes are run: afterwards would be too late. Throws a UserError. */
export async function checkJunit(path: string): Promise<void> {
  if (await isStream(path)) return;
  await orSay(path, async () => {
    const text = await readIfThere(path);
    if (text !== null && text !== '' && !isOurs(text)) throw foreign(path);
    if (text === null) {
      const folder = dirname(path);
      if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
      await access(folder, constants.W_OK);
    }
  });
}

/** Writes it, whole or not at all. Throws a UserError. */
export async function writeJunit(path: string, xml: string): Promise<void> {
  await checkJunit(path);
  const stream = await isStream(path);
  await orSay(path, () => (stream ? writeFile(path, xml, { flag: STREAM }) : writeWhole(path, xml)));
}

/** What exam/report-junit.ts and scene/report.ts write. */
const isOurs = (text: string): boolean =>
  /^<\?xml[^>]*>\s*<testsuites name="(exam |istio-tutor test")/.test(text);

async function isStream(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  // Where /dev/stdout leads is the shell's affair: what `>` has opened is written on, not replaced.
  return info !== null && !info.isDirectory() && (!info.isFile() || path.startsWith('/dev/'));
}

async function orSay(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = isAbsence(error) ? `There is no folder ${dirname(path)}.` : reasonOf(error, path);
    throw new UserError({ what: `${path} cannot be written.`, why, next: ['--junit ./exam.xml'] }, error);
  }
}

function foreign(path: string): UserError {
  return new UserError({
    what: `${path} exists, and is not a report of istio-tutor.`,
    why: 'It would be overwritten.',
    next: ['--junit ./exam.xml', `rm ${path}   if nobody needs it`],
  });
}
