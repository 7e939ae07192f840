/**
 * The one Ink component that stands at the top, whatever the screen: it draws the screen of the moment and hands it the
 * keys. A window that is too small, a spinner's clock, the log pane, a screen reader and a crash in drawing are the
 * same for all of them.
 */
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { Lines } from './components/lines.tsx';
import { isTooSmall, tooSmallFrame } from './components/too-small.ts';
import { frameSpeech } from './components/transcript/said.ts';
import { Transcript } from './components/transcript/transcript.tsx';
import { keyPress, type Press } from './press.ts';
import type { ScreenStore } from './screen.ts';
import type { UiStore } from './state/store.ts';
import type { Ui, UiAction } from './state/ui.ts';
import { useLog } from './state/use-log.ts';
import { useTime } from './state/use-time.ts';
import { CrashGuard } from './terminal/crash-guard.tsx';
import type { ScreenPorts } from './terminal/on-terminal.ts';
import { useWindowSize } from './terminal/window-size.ts';
import { clickAt, type Line } from './text/line.ts';
import { safeLine } from './text/safe.ts';
import type { Look } from './theme.ts';
import { usePresses } from './use-presses.ts';

interface Props {
  readonly screens: ScreenStore;
  readonly ui: UiStore<Ui, UiAction>;
  readonly look: Look;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly ports: ScreenPorts;
}

/** Columns of a frame that is heard and not seen: nothing in it is cut, and what is said breaks where the window ends. */
const HEARD = 200;

export function Root(props: Props) {
  return (
    <CrashGuard crash={props.ports.crash}>
      <ScreenOfTheMoment {...props} />
    </CrashGuard>
  );
}

function ScreenOfTheMoment({ screens, ui, look, now, ports }: Props) {
  const size = useWindowSize();
  const screen = useSyncExternalStore(screens.subscribe, screens.screen);
  const logIsOpen = useSyncExternalStore(ui.subscribe, () => ui.get().pane === 'log');
  const time = useTime(screen.runs() && !look.screenReader, now);
  useLog(screen.engine ?? null, ui, logIsOpen);
  const small = !look.screenReader && isTooSmall(size);

  const on = useMemo(() => ({ size, look, now: time }), [size, look, time]);
  const frame = useMemo(
    (): readonly Line[] =>
      small
        ? tooSmallFrame(size)
        : screen.frame(look.screenReader ? { ...on, size: { ...size, columns: HEARD } } : on),
    [small, size, screen, on, look],
  );

  const point = (press: Press) => {
    const on = { size, look, now: now() };
    const { column = 0, row = 0 } = press.at ?? {};
    const click = small ? null : clickAt(safeLine(frame[row] ?? [], look.ascii), column);
    if (click === null) return;
    if ('row' in click) screens.screen().click?.(click.row, on, ports);
    else screens.screen().press(keyPress(click.key), on, ports);
  };
  usePresses(press => {
    if (press.name === 'click') point(press);
    else if (!small) screens.screen().press(press, { size, look, now: now() }, ports);
    else if (press.ctrl && press.name === 'c') ports.interrupt();
    else if (press.name === 'q') ports.quit();
  }, ports.suspend);

  useEffect(() => {
    if (!small) screen.release?.({ size, look, now: now() }, ports);
  }, [screen, small, size, look, now, ports]);

  if (!look.screenReader) return <Lines lines={frame} columns={size.columns} look={look} />;
  const speech = screen.speech?.(on) ?? frameSpeech(screen.name, frame, look);
  return <Transcript speech={speech} columns={size.columns} look={look} />;
}
