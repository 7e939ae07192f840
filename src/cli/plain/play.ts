/**
 * The lessons line by line, for a terminal on which no screen can be drawn, a screen reader, or a pipe. The same
 * engine as the TUI's; it prints what is new and reads one line at a time.
 */
import { parseAddress } from '../../course/address.ts';
import type { Course } from '../../course/course.ts';
import type { GlobalOptions } from '../globals.ts';
import { openRunningCluster } from '../open/cluster.ts';
import { startEngine } from '../open/engine.ts';
import { stdout } from '../print/out.ts';
import { plainColumns } from '../print/plain-columns.ts';
import { interruptSignal } from '../process/interrupt.ts';
import { converse } from './converse.ts';

/** Opens a lesson (an address, the first open one without it) and goes on until q or the end of the input. */
export async function playPlain(
  course: Course,
  address: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  const { cluster, names } = await openRunningCluster(options);
  const health = await cluster.health(interruptSignal()).catch(() => null);
  const ready = health?.state === 'ready';
  const engine = await startEngine(course, ready ? cluster : null, names, options);
  const write = (text: string) => stdout.write(text);
  try {
    if (!ready) write('There is no cluster yet (istio-tutor up makes it): the lessons can only be read.\n');
    const { lessons } = engine.getSnapshot();
    const open = lessons.find(l => l.done < l.steps) ?? lessons[0];
    const { lesson, step } = parseAddress(course, address ?? String(open?.number ?? 1));
    await converse(
      engine,
      { ...options, input: process.stdin, write, columns: plainColumns(), signal: interruptSignal() },
      lesson.id,
      step,
    );
  } finally {
    await engine.dispose();
  }
}
