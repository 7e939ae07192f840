/**
 * Progress for whoever watches a command: on a terminal one living line a stage, otherwise plain lines.
 * Always on stderr, so that stdout belongs to the answer. The cursor is never hidden, so there is nothing
 * to restore when the program is killed.
 */
import { type Clock, systemClock } from '../../shared/clock.ts';
import type { Progress } from '../../shared/progress.ts';
import type { Writer } from './out.ts';
import { type PrintLook, paint, signs } from './paint.ts';

export interface Stage {
  readonly title: string;
  readonly seconds: number;
}

export interface CliProgress extends Progress {
  /** Something that must stay on the screen: a warning, a decision. */
  note(text: string): void;
  /** Stops drawing while a question is asked; calling what it returns goes on. */
  hold(): () => void;
  /** Ends the last stage. Returns every stage with the time it took. */
  end(outcome: 'good' | 'bad'): readonly Stage[];
}

export interface ProgressOptions extends PrintLook {
  readonly to: Writer;
  /** Every line of the tools, not only the last. */
  readonly verbose: boolean;
  readonly clock?: Clock;
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ASCII_SPINNER = ['|', '/', '-', '\\'];
const TITLE_WIDTH = 44;

export function cliProgress(options: ProgressOptions): CliProgress {
  const { to, clock = systemClock } = options;
  const living = to.isTTY && !options.verbose;
  const spinner = options.ascii ? ASCII_SPINNER : SPINNER;
  const done: Stage[] = [];
  let current: { title: string; since: number; line: string } | null = null;
  let turn = 0;
  let held = false;
  let timer: NodeJS.Timeout | undefined;

  const seconds = (since: number) => (clock.now() - since) / 1000;
  const row = (sign: string, title: string, rest: string) => `${sign} ${title.padEnd(TITLE_WIDTH)} ${rest}`;
  const wipe = () => {
    if (living) to.wipeLine();
  };

  function draw(): void {
    if (!living || held || current === null) return;
    const elapsed = `${Math.floor(seconds(current.since))} s`.padStart(6);
    const room = (to.columns || 80) - TITLE_WIDTH - 12;
    const line = room > 10 ? current.line.slice(0, room) : '';
    const sign = spinner[turn++ % spinner.length] ?? '';
    wipe();
    to.write(row(paint(options, 'cyan', sign), current.title, `${elapsed}  ${paint(options, 'dim', line)}`));
  }

  function finish(outcome: 'good' | 'bad'): void {
    if (current === null) return;
    const took = seconds(current.since);
    done.push({ title: current.title, seconds: Math.round(took * 10) / 10 });
    const sign = paint(options, outcome === 'good' ? 'green' : 'red', signs(options)[outcome]);
    wipe();
    to.write(`${row(sign, current.title, `${took.toFixed(1)} s`.padStart(8))}\n`);
    current = null;
    clearInterval(timer);
  }

  return {
    stage(title) {
      finish('good');
      current = { title, since: clock.now(), line: '' };
      if (living) {
        timer = setInterval(draw, 100);
        timer.unref();
        draw();
      } else if (options.verbose) {
        to.write(`${signs(options).todo} ${title}\n`);
      }
    },
    line(text) {
      if (current !== null) current.line = text.trim();
      if (options.verbose) to.write(`    ${text}\n`);
    },
    note(text) {
      wipe();
      to.write(`${paint(options, 'yellow', signs(options).note)} ${text}\n`);
      draw();
    },
    hold() {
      wipe();
      held = true;
      return () => {
        held = false;
        draw();
      };
    },
    end(outcome) {
      finish(outcome);
      return done;
    },
  };
}
