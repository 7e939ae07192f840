/** `istio-tutor exam --discard`: the exam is given up; its namespaces go, its files and the history stay. */
import { cannotBe } from '../../../cluster/providers/record.ts';
import { readExam, removeExam } from '../../../exam/exam-state.ts';
import { connect } from '../../../kube/client.ts';
import { TutorError } from '../../../shared/errors.ts';
import { moveAside } from '../../../shared/files/move-aside.ts';
import { paths, tilde } from '../../../shared/paths.ts';
import { removeExamWorlds } from '../../../world/exam-world.ts';
import type { GlobalOptions } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { printJson, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { examOptions } from './options.ts';

export async function discardExam(options: GlobalOptions): Promise<void> {
  const place = paths(options.state);
  let where: GlobalOptions = options;
  let aside: string | null = null;
  try {
    const exam = await readExam(place.exam);
    if (exam !== null) where = examOptions(exam, options);
  } catch (error) {
    if (!(error instanceof TutorError)) throw error;
    // An earlier one that was put aside stays, too.
    aside = await moveAside(place.exam).catch(failure => {
      throw cannotBe('written', place.exam, failure);
    });
  }
  const { cluster, names } = await openCluster(where);
  let removed: readonly string[] = [];
  if ((await cluster.health(interruptSignal())).state !== 'absent') {
    await commandProgress(options, async progress => {
      progress.stage("Removing the exam's namespaces");
      removed = await removeExamWorlds(await connect(cluster.kubeconfig), names, interruptSignal());
    });
  }
  if (aside === null) await removeExam(place.exam);
  if (options.json) printJson({ removed, aside }, 0);
  else {
    const what = removed.length === 0 ? 'no namespace was left' : `removed ${[...removed].sort().join(', ')}`;
    const kept = aside === null ? '' : `; its file is kept as ${tilde(aside)}`;
    stdout.write(`The exam is given up: ${what}${kept}. Your files stay.\n`);
  }
}
