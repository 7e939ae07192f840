/** The page at the end of a course: what was done and foreseen, what is weak, what to take home and what to do next. */
import { endLines } from '../../../lesson/course-end.ts';
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

const LABEL = 14;

export function endScreen(engine: Engine, ending: CourseEnd): Screen {
  return {
    name: 'end',
    frame: on => endFrame(engine, ending, on),
    press(press, _on, { quit }) {
      const command = commandOf(press, 'end');
      if (command === 'quit' || command === 'interrupt') quit();
      else if (command === 'close') {
        if (engine.getSnapshot().problem) engine.dismiss();
        else engine.close();
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
  const keys = [keyLabel('close', 'end', problem ? 'go on' : 'lessons'), keyLabel('quit', 'end')];
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
  const parts = endLines(ending, folder).flatMap(([label, text], at) => [
    ...(label === '' || at === 0 ? [] : [blank]),
    ...wrap([piece(label.padEnd(LABEL), 'dim'), piece(text)], columns, LABEL),
  ]);
  return [[bold('That was the course.')], blank, ...parts];
}
