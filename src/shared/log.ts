/**
 * What `--verbose` shows: every external command, every request, every decision worth knowing when
 * something went wrong. One line per call. Off unless a sink is set: the commands write it to stderr; the
 * TUI, which owns the screen, leaves it off or writes it to a file.
 */
type Sink = (line: string) => void;

let sink: Sink | null = null;

export function setLogSink(next: Sink | null): void {
  sink = next;
}

/** One line for `--verbose`. Costs nothing when nobody listens. */
export function log(topic: string, text: string): void {
  sink?.(`[${topic}] ${text}`);
}
