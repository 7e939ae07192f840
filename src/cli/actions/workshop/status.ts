/** The instructor's board and report: who is at which lesson or drill, and what each has done. */
import { connect } from '../../../kube/client.ts';
import { systemClock } from '../../../shared/clock.ts';
import { UserError } from '../../../shared/errors.ts';
import { minuteText } from '../../../shared/minute-text.ts';
import { safeMarkdown } from '../../../shared/safe-markdown.ts';
import { type LearnerStatus, learnersOf, statusOf } from '../../../workshop/workshop.ts';
import { type GlobalOptions, sameAgain } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { printJson, stdout } from '../../print/out.ts';
import { paint, signs } from '../../print/paint.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { refuseLearner, sharedPlace } from './up.ts';

/** Milliseconds between two looks of the live board. */
const EVERY = 2000;

export async function workshopStatus(once: boolean, options: GlobalOptions): Promise<void> {
  const look = await looker(options);
  const live = !once && !options.json && process.stdout.isTTY === true;
  if (options.json) {
    printJson({ learners: await look() });
    return;
  }
  const signal = interruptSignal();
  let drawn = 0;
  for (;;) {
    const lines = boardLines(await look(), options, new Date());
    // Up to where the last board began, and from there anew.
    stdout.wipeLines(drawn);
    stdout.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
    if (!live) return;
    try {
      await systemClock.wait(EVERY, signal);
    } catch {
      return;
    }
  }
}

async function looker(options: GlobalOptions): Promise<() => Promise<readonly LearnerStatus[]>> {
  refuseLearner(options);
  const on = sharedPlace(options);
  const { cluster } = await openCluster({ ...options, on });
  const kube = await connect(cluster.kubeconfig);
  return async () => {
    const learners = await learnersOf(kube);
    if (learners.length === 0) {
      throw new UserError({
        what: `There is no workshop on ${cluster.name}.`,
        next: [`istio-tutor workshop up${sameAgain({ ...options, on })} --learners ana,ben`],
      });
    }
    return Promise.all(learners.map(each => statusOf(kube, each)));
  };
}

function boardLines(all: readonly LearnerStatus[], options: GlobalOptions, now: Date): string[] {
  const widest = Math.max(7, ...all.map(each => each.learner.length));
  const { good, bad } = signs(options);
  const rows = all.map(({ learner, world, progress }) => {
    const sign = world === 'ready' ? paint(options, 'green', good) : paint(options, 'red', bad);
    const where = world === 'ready' ? placeText(progress) : world;
    const counts = `${String(progress?.lessons.length ?? 0).padStart(2)} lessons ${String(progress?.drills.length ?? 0).padStart(2)} drills`;
    return `${sign} ${learner.padEnd(widest)}  ${where.slice(0, 40).padEnd(40)}  ${counts}  ${agoText(progress?.updated, now)}`;
  });
  const head = paint(options, 'dim', `  ${'learner'.padEnd(widest)}  ${'at'.padEnd(40)}  done`);
  return [head, ...rows];
}

function placeText(progress: LearnerStatus['progress']): string {
  if (progress === null) return 'not begun';
  const { kind, at, step } = progress;
  return kind === 'drill' ? `drill ${at}` : `${at}/${step}`;
}

function agoText(updated: string | undefined, now: Date): string {
  const ms = now.getTime() - Date.parse(updated ?? '');
  if (!Number.isFinite(ms)) return '';
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

export async function workshopReport(options: GlobalOptions): Promise<void> {
  const learners = await (await looker(options))();
  if (options.json) {
    printJson({ learners });
    return;
  }
  const row = ({ learner, progress }: LearnerStatus) => {
    const { lessons = [], drills = [], steps = 0, updated = '' } = progress ?? {};
    const last = updated === '' ? 'not begun' : minuteText(updated);
    return `| ${learner} | ${lessons.length} | ${steps} | ${drills.length} | ${[...lessons, ...drills].join(', ')} | ${last} |`;
  };
  const lines = [
    '# Workshop',
    '',
    '| learner | lessons | steps | drills | done | last seen (UTC) |',
    '| --- | --- | --- | --- | --- | --- |',
    ...learners.map(row),
    '',
  ];
  stdout.write(safeMarkdown(lines.join('\n')));
}
