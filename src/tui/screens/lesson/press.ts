/**
 * What each key does in a lesson: asks the engine, or changes the screen's own state. The only place where
 * keys meet the engine. A command that is of no use at the moment says so, or does nothing.
 */
import { REFERENCE_KINDS } from '../../../course/reference.ts';
import { optionOf, UNKNOWN } from '../../../lesson/asked.ts';
import { callOf } from '../../../lesson/calls.ts';
import { isReading } from '../../../lesson/state.ts';
import { elsewhereText } from '../../elsewhere.ts';
import { type Command, commandOf, digitOf, type Place } from '../../keys.ts';
import type { Press } from '../../press.ts';
import { readLogPane } from '../../state/read-log.ts';
import { readPlanPane } from '../../state/read-plan.ts';
import { readReferencePane } from '../../state/read-reference.ts';
import { readWhyPane } from '../../state/read-why.ts';
import { isMenu, type Ui } from '../../state/ui.ts';
import { kubectlCommands } from '../panes/kubectl-lines.ts';
import { callsMenu, editable, filesMenu } from '../panes/steps-menu.ts';
import { whyPlaces } from '../panes/why-lines.ts';
import { change, type } from './calling.ts';
import { interrupt, quit } from './leave.ts';
import {
  isPlay,
  isQuestion,
  type LessonPorts,
  type Moment,
  remark,
  stepOf,
  toggle,
  withCluster,
} from './moment.ts';
import { move, scrollBy } from './move.ts';
import { closeTerms, offerTerms, openTerm } from './press-terms.ts';
import { hint, NO_TASK, showSolution, takeSolution } from './solving.ts';
import { asking, checksToPointAt, checkToSend, choosable } from './state.ts';
import { ALWAYS, holdPress } from './waiting-presses.ts';

function placeOf(ui: Ui): Place {
  if (ui.asks) return 'confirm';
  if (isMenu(ui.pane)) return 'menu';
  return ui.pane ? 'pane' : 'lesson';
}

export function pressInLesson(press: Press, ports: LessonPorts): void {
  const state = ports.ui.get();
  const moment: Moment = { ...ports, state, snapshot: ports.engine.getSnapshot() };
  const place = placeOf(state);
  const own = place === 'lesson' && isPlay(moment) ? commandOf(press, 'playground') : null;
  const command = own ?? commandOf(press, place);
  if (command === 'interrupt') interrupt(moment);
  else if (state.editor) type(press, moment);
  else if (place === 'lesson' && holdPress(press, moment.snapshot, ports.ui)) return;
  else if (moment.snapshot.busy && place === 'lesson' && !ALWAYS.has(command)) return;
  else if (command) run(command, moment);
  else if (state.pane === 'steps') typeStep(press, moment);
  else {
    const digit = digitOf(press);
    if (digit === null) sayWhere(press, place, moment);
    else pick(digit, moment);
  }
}

/** On a row of a menu: points at it; on the one that is pointed at already, takes it. */
export function clickInLesson(row: number, ports: LessonPorts): void {
  const state = ports.ui.get();
  if (placeOf(state) !== 'menu') return;
  if (state.menuAt !== row) ports.ui.dispatch({ type: 'point', what: 'menu', at: row });
  else run('choose', { ...ports, state, snapshot: ports.engine.getSnapshot() });
}

function sayWhere(press: Press, place: Place, moment: Moment): void {
  const inExam = isQuestion(moment);
  const text = elsewhereText(press, inExam && place === 'lesson' ? 'question' : place, inExam);
  if (text !== null) remark(moment, text);
}

/** A digit: a row of a menu, a page of the reference, an answer, or a check. */
function pick(index: number, { state, snapshot, ui }: Moment): void {
  const options = choosable(snapshot);
  if (state.pane === 'reference') {
    const kind = REFERENCE_KINDS[index];
    if (kind !== undefined) readReferencePane(kind, ui);
  } else if (state.pane === 'files' || state.pane === 'calls') {
    const { rows } = (state.pane === 'files' ? filesMenu : callsMenu)(snapshot);
    if (index < rows.length) ui.dispatch({ type: 'point', what: 'menu', at: index });
  } else if (!state.pane && !state.asks && options !== null) {
    if (index <= options.length) ui.dispatch({ type: 'point', what: 'option', at: index });
  } else if (!state.pane && !state.asks && index < (checksToPointAt(snapshot)?.length ?? 0)) {
    ui.dispatch({ type: 'point', what: 'option', at: index });
  }
}

