/**
 * Every shortcut, once: what it is called in the key bar, what the help says of it, and where it holds.
 * A key that is not listed for a place does nothing there; where it means something beside, elsewhere.ts says so.
 */
import type { Press } from './press.ts';

export type Command =
  | 'next' | 'back' | 'apply' | 'probe' | 'change' | 'edit' | 'diff' | 'log' | 'hint' | 'solution' | 'take-solution' | 'reset'
  | 'steps' | 'bring-back' | 'kubectl' | 'shell' | 'keys' | 'close' | 'quit' | 'interrupt' | 'dismiss' | 'read'
  | 'suspend' | 'where' | 'up' | 'down' | 'wheel-up' | 'wheel-down' | 'page-up' | 'page-down' | 'top' | 'bottom' | 'choose' | 'yes' | 'no'
  | 'why' | 'open-file' | 'raw' | 'glossary' | 'copy'
  | 'find' | 'next-open' | 'anew' | 'next-tab'
  | 'calls' | 'save-scene' | 'to-drills' | 'to-exam'
  | 'flag' | 'next-question' | 'end-exam' | 'pause-exam' | 'questions' | 'notes' | 'reference' | 'article'; // biome-ignore format: a table

export type Place =
  | 'list' | 'lesson' | 'pane' | 'menu' | 'confirm' | 'trouble' | 'wait'
  /**
   * An exam's list of questions, an open question (beside `lesson`), the keys of the list, its pause, its report; a
   * course's end.
   */
  | 'playground' | 'exam' | 'question' | 'exam-keys' | 'exam-pause' | 'report' | 'end'; // biome-ignore format: a table

export interface Shortcut {
  /** Names of presses (press.ts), the first one is shown. */
  readonly keys: readonly string[];
  readonly command: Command;
  /** For the key bar: 'apply'. */
  readonly short: string;
  /** For the help. */
  readonly long: string;
  readonly in: readonly Place[];
}

