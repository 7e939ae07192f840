/** The page at the end of a course: what was done and foreseen, what is weak, what to take home and what to do next. */
import { endLines, nextByKey } from '../../../lesson/course-end.ts';
import type { CourseEnd, Engine } from '../../../lesson/state.ts';
import { tilde } from '../../../shared/paths.ts';
import { headerLine, ruleLine } from '../../components/frame-lines.ts';
import { keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { commandOf, keyLabel } from '../../keys.ts';
import type { Canvas, Screen } from '../../screen.ts';
import { blank, bold, indent, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { signs } from '../../theme.ts';
import { TITLE } from '../list/frame.ts';
import type { ListDoors } from '../list/screen.ts';

const LABEL = 14;
const END_KEYS = ['to-drills', 'to-exam', 'close', 'quit'] as const;

/** `turn`: as in ListDoors. */
export function endScreen(engine: Engine, ending: CourseEnd, { turn }: Pick<ListDoors, 'turn'>): Screen {
  return {
    name: 'end',
    frame: on => endFrame(engine, ending, on),
    press(press, _on, { quit }) {
      const command = commandOf(press, 'end');
      if (command === 'quit' || command === 'interrupt') quit();
      else if (engine.getSnapshot().problem) {
        if (command === 'to-drills' || command === 'close') engine.dismiss();
      } else if (command === 'to-drills' || command === 'to-exam' || command === 'close') {
        engine.close();
        if (command === 'to-drills') turn('drills');
        if (command === 'to-exam') turn('exam');
      }
    },
    runs: () => false,
  };
}

function endFrame(engine: Engine, ending: CourseEnd, { size, look }: Canvas): Line[] {
  const { columns, rows } = size;
  const room = Math.min(columns - 2, 100);
  const { problem, provider } = engine.getSnapshot();
  const height = Math.max(3, rows - 5);
  const lines = problem ? problemLines(problem, room, signs(look)) : pageLines(ending, room);
  const body = Array.from({ length: height }, (_, at) => indent(lines[at] ?? [], 1));
  const keys = problem
    ? [keyLabel('to-drills', 'end', 'go on'), keyLabel('quit', 'end')]
    : END_KEYS.map(command => keyLabel(command, 'end'));
  return [
    headerLine(TITLE, '', provider, columns, look),
    ruleLine(columns, look),
    ...body,
    ruleLine(columns, look),
    keyBarLine(keys, columns),
  ];
}

function pageLines(ending: CourseEnd, columns: number): Line[] {
  const folder = ending.takeHome === null ? null : tilde(ending.takeHome);
  const [drills, exam] = [keyLabel('to-drills', 'end')[0], keyLabel('to-exam', 'end')[0]];
  const parts = endLines(ending, folder, nextByKey(ending, { drills, exam })).flatMap(([label, text], at) => [
    ...(label === '' || at === 0 ? [] : [blank]),
    ...wrap([piece(label.padEnd(LABEL), 'dim'), piece(text)], columns, LABEL),
  ]);
  return [[bold('That was the course.')], blank, ...parts];
}
