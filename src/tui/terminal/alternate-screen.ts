/**
 * The alternate screen: the program has a screen of its own, and the shell's comes back as it was.
 * Ink 6 has no such option. It is left on every way out; `leave` may be called twice.
 */
export interface TerminalScreen {
  enter(): void;
  leave(): void;
  /** Wipes it, so that all can be drawn anew after the window's size has changed. */
  wipe(): void;
}

/** The terminal puts marks around a paste, so that it can be told from keys (press.ts). */
const MARK_PASTES = '\u001b[?2004h';
const MARK_NO_PASTES = '\u001b[?2004l';
/** The window's title, beside which the terminal keeps the one before (xterm's title stack, which others have taken on). */
const OWN_TITLE = '\u001b[22;2t\u001b]2;istio-tutor\u0007';
const TITLE_BEFORE = '\u001b[23;2t';
/** Buttons and the wheel (1000), in decimal numbers (SGR, 1006). */
const MOUSE = '\u001b[?1000h\u001b[?1006h';
const NO_MOUSE = '\u001b[?1006l\u001b[?1000l';
const WIPE = '\u001b[2J\u001b[H';

/** `mouse`: clicks and the wheel are reported; the terminal's own selection then takes Shift. */
export function alternateScreen(stdout: NodeJS.WriteStream, mouse: boolean): TerminalScreen {
  return screenOn(stdout, {
    enter: `\u001b[?1049h${WIPE}${MARK_PASTES}${mouse ? MOUSE : ''}${OWN_TITLE}`,
    leave: `${mouse ? NO_MOUSE : ''}${MARK_NO_PASTES}${TITLE_BEFORE}\u001b[?25h\u001b[?1049l`,
    wipe: WIPE,
  });
}

/** For a screen reader, and where nothing is redrawn: the shell's own screen is used. */
export function shellScreen(stdout: NodeJS.WriteStream): TerminalScreen {
  return screenOn(stdout, { enter: MARK_PASTES, leave: MARK_NO_PASTES, wipe: '' });
}

function screenOn(
  stdout: NodeJS.WriteStream,
  write: Readonly<Record<keyof TerminalScreen, string>>,
): TerminalScreen {
  let inside = false;
  // The last resort: whatever ends the process, its terminal is usable afterwards.
  const atExit = () => screen.leave();
  const screen: TerminalScreen = {
    enter() {
      if (inside) return;
      inside = true;
      process.on('exit', atExit);
      stdout.write(write.enter);
    },
    leave() {
      if (!inside) return;
      inside = false;
      process.off('exit', atExit);
      stdout.write(write.leave);
    },
    wipe() {
      if (inside && write.wipe !== '') stdout.write(write.wipe);
    },
  };
  return screen;
}