const LESSON: readonly Place[] = ['lesson'];
const READING: readonly Place[] = ['lesson', 'pane'];
const LISTS: readonly Place[] = ['list', 'menu'];
const MOVING: readonly Place[] = ['list', 'menu', 'lesson', 'pane', 'trouble', 'exam', 'report'];
/** In these the wheel moves the pointer; in those, the text. */
const POINTERS: readonly Place[] = ['list', 'menu', 'exam'];
const TEXTS: readonly Place[] = ['lesson', 'pane', 'trouble', 'report'];
const EVERYWHERE: readonly Place[] = [
  'list', 'lesson', 'pane', 'menu', 'confirm', 'trouble', 'wait', 'exam', 'question', 'exam-keys', 'exam-pause', 'report', 'end',
]; // biome-ignore format: a table

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['enter'], command: 'next', short: 'next', long: 'does the next thing: apply, send, check, go on', in: LESSON },
  { keys: ['enter'], command: 'choose', short: 'open', long: 'opens what the pointer is on', in: LISTS },
  { keys: ['backspace'], command: 'back', short: 'back', long: 'a step back', in: LESSON },
  { keys: ['a'], command: 'apply', short: 'apply', long: 'apply the manifest, and check', in: LESSON },
  { keys: ['p'], command: 'probe', short: 'again', long: 'send the call again', in: LESSON },
  { keys: ['c'], command: 'change', short: 'change the call', long: 'change the call before it is sent', in: LESSON },
  { keys: ['e'], command: 'edit', short: 'edit', long: 'edit the file in $EDITOR; saving applies and checks', in: LESSON },
  { keys: ['d'], command: 'diff', short: 'diff', long: 'the file against what is applied, and which calls would notice', in: READING },
  { keys: ['y'], command: 'why', short: 'why', long: 'why the call went there, and which lines of YAML decided it', in: READING },
  { keys: ['l'], command: 'log', short: 'sidecar log', long: "the sidecar's access log", in: READING },
  { keys: ['o'], command: 'open-file', short: 'open the file there', long: 'opens the line of YAML in $EDITOR', in: ['pane'] },
  { keys: ['r'], command: 'raw', short: 'raw', long: 'the log as it is written, and back', in: ['pane'] },
  { keys: ['g'], command: 'glossary', short: 'glossary', long: 'what the flags, exit codes and terms mean', in: ['pane'] },
  { keys: ['h'], command: 'hint', short: 'hint', long: 'a hint', in: LESSON },
  { keys: ['s'], command: 'solution', short: 'solution', long: 'the solution beside your file', in: READING },
  { keys: ['w'], command: 'take-solution', short: 'put it into my files', long: 'puts the solution into your files; yours are kept as NAME.mine', in: ['pane'] },
  { keys: ['r'], command: 'reset', short: 'reset step', long: 'back to the start of this step, your files too (asks first)', in: LESSON },
  { keys: ['g'], command: 'steps', short: 'go to', long: 'go to a step', in: LESSON },
  { keys: ['t'], command: 'kubectl', short: 'kubectl', long: 'the kubectl lines that do the same, for a second terminal', in: READING },
  { keys: ['c'], command: 'copy', short: 'copy', long: 'copies the lines of the kubectl pane', in: ['pane'] },
  { keys: ['i'], command: 'reference', short: 'reference', long: "the fields of Istio's kinds: types, defaults, an example", in: READING },
  { keys: ['v'], command: 'article', short: 'the article', long: 'what the article says of this step', in: READING },
  { keys: ['u'], command: 'bring-back', short: 'bring it up', long: 'bring the cluster up, or back', in: ['list', 'lesson', 'trouble'] },
  { keys: ['w'], command: 'where', short: 'where it runs', long: 'choose where the mesh runs', in: ['list', 'trouble'] },
  { keys: ['r'], command: 'read', short: 'only read', long: 'read the lessons without a cluster', in: ['trouble'] },
  { keys: ['tab'], command: 'next-tab', short: 'next tab', long: 'lessons, drills, exam, playground; so do 1 to 4', in: ['list'] },
  { keys: ['/'], command: 'find', short: 'find', long: 'find in the list: a word of a title, a domain, a level', in: ['list'] },
  { keys: ['n'], command: 'next-open', short: 'next open', long: 'to the next one that is not done', in: ['list'] },
  { keys: ['x'], command: 'anew', short: 'anew', long: 'start it anew: forgets what was done in it (asks first)', in: ['list'] },
  { keys: ['o'], command: 'calls', short: 'calls', long: 'calls to choose from: the scene\'s, and those you sent', in: ['playground'] },
  { keys: ['s'], command: 'save-scene', short: 'save', long: 'save it as a scene: one file, with its manifests and calls', in: ['playground'] },
  { keys: ['escape'], command: 'close', short: 'close', long: 'closes a pane; in a lesson: back to the list', in: ['pane', 'menu', 'confirm', 'trouble'] },
  { keys: ['backspace'], command: 'close', short: 'close', long: 'back to where the mesh can run', in: ['trouble'] },
  { keys: ['escape'], command: 'close', short: 'lessons', long: 'back to the list of lessons', in: LESSON },
  { keys: ['!'], command: 'shell', short: 'shell', long: 'a shell in your folder, where kubectl means the lab', in: READING },
  { keys: ['?'], command: 'keys', short: 'keys', long: 'all keys', in: ['list', 'lesson', 'pane', 'exam'] },
  { keys: ['escape', '?', 'enter'], command: 'close', short: 'close', long: 'back to the questions', in: ['exam-keys'] },
  { keys: ['q'], command: 'quit', short: 'quit', long: 'quit; everything is saved', in: ['list', 'lesson', 'pane', 'menu', 'trouble', 'wait'] },
  { keys: ['ctrl-c'], command: 'interrupt', short: 'stop', long: 'stops what is under way; else quits', in: ['list', 'lesson', 'pane', 'menu', 'confirm', 'trouble', 'wait'] },
  { keys: ['ctrl-z'], command: 'suspend', short: '', long: 'back to the shell for a while; fg goes on', in: EVERYWHERE },
  { keys: ['up', 'k'], command: 'up', short: '', long: 'up', in: MOVING },
  { keys: ['down', 'j'], command: 'down', short: '', long: 'down', in: MOVING },
  { keys: ['wheel-up'], command: 'up', short: '', long: 'up', in: POINTERS },
  { keys: ['wheel-down'], command: 'down', short: '', long: 'down', in: POINTERS },
  { keys: ['wheel-up'], command: 'wheel-up', short: '', long: 'some lines up', in: TEXTS },
  { keys: ['wheel-down'], command: 'wheel-down', short: '', long: 'some lines down', in: TEXTS },
  { keys: ['pageup'], command: 'page-up', short: '', long: 'a screen up', in: ['list', 'lesson', 'pane', 'menu', 'trouble'] },
  { keys: ['space', 'pagedown'], command: 'page-down', short: 'more', long: 'a screen down', in: ['list', 'lesson', 'pane', 'menu', 'trouble'] },
  { keys: ['home'], command: 'top', short: '', long: 'to the top', in: ['list', 'menu', 'lesson', 'pane', 'trouble'] },
  { keys: ['end'], command: 'bottom', short: '', long: 'to the end', in: ['list', 'menu', 'lesson', 'pane', 'trouble'] },
  { keys: ['enter'], command: 'choose', short: 'open', long: 'opens the question', in: ['exam'] },
  { keys: ['f'], command: 'flag', short: 'flag', long: 'flags the question, to come back to it', in: ['exam', 'question'] },
  { keys: ['n'], command: 'next-question', short: 'next', long: 'the next question', in: ['question'] },
  { keys: ['escape'], command: 'questions', short: 'questions', long: 'back to the questions', in: ['question'] },
  { keys: ['m'], command: 'notes', short: 'my notes', long: 'your notepad, in $EDITOR: never graded', in: ['exam', 'question'] },
  { keys: ['p'], command: 'pause-exam', short: 'pause', long: 'stops the clock; the pause is counted and shown', in: ['exam', 'question'] },
  { keys: ['p', 'enter'], command: 'pause-exam', short: 'go on', long: 'the clock goes on', in: ['exam-pause'] },
  { keys: ['x'], command: 'end-exam', short: 'end the exam', long: 'ends the exam and grades it (asks first)', in: ['exam'] },
  { keys: ['q'], command: 'quit', short: 'quit', long: 'quit: the clock stops, and the same command goes on', in: ['exam', 'exam-pause', 'report'] },
  { keys: ['ctrl-c'], command: 'interrupt', short: 'quit', long: 'quit', in: ['exam', 'exam-keys', 'exam-pause', 'report'] },
  { keys: ['enter'], command: 'to-drills', short: 'drills', long: 'the drills', in: ['end'] },
  { keys: ['e'], command: 'to-exam', short: 'exam', long: 'the exam', in: ['end'] },
  { keys: ['escape'], command: 'close', short: 'lessons', long: 'back to the list of lessons', in: ['end'] },
  { keys: ['q'], command: 'quit', short: 'quit', long: 'quit; everything is saved', in: ['end'] },
  { keys: ['ctrl-c'], command: 'interrupt', short: 'quit', long: 'quit', in: ['end'] },
  { keys: ['space', 'pagedown'], command: 'page-down', short: 'more', long: 'a screen down', in: ['report'] },
  { keys: ['pageup'], command: 'page-up', short: '', long: 'a screen up', in: ['report'] },
  { keys: ['home'], command: 'top', short: '', long: 'to the top', in: ['exam', 'report'] },
  { keys: ['end'], command: 'bottom', short: '', long: 'to the end', in: ['exam', 'report'] },
  { keys: ['y'], command: 'yes', short: 'yes', long: 'yes', in: ['confirm'] },
  { keys: ['n'], command: 'no', short: 'no', long: 'no', in: ['confirm'] },
]; // biome-ignore format: a table

/** What a key press means in a place; a digit is left to the screen. null: nothing. */
export function commandOf(press: Press, place: Place): Command | null {
  if (press.meta) return null;
  const name = press.ctrl ? `ctrl-${press.name}` : press.name;
  return SHORTCUTS.find(one => one.in.includes(place) && one.keys.includes(name))?.command ?? null;
}

/** A digit from 1 to 9 as an index from 0, or null. */
export function digitOf(press: Press): number | null {
  return !press.ctrl && !press.meta && /^[1-9]$/.test(press.name) ? Number(press.name) - 1 : null;
}

/** The key bar's entry of a command: 'a apply', or with another word where the moment has a better one. */
export function keyLabel(command: Command, place: Place, word?: string): readonly [string, string] {
  const found = SHORTCUTS.find(one => one.command === command && one.in.includes(place));
  return [shown(found?.keys[0] ?? ''), word ?? found?.short ?? ''];
}

export function shown(key: string): string {
  return key === 'escape' ? 'esc' : key === 'ctrl-c' ? 'ctrl-c' : key;
}
