/**
 * `--transcript FILE`: what was done, as Markdown, while it is done: the steps, the commands with their outputs, the
 * walks, the checks. Each part once, when it has become final. Appended, so that a second sitting goes on in the file.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { Step } from '../course/schema.ts';
import { UNKNOWN } from '../lesson/asked.ts';
import type { Engine, LessonSnapshot, StepState } from '../lesson/state.ts';
import { UserError } from '../shared/errors.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { minuteText } from '../shared/minute-text.ts';
import { codeBlock, safeMarkdown } from '../shared/safe-markdown.ts';
import { recapLines } from './plain/recap-lines.ts';
import { answerLines, applyLines, checkLines, evidenceLines } from './print/lesson-lines.ts';

const LOOK = { color: false, ascii: false };

export interface TranscriptFile {
  /** Writes what this engine does from now on. */
  follow(engine: Engine): void;
  /** Writes what did not fit so far. Returns why it still cannot be written, a full disk; null: the file is complete. */
  finish(): string | null;
}

/** Begins the file, or goes on in it. Throws a UserError when it cannot be written. */
export function openTranscript(path: string, now: () => Date): TranscriptFile {
  try {
    const onNewLine = endsInLine(path) ? '\n\n' : '';
    append(path, `${onNewLine}# istio-tutor, ${minuteText(now().toISOString())} UTC\n`);
  } catch (error) {
    throw new UserError({
      what: `The transcript ${path} cannot be written.`,
      why: reasonOf(error, path),
      next: ['--transcript ./transcript.md'],
    });
  }
  let waiting = '';
  const write = (text: string): string | null => {
    waiting += text;
    if (waiting === '') return null;
    try {
      append(path, waiting);
      waiting = '';
      return null;
    } catch (error) {
      // This must not end the lesson; it is said at the end, unless there is room by then.
      return reasonOf(error, path);
    }
  };
  const teller = new SnapshotTeller(write);
  return {
    follow: engine => void engine.subscribe(() => teller.tell(engine.getSnapshot())),
    finish: () => write(''),
  };
}

/** A pipe that nobody reads is an error, and not waited for. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/** Appends the whole text or nothing: half of one may end within a code block, which then swallows what follows. */
function append(path: string, text: string): void {
  const file = openSync(path, APPEND, 0o666);
  try {
    const before = fstatSync(file);
    const bytes = Buffer.from(text);
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(file, bytes, written);
    } catch (error) {
      // Unless somebody else has written after it.
      if (before.isFile() && fstatSync(file).size === before.size + written) ftruncateSync(file, before.size);
      throw error;
    }
  } finally {
    closeSync(file);
  }
}

/** Whether there is a file whose last line does not end. */
function endsInLine(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false; // None, or one that may only be written.
  }
  try {
    const info = fstatSync(file);
    const last = Buffer.alloc(1);
    return info.isFile() && readSync(file, last, 0, 1, info.size - 1) === 1 && last.toString() !== '\n';
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}

/** From snapshots to Markdown, nothing twice. */
export class SnapshotTeller {
  #lesson = '';
  #at = '';
  #told: Partial<StepState> = {};
  readonly #append: (markdown: string) => void;

  constructor(append: (markdown: string) => void) {
    this.#append = append;
  }

  tell({ lesson, at, steps, provider }: LessonSnapshot): void {
    const step = lesson?.steps[at];
    if (lesson === null || step === undefined) return;
    if (lesson.id !== this.#lesson)
      this.#write(`\n## ${lesson.number}  ${lesson.title}\n\nOn ${provider}.\n`);
    if (`${lesson.id}/${step.id}` !== this.#at) {
      this.#write(`\n### ${step.title}\n${introduction(step, lesson.prose[step.id]?.before ?? '')}`);
      this.#told = steps[step.id] ?? {};
    }
    this.#lesson = lesson.id;
    this.#at = `${lesson.id}/${step.id}`;
    const state = steps[step.id];
    if (state !== undefined && state !== this.#told)
      this.#news(step, state, lesson.prose[step.id]?.after ?? '');
  }

  #news(step: Step, state: StepState, after: string): void {
    const before = this.#told;
    this.#told = state;
    const { apply, probe, checks, said, proven, recall } = state;
    if (said !== undefined && said !== before.said && step.kind === 'predict') {
      this.#write(`\nSaid: ${said === null ? UNKNOWN : step.options[said]?.say}\n`);
    }
    // While it is followed an apply has no effect yet; a refused one has none at all.
    const final =
      apply?.effect !== undefined || apply?.objects.some(each => each.outcome === 'refused') === true;
    if (apply !== undefined && final && apply !== before.apply) this.#block(applyLines(apply, LOOK));
    if (probe?.evidence !== undefined && probe.evidence !== before.probe?.evidence) {
      this.#block([...answerLines(probe.evidence.curl, LOOK), '', ...evidenceLines(probe.evidence, LOOK)]);
    }
    if (step.kind === 'predict' && proven !== undefined && proven !== before.proven) {
      const words = proven === null ? 'none of the answers' : step.options[proven]?.say;
      this.#write(`\n${proven === said ? 'And so it was.' : `It was: ${words}`}\n`);
    }
    if (recall !== undefined && recall !== before.recall) {
      const lines = recapLines(before.recall, recall, LOOK);
      if (lines.length > 0) this.#block(lines);
    }
    if (
      checks !== undefined &&
      checks !== before.checks &&
      checks.every(each => each.verdict.state !== 'not-tried')
    ) {
      this.#block(checkLines(checks, LOOK, step.kind === 'fix' ? step.checks : []));
    }
    if (state.phase === 'done' && before.phase !== 'done' && after !== '')
      this.#write(`\n${withoutHeading(after)}\n`);
  }

  #block(lines: readonly string[]): void {
    this.#write(`\n${codeBlock(lines.map(line => line.trimEnd())).join('\n')}\n`);
  }

  /** Nothing of a course or of an answer acts on whoever opens the file. */
  #write(markdown: string): void {
    this.#append(safeMarkdown(markdown));
  }
}

function introduction(step: Step, prose: string): string {
  const text = prose === '' ? '' : `\n${withoutHeading(prose)}\n`;
  if (step.kind === 'predict') {
    const options = step.options.map(({ say }, i) => `${i + 1}. ${say}`);
    return `${text}\n${step.question}\n\n${options.join('\n')}\n`;
  }
  return step.kind === 'fix' ? `${text}\n${step.task}\n` : text;
}

/** The step's title stands above it already. */
function withoutHeading(text: string): string {
  return text.trim().replace(/^#+ .*\n+/, '');
}