/** Step 1 of twelve may be the beginning of 11: the pointer goes there, and enter takes it. */
function typeStep(press: Press, moment: Moment): void {
  if (press.ctrl || press.meta || !/^\d$/.test(press.name)) return;
  const { snapshot, state, ui } = moment;
  const digit = Number(press.name);
  const { length } = snapshot.lesson?.steps ?? [];
  const longer = state.menuTyped * 10 + digit;
  const number = longer <= length ? longer : digit;
  if (number < 1 || number > length) return;
  if (number * 10 > length) goTo(number - 1, moment);
  else ui.dispatch({ type: 'point', what: 'menu', at: number - 1, typed: number });
}

function goTo(index: number, { engine, ui }: Moment): void {
  ui.dispatch({ type: 'close' });
  void engine.goTo(index);
}

const ONE_STEP = 'A question is one step; n is the next question.';

const COMMANDS: Partial<Record<Command, (moment: Moment) => unknown>> = {
  next,
  calls: moment => toggle('calls', moment),
  'save-scene': moment => withCluster(moment, () => void moment.engine.saveScene()),
  back: moment => {
    if (isPlay(moment)) remark(moment, NO_TASK);
    else if (isQuestion(moment)) remark(moment, ONE_STEP);
    else if (moment.snapshot.at === 0) remark(moment, 'This is the first step.');
    else void moment.engine.back();
  },
  apply: moment => withCluster(moment, () => apply(moment)),
  probe: moment => withCluster(moment, () => again(moment)),
  change: moment => withCluster(moment, () => change(moment)),
  edit,
  diff: moment => {
    toggle('diff', moment);
    if (moment.ui.get().pane === 'diff') readPlanPane(moment.engine, moment.ui, moment.now);
  },
  kubectl: moment => toggle('kubectl', moment),
  copy: moment => {
    const lines = moment.state.pane === 'kubectl' ? kubectlCommands(moment.snapshot) : [];
    if (lines.length === 0) return remark(moment, 'c copies what the kubectl pane has: t opens it.');
    moment.copy(lines.join('\n'));
    remark(moment, 'Copied, where your terminal lets programs do that (OSC 52).');
  },
  shell: ({ shell }) => shell(),
  keys: moment => toggle('keys', moment),
  article: moment =>
    moment.snapshot.lesson?.article === undefined
      ? remark(moment, 'This lesson quotes no article.')
      : toggle('article', moment),
  reference: moment => {
    toggle('reference', moment);
    if (moment.ui.get().reference === null) readReferencePane(REFERENCE_KINDS[0], moment.ui);
  },
  log: moment =>
    withCluster(moment, () => {
      toggle('log', moment);
      readLogPane(moment.engine, moment.ui);
    }),
  why: moment =>
    withCluster(moment, () => {
      toggle('why', moment);
      if (moment.ui.get().pane === 'why') readWhyPane(moment.engine, moment.ui, moment.now);
    }),
  'open-file': moment => openFile(moment),
  glossary: ({ ui, state, view }) => state.pane !== null && offerTerms(ui, view().pane),
  raw: moment =>
    moment.state.pane === 'log'
      ? moment.ui.dispatch({ type: 'raw' })
      : remark(moment, "r shows the log as it is written, in the pane of the sidecar's log."),
  hint,
  solution: showSolution,
  'take-solution': takeSolution,
  reset: moment => withCluster(moment, () => moment.ui.dispatch({ type: 'ask', question: 'reset' })),
  yes: answerYes,
  no: ({ ui }) => ui.dispatch({ type: 'close' }),
  steps: moment =>
    isPlay(moment)
      ? remark(moment, NO_TASK)
      : isQuestion(moment)
        ? remark(moment, ONE_STEP)
        : moment.ui.dispatch({ type: 'open', pane: 'steps', at: moment.snapshot.at }),
  choose,
  'bring-back': ({ engine, snapshot, bringUp }) =>
    isReading(snapshot) ? bringUp() : void engine.bringBack(),
  close,
  quit,
};

function answerYes({ engine, ui, state, quit: leave }: Moment): void {
  ui.dispatch({ type: 'close' });
  if (state.asks === 'quit') leave();
  else void engine.reset();
}

