/**
 * The alternate screen: the program has a screen of its own, and the shell's comes back as it was.
 * Ink 6 has no such option. Left again on every way out; `leave` may be called twice.
 */
export interface Screen {
  enter(): void;
  leave(): void;
  /** Wipes it, for a redraw from nothing after the window's size has changed. */
  wipe(): void;
}

const ENTER = '\u001b[?1049h\u001b[2J\u001b[H';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const WIPE = '\u001b[2J\u001b[H';

export function alternateScreen(stdout: NodeJS.WriteStream): Screen {
  let inside = false;
  // The last resort: whatever ends the process, its terminal is usable afterwards.
  const atExit = () => screen.leave();
  const screen: Screen = {
    enter() {
      if (inside) return;
      inside = true;
      process.on('exit', atExit);
      stdout.write(ENTER);
    },
    leave() {
      if (!inside) return;
      inside = false;
      process.off('exit', atExit);
      stdout.write(LEAVE);
    },
    wipe() {
      if (inside) stdout.write(WIPE);
    },
  };
  return screen;
}

/** For a screen reader, and where nothing is redrawn: the shell's own screen is used. */
export const noScreen: Screen = { enter() {}, leave() {}, wipe() {} };
