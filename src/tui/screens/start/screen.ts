/** The screens before the list of lessons; and a provider's question, which may come at any time. */
import { questionFrame } from '../../components/question-frame.ts';
import type { Screen } from '../../screen.ts';
import type { StartUp } from '../../state/start-up.ts';
import { TITLE } from '../list/frame.ts';
import { startFrame } from './frame.ts';
import { pressAtStart } from './press.ts';

export function startScreen(startUp: StartUp): Screen {
  const state = startUp.store.get();
  const { question, now: start } = state;
  return {
    name: start.at,
    frame: ({ size, look, now }) =>
      question === null ? startFrame({ state, size, look, now }) : questionFrame(TITLE, question, size, look),
    press: (press, _on, { quit, interrupt }) => pressAtStart(press, { startUp, quit, interrupt }),
    runs: () => start.at === 'making',
  };
}