/** These begin work because the learner wants it, who has then seen the problem on the screen. */
const WORK: ReadonlySet<Command> = new Set(['apply', 'probe', 'back', 'yes', 'choose', 'bring-back']);

function run(command: Command, moment: Moment): void {
  const action = COMMANDS[command];
  if (moment.snapshot.problem && WORK.has(command)) moment.engine.dismiss();
  if (action) action(moment);
  else move(command, moment);
}

/** Enter: dismisses an error, or shows the rest of the text, or gives an answer; else the engine goes on. */
function next(moment: Moment): void {
  const { engine, snapshot, view } = moment;
  const seen = view();
  if (snapshot.problem) engine.dismiss();
  else if (seen.more) scrollBy(seen.page, moment);
  else if (asking(snapshot)) answer(moment);
  else void engine.advance();
}

function answer(moment: Moment): void {
  const options = asking(moment.snapshot);
  const option = options ? optionOf(options, moment.state.optionAt) : undefined;
  if (option === undefined)
    remark(moment, `Choose an answer first, by its number or with the arrows; "${UNKNOWN}" is one as well.`);
  else void moment.engine.answer(option);
}

function apply(moment: Moment): void {
  const kind = stepOf(moment)?.kind;
  if (kind === 'apply' || kind === 'fix') void moment.engine.apply();
  else remark(moment, 'There is nothing to apply in this step.');
}

function again(moment: Moment): void {
  const { engine, snapshot, state } = moment;
  const step = stepOf(moment);
  const check =
    step?.kind === 'fix' && !isQuestion(moment) ? checkToSend(snapshot, step, state.optionAt) : undefined;
  if (asking(snapshot)) remark(moment, 'First say what you expect, then Enter sends the call.');
  else if (check) {
    const { curl, from } = callOf(check);
    void engine.probe(curl, from);
  } else void engine.probe();
}

/** What `e` begins in an empty playground. */
const NEW_FILE = 'mesh.yaml';

function edit(moment: Moment): void {
  const [first, ...others] = editable(moment.snapshot);
  const { unwritable } = moment.snapshot;
  if (first === undefined && unwritable)
    remark(moment, [unwritable.what, unwritable.why ?? '', ...unwritable.next].join(' '));
  else if (first === undefined && isPlay(moment)) moment.edit(NEW_FILE);
  else if (first === undefined)
    remark(moment, 'There is nothing to edit here: files are yours where something is to be put right.');
  else if (others.length === 0) moment.edit(first);
  else moment.ui.dispatch({ type: 'open', pane: 'files' });
}

function choose(moment: Moment): void {
  const { pane, menuAt } = moment.state;
  if (pane === 'steps') goTo(menuAt, moment);
  else if (pane === 'terms') openTerm(moment.ui);
  else if (pane === 'calls') chooseCall(moment);
  else chooseFile(moment);
}

function chooseCall(moment: Moment): void {
  const { engine, ui, snapshot, state } = moment;
  const chosen = snapshot.lesson?.playground?.calls[state.menuAt];
  ui.dispatch({ type: 'close' });
  if (chosen !== undefined) withCluster(moment, () => void engine.probe(chosen.call.curl, chosen.call.from));
}

function chooseFile(moment: Moment): void {
  const name = editable(moment.snapshot)[moment.state.menuAt];
  moment.ui.dispatch({ type: 'close' });
  if (name) moment.edit(name);
}

/** The file of the decision that the pointer is on, at its line. */
function openFile(moment: Moment): void {
  const { state, edit: open } = moment;
  const place = state.pane === 'why' ? whyPlaces(state)[state.menuAt] : undefined;
  if (state.pane !== 'why') remark(moment, 'o opens the file that decided, in the pane of why.');
  else if (place !== undefined) open(place.file, place.line);
  else remark(moment, 'No file of yours has a part in this.');
}

/** Esc: closes what is open, or dismisses an error, or leaves the lesson. */
function close({ engine, ui, state, snapshot }: Moment): void {
  if (state.pane === 'terms' || state.pane === 'term') closeTerms(ui);
  else if (state.pane || state.asks) ui.dispatch({ type: 'close' });
  else if (snapshot.problem) engine.dismiss();
  else engine.close();
}
