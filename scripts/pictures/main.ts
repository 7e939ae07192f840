/**
 * npm run pictures
 * The pictures of README.md and docs/tour.md: the built program in a terminal of 80x24, a telling step of each lesson,
 * the list, a drill, an exam, and a lesson that moves. As SVG in docs/pictures.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadCourse } from '../../src/course/load.ts';
import type { Step } from '../../src/course/schema.ts';
import { type Press, recorded } from './recorded.ts';
import { screensSvg } from './svg.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'docs/pictures');

/** By lesson, the step that shows best what it is about. */
const TELLING: Readonly<Record<string, string>> = {
  'blind-spot': 'https-refused',
  'service-entry': 'two-lookups',
  'destination-rule': 'outage',
  'virtual-service': 'own-feet',
  routing: 'weights',
  mirroring: 'count',
  failover: 'down-call',
  clinic: 'p3-silent',
};

/** What one does at a step, until its evidence is there. */
function pressesOf(step: Step): Press[] {
  if (step.kind === 'fix') return [['', 'enter check'], ['\r', '✗']]; // biome-ignore format: pairs
  if (step.kind === 'predict')
    return [['', ' choose '], [`${step.announced}`, `▸ ${step.announced}`], ['\r', 'y why']]; // biome-ignore format: pairs
  return [['', 'enter send'], ['\r', 'y why']]; // biome-ignore format: pairs
}

/** Lesson 3, from the manifest of the article to the outage and its reason. */
const MOVING: readonly Press[] = [
  ['', '2/16'],
  ['a', 'in effect'],
  ['\r', '3/16'],
  ['2', '▸ 2'],
  ['\r', 'y why'],
  ['y', 'filter chain'],
];

/** A state of its own for each picture: none shows what another has done. `last`: only the screen at the end. */
async function picture(name: string, argv: readonly string[], presses: readonly Press[], last = true) {
  const state = mkdtempSync(join(tmpdir(), 'istio-tutor-pictures-'));
  mkdirSync(join(state, 'home'));
  try {
    const screens = await recorded(argv, state, presses);
    const svg = screensSvg(last ? screens.slice(-1) : screens, `istio-tutor ${argv.join(' ')}`);
    writeFileSync(join(folder, `${name}.svg`), svg);
    console.log(`docs/pictures/${name}.svg  ${Math.round(svg.length / 1024)} kB`);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

mkdirSync(folder, { recursive: true });
const { lessons } = await loadCourse(join(root, 'lessons'));
await picture('lessons', [], [['', 'w where it runs']]);
await picture('moving', ['3/2'], MOVING, false);
for (const { id, number, steps } of lessons) {
  const at = steps.findIndex(step => step.id === TELLING[id]);
  const step = steps[at];
  if (step === undefined) throw new Error(`Lesson ${number} has no step to be shown.`);
  await picture(`lesson-${number}`, [`${number}/${at + 1}`], pressesOf(step));
}
await picture('drill', ['drill', 'timeout-bites'], [['', 'enter check'], ['\r', '✗']]); // biome-ignore format: pairs
await picture('exam', ['exam', '--drills', '6', '--seed', 'a'], [['', 'enter open'], ['jf', '!']]); // biome-ignore format: pairs
