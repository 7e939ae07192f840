/** Which keys the bar offers at this moment, the likeliest first. */
import { passageOf } from '../../../course/article.ts';
import { isSealed } from '../../../course/course.ts';
import type { LessonSnapshot, StepState } from '../../../lesson/state.ts';
import { allPassed } from '../../components/checks/checks-lines.ts';
import type { KeyLabel } from '../../components/key-bar/key-bar-lines.ts';
import { type Command, keyLabel } from '../../keys.ts';
import { asking, checksToPointAt, choosable, stepState } from './state.ts';

/** What Enter will do now, in a word or two. `more`: it shows the rest of the text first. */
function enterWord(snapshot: LessonSnapshot, more: boolean): string {
  const step = snapshot.lesson?.steps[snapshot.at];
  const state = stepState(snapshot);
  if (!step || !state) return 'next';
  if (more) return 'more';
  const last = snapshot.at === (snapshot.lesson?.steps.length ?? 0) - 1;
  const onward = last ? 'finish' : 'next';
  if (step.kind === 'recap' && state.phase !== 'done') return recapWord(state);
  if (state.phase === 'done' || !snapshot.connected) return onward;
  switch (step.kind) {
    case 'read':
    case 'recap':
      return onward;
    case 'predict':
      return 'answer and send';
    case 'probe':
      return 'send';
    case 'apply':
      return step.changes.some(change => 'apply' in change) ? 'apply' : 'do it';
    case 'inspect':
      return 'look';
    case 'fix':
      if (isSealed(snapshot.lesson)) return 'apply';
      return allPassed(state.checks ?? []) ? onward : 'check';
  }
}

function recapWord({ recall }: StepState): string {
  if (recall === undefined) return 'next';
  if (recall.answers.length <= recall.at) return 'answer';
  return recall.at + 1 < recall.questions.length ? 'next question' : 'what you saw';
}

/** `optionAt`: the answer that the pointer is on; -1: none. */
export function lessonKeys(snapshot: LessonSnapshot, more: boolean, optionAt: number): KeyLabel[] {
  const step = snapshot.lesson?.steps[snapshot.at];
  const state = stepState(snapshot);
  const label = (command: Command, word?: string): KeyLabel => keyLabel(command, 'lesson', word);
  const end: KeyLabel[] = [label('keys')];
  if (!step || !state) return end;
  const choices = choosable(snapshot);
  const chosen: KeyLabel[] = choices ? [[`1-${choices.length + 1}`, 'choose']] : [];
  // Enter gives no answer where none is chosen.
  const [choose] = asking(snapshot) && optionAt < 0 && !more ? chosen : [];
  const enter = choose ?? label('next', enterWord(snapshot, more));
  if (!snapshot.connected)
    return [enter, ...chosen, label('back'), label('bring-back'), label('steps'), label('close'), ...end];
  const called = step.kind === 'predict' || step.kind === 'probe' || state.probe !== undefined;
  const calls: KeyLabel[] = called ? [...(state.probe ? [label('probe')] : []), label('change')] : [];
  const whys: KeyLabel[] = state.probe ? [label('why')] : [];
  const looks: KeyLabel[] = [...whys, ...(state.phase === 'done' || state.probe ? [label('log')] : [])];
  const passage = passageOf(snapshot.lesson?.article, step.id);
  const article: KeyLabel[] = passage && passage.shownAt !== step.id ? [label('article')] : [];
  switch (step.kind) {
    case 'fix': {
      if (snapshot.lesson?.playground !== undefined)
        return [
          enter,
          label('edit'),
          label('change', 'a call'),
          keyLabel('calls', 'playground'),
          ...(state.probe ? [label('probe')] : []),
          label('diff'),
          keyLabel('save-scene', 'playground'),
          ...whys,
          label('log'),
          label('reset', 'anew'),
          label('close', 'list'),
          ...end,
        ];
      if (snapshot.lesson?.exam !== undefined)
        return [
          enter,
          label('edit'),
          label('diff'),
          label('reference'),
          label('change', 'a call'),
          label('shell'),
          ...whys,
          label('log'),
          label('reset'),
          keyLabel('notes', 'question'),
          label('close', 'questions'),
          ...end,
        ];
      const checks = checksToPointAt(snapshot)?.length ?? 0;
      const point: KeyLabel[] = checks > 0 ? [[checks === 1 ? '1' : `1-${checks}`, "a check's call"]] : [];
      if (state.phase === 'done')
        return [
          ...[enter, label('edit'), label('diff')],
          ...(state.solutionShown ? [] : [label('solution', 'mine | solution')]),
          ...[label('reset'), ...whys, label('log'), ...point, ...end],
        ];
      const hint: KeyLabel[] =
        state.hints < step.hints.length
          ? [label('hint', `hint ${state.hints + 1} of ${step.hints.length}`)]
          : [];
      return [
        enter,
        label('edit'),
        label('diff'),
        ...(step.checks.length > 0 ? [label('probe', 'try it')] : []),
        ...hint,
        label('solution'),
        label('shell'),
        label('change'),
        label('reset'),
        ...whys,
        label('log'),
        ...point,
        ...end,
      ];
    }
    case 'apply':
      return [
        enter,
        ...(state.phase === 'done' ? [label('apply', 'apply again')] : []),
        ...(step.changes.some(change => 'apply' in change) ? [label('diff')] : []),
        ...calls,
        ...looks,
        ...article,
        label('back'),
        ...end,
      ];
    default:
      return [enter, ...calls, ...looks, ...article, label('back'), label('steps'), label('close'), ...end];
  }
}
