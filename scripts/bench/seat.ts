/** The learner's seat, as it is sat in: keys into the program in a pseudo-terminal, and what is on its screen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './measure.ts';
import { inPty, type PtyRun } from './pty.ts';

const CALL = 'curl http://api.safedata-zone.io/v2/data';
const FORTY = "curl 'http://api.safedata-zone.io/data?i=[1-40]'";

export interface SeatFigures {
  /** Milliseconds from the command to the walk of a call, in a playground of its own. */
  readonly playMs: number;
  /** Milliseconds from a key to its frame, with a walk of forty calls on the screen before or after it. */
  readonly keyMs: number;
}

/** Medians. */
export async function seatFigures(program: string, rounds: number): Promise<SeatFigures> {
  const plays: number[] = [];
  const keys: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'istio-tutor-bench-'));
    const flags = ['--on', 'sandbox', '--state', join(folder, 'state'), '--work', join(folder, 'work')];
    const started = performance.now();
    const pty = inPty([process.execPath, program, 'play', ...flags]);
    try {
      await call(pty, CALL, 'API stable answered 200');
      plays.push(performance.now() - started);
      if (round < 2) keys.push(...(await keyTimes(pty)));
    } finally {
      await pty.end();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { playMs: median(plays), keyMs: median(keys) };
}

/** Types a call as a hand would, and waits for the sentence below its walk, and until the next key is taken. */
async function call(pty: PtyRun, line: string, sentence: string): Promise<void> {
  await pty.until('c a call');
  await openLine(pty);
  pty.send(`\u0015${line}\r`);
  await pty.until(new RegExp(`${sentence}[^]*c a call`));
}

/** Between an answer and the moment in which it has been kept `c` is not taken: a hand would press it once more. */
async function openLine(pty: PtyRun): Promise<void> {
  pty.send('c');
  await pty.until('Change the call', AGAIN_MS).catch(() => openLine(pty));
}

const AGAIN_MS = 300;
const KEYS_PRESSED = 20;

/** `?` takes the walk away and brings it back; each time the whole screen is drawn. */
async function keyTimes(pty: PtyRun): Promise<number[]> {
  await call(pty, FORTY, 'All 40 calls went well');
  const times: number[] = [];
  for (let press = 0; press < KEYS_PRESSED; press++) {
    for (const shown of [/esc close/, /app ━/]) {
      pty.send('?');
      times.push(await pty.until(shown));
    }
  }
  return times;
}
