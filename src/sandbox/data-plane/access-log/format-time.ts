/**
 * Times in Envoy's formats: strftime's, with %s for the seconds since 1970 and %f, %3f and so on for parts of a second.
 * All in UTC, which is also a sidecar's local time.
 * Source: envoyproxy/envoy source/common/common/utility.cc (DateFormatter); abseil's time/format.
 */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const DAY_MS = 86_400_000;

/** `micros` since 1970. An unknown specifier stays as it is written. */
export function formatTime(format: string, micros: number): string {
  const date = new Date(Math.floor(micros / 1000));
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return format.replace(
    /%(?:E(\d+|\*)?|O|(:{1,2})|(\d))?([a-zA-Z%])/g,
    (whole, extra, colons, digits, letter) => {
      if (letter === 'f') return subseconds(fraction, whole.startsWith('%E') ? extra : digits) ?? whole;
      if (letter === 's') return String(Math.floor(micros / 1_000_000));
      if (letter === 'S' && extra !== undefined) {
        const part =
          extra === '*'
            ? fraction.replace(/0+$/, '')
            : fraction.padEnd(Number(extra), '0').slice(0, Number(extra));
        return `${two(date.getUTCSeconds())}${part === '' ? '' : `.${part}`}`;
      }
      if (letter === 'z') return zone(whole.startsWith('%E') ? ':' : (colons ?? ''));
      if (letter === 'T' && whole === '%ET') return 'T';
      return SPECIFIERS[letter]?.(date) ?? whole;
    },
  );
}

/** '2026-11-28T22:46:17.291Z' */
export function isoTime(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString();
}

/** %f is nine digits, %3f three; %E*f as many as needed. */
function subseconds(micros: string, digits: string | undefined): string | undefined {
  if (digits === '*') return micros.replace(/0+$/, '') || '0';
  const count = Number(digits ?? 9);
  return count === 0 ? undefined : micros.padEnd(count, '0').slice(0, count);
}

const zone = (colons: string): string => ['+0000', '+00:00', '+00:00:00'][colons.length] ?? '+0000';
const two = (value: number): string => String(value).padStart(2, '0');
const blank = (value: number): string => String(value).padStart(2);
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;
const half = (date: Date): string => (date.getUTCHours() < 12 ? 'AM' : 'PM');
const weekday = (date: Date): string => DAYS[date.getUTCDay()] ?? '';
const month = (date: Date): string => MONTHS[date.getUTCMonth()] ?? '';
const yearDay = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS);
/** The number of weeks, starting on this day, that have begun since the year began. */
const week = (date: Date, first: number): number =>
  Math.floor((yearDay(date) + 7 - ((date.getUTCDay() + 7 - first) % 7)) / 7);

/** The ISO week belongs to the year of its Thursday. */
function thursday(date: Date): Date {
  return new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * DAY_MS);
}

const SPECIFIERS: Readonly<Record<string, (date: Date) => string>> = {
  '%': () => '%',
  a: date => weekday(date).slice(0, 3),
  A: weekday,
  b: date => month(date).slice(0, 3),
  B: month,
  c: date => formatTime('%a %b %e %H:%M:%S %Y', date.getTime() * 1000),
  C: date => two(Math.floor(date.getUTCFullYear() / 100)),
  d: date => two(date.getUTCDate()),
  D: date => formatTime('%m/%d/%y', date.getTime() * 1000),
  e: date => blank(date.getUTCDate()),
  F: date => formatTime('%Y-%m-%d', date.getTime() * 1000),
  g: date => two(thursday(date).getUTCFullYear() % 100),
  G: date => String(thursday(date).getUTCFullYear()),
  h: date => month(date).slice(0, 3),
  H: date => two(date.getUTCHours()),
  I: date => two(hour12(date)),
  j: date => String(yearDay(date) + 1).padStart(3, '0'),
  k: date => blank(date.getUTCHours()),
  l: date => blank(hour12(date)),
  m: date => two(date.getUTCMonth() + 1),
  M: date => two(date.getUTCMinutes()),
  p: half,
  P: date => half(date).toLowerCase(),
  r: date => formatTime('%I:%M:%S %p', date.getTime() * 1000),
  R: date => formatTime('%H:%M', date.getTime() * 1000),
  S: date => two(date.getUTCSeconds()),
  T: date => formatTime('%H:%M:%S', date.getTime() * 1000),
  u: date => String(date.getUTCDay() || 7),
  U: date => two(week(date, 0)),
  V: date => two(Math.floor(yearDay(thursday(date)) / 7) + 1),
  w: date => String(date.getUTCDay()),
  W: date => two(week(date, 1)),
  x: date => formatTime('%m/%d/%y', date.getTime() * 1000),
  X: date => formatTime('%H:%M:%S', date.getTime() * 1000),
  y: date => two(date.getUTCFullYear() % 100),
  Y: date => String(date.getUTCFullYear()),
  Z: () => 'UTC',
};
