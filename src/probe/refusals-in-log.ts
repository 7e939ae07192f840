/**
 * What Envoy says in its own log of updates that it refused: '... config for type.googleapis.com/TYPE rejected: WORDS'.
 * The words may be a whole resource printed over many lines; then the reason comes after it. Pure.
 */

export interface LoggedRefusal {
  /** Milliseconds since the epoch; 0 where the line has no time. */
  readonly at: number;
  /** 'envoy.config.route.v3.RouteConfiguration' */
  readonly type: string;
  readonly words: string;
}

/** What was refused, each once. */
export function refusalsIn(lines: readonly string[]): string[] {
  return [...new Set(loggedRefusals(lines).map(each => each.words))];
}

/** In the order of the log; Envoy says each of them more than once. */
export function loggedRefusals(lines: readonly string[]): LoggedRefusal[] {
  return lines.flatMap((line, index) => {
    const [, type = '', said] = /config for type\.googleapis\.com\/(\S+) rejected: (.*)$/.exec(line) ?? [];
    if (said === undefined) return [];
    const behind = lines.slice(index + 1);
    const [before = '', printed] = said.split(/goo\.gle\/debug\w*/);
    const reason =
      printed === undefined ? said + furtherLines(behind) : before + reasonBehind(behind, before);
    const at = Date.parse(/^\S+/.exec(line)?.[0] ?? '') || 0;
    return [
      {
        at,
        type,
        words: reason
          .replace(/\s+thread=\d+$/, '')
          .replace(/: $/, '')
          .trim(),
      },
    ];
  });
}

/** Each listener of an update that was refused has a line of its own: '0.0.0.0_443: error adding listener ...'. */
function furtherLines(lines: readonly string[]): string {
  const end = lines.findIndex(line => !/^\S+: \S/.test(line) || /^\d{4}-\d\d-\d\dT/.test(line));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map(line => `\n${line}`)
    .join('');
}

/** `before`: what was said before the resource was printed. */
function reasonBehind(lines: readonly string[], before: string): string {
  const end = lines.findIndex(line => /^\d{4}-\d\d-\d\dT/.test(line));
  const printed = end < 0 ? lines : lines.slice(0, end);
  const reason = printed.findLast(line => /^: |failed|invalid/i.test(line));
  return reason?.replace(/^: /, '') ?? (before === '' ? 'a resource that is not valid' : '');
}
