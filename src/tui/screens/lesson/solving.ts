/** Help with what is to be put right: hints, and the solution, which is shown before anything is written. */
import { isPlay, isQuestion, type Moment, remark, stepOf, toggle, withCluster } from './moment.ts';
import { stepState } from './state.ts';

export const NO_TASK = 'The playground is one place, with nothing to solve in it.';

const NO_HELP = 'An exam has no hints and no solutions; the report at its end has both.';

export function hint(moment: Moment): void {
  const step = stepOf(moment);
  const shown = stepState(moment.snapshot)?.hints ?? 0;
  if (isPlay(moment)) remark(moment, NO_TASK);
  else if (isQuestion(moment)) remark(moment, NO_HELP);
  else if (step?.kind !== 'fix') remark(moment, 'Hints are there where something is to be put right.');
  else if (shown >= step.hints.length) remark(moment, 'That was the last hint; s shows the solution.');
  else moment.engine.hint();
}

export function showSolution(moment: Moment): void {
  if (isPlay(moment)) remark(moment, NO_TASK);
  else if (isQuestion(moment)) remark(moment, NO_HELP);
  else if (stepOf(moment)?.kind === 'fix') toggle('solution', moment);
  else remark(moment, 'There is nothing to solve in this step.');
}

export function takeSolution(moment: Moment): void {
  if (isQuestion(moment)) remark(moment, NO_HELP);
  else if (moment.state.pane !== 'solution')
    remark(moment, 'w puts the solution into your files, where it is shown: s shows it.');
  else
    withCluster(moment, () => {
      moment.ui.dispatch({ type: 'close' });
      void moment.engine.solution();
    });
}
