// One side's answers, kept in a file for each tour, so that the other can be compared without a cluster.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Answers } from './run-tour.ts';

const fileOf = (folder: string, tour: string) => join(folder, `${tour}.json.gz`);

export function keep(folder: string, tour: string, answers: Answers): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, tour), gzipSync(JSON.stringify(answers), { level: 9 }));
}

export function kept(folder: string, tour: string): Answers {
  const file = fileOf(folder, tour);
  if (!existsSync(file)) throw new Error(`${file}: there is no record of this tour`);
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8'));
}
