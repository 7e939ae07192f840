/**
 * Components by themselves, on the terminal of Ink's testing library: 100 columns, every frame whole. What depends on
 * a window's size or on a whole program is tried on the terminal of ../harness.ts.
 */
import chalk from 'chalk';
import { render } from 'ink-testing-library';
import { onTestFinished } from 'vitest';
import { Lines } from '../../../src/tui/components/lines.tsx';
import type { Press } from '../../../src/tui/press.ts';
import { Root } from '../../../src/tui/root.tsx';
import type { Screen } from '../../../src/tui/screen.ts';
import { createScreenStore } from '../../../src/tui/state/screen-store.ts';
import { createStore } from '../../../src/tui/state/store.ts';
import { reduceUi, START } from '../../../src/tui/state/ui.ts';
import type { Line } from '../../../src/tui/text/line.ts';
import type { Look } from '../../../src/tui/theme.ts';

export const LOOK: Look = { color: false, ascii: false, screenReader: false };

/** What a person reads where these lines are drawn. */
export function drawn(lines: readonly Line[], columns = 60, look: Look = LOOK): string {
  const before = chalk.level;
  // Whatever other tests draw with: here it is about the words.
  chalk.level = 0;
  try {
    const { lastFrame, unmount } = render(<Lines lines={lines} columns={columns} look={look} />);
    const frame = lastFrame() ?? '';
    unmount();
    return frame;
  } finally {
    chalk.level = before;
  }
}

/** The root with one screen on it. `asked`: what was asked of the terminal; an error that was handed on is in it. */
export function shown(
  screen: Partial<Screen>,
  { look = LOOK, now = () => 0 }: { look?: Look; now?: () => number } = {},
) {
  const asked: unknown[] = [];
  const pressed: Press[] = [];
  const ui = createStore(reduceUi, START);
  const screens = createScreenStore(() => ({
    name: 'test',
    frame: () => [],
    press: press => void pressed.push(press),
    runs: () => false,
    ...screen,
  }));
  const ports = {
    edit: (name: string) => void asked.push(`edit ${name}`),
    shell: () => void asked.push('shell'),
    quit: () => void asked.push('quit'),
    copy: (text: string) => void asked.push(`copy ${text}`),
    interrupt: () => void asked.push('interrupt'),
    suspend: () => void asked.push('suspend'),
    crash: (error: unknown) => void asked.push(error),
  };
  const ink = render(<Root screens={screens} ui={ui} look={look} now={now} ports={ports} />);
  onTestFinished(() => ink.unmount());
  return { ...ink, screens, ui, asked, pressed };
}

/** Lets React, which draws and subscribes in turns of the event loop, come to its end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(resolve => setImmediate(resolve));
}
