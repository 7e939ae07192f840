/**
 * The schedules of CronJobs, in UTC. Source: github.com/robfig/cron/v3 (parser.go, spec.go), with which Kubernetes reads
 * them; the errors are its own.
 */

/** Milliseconds since the epoch of the first time after `after`; null: there is none within five years. */
export type Schedule = (after: number) => number | null;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

interface Part {
  readonly has: ReadonlySet<number>;
  /** It says `*` or `?`. */
  readonly any: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const WORDS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MINUTE = 60_000;
const DAY = 86_400_000;
const MOST_DAYS = 5 * 366;

/** Throws with the words of a refusal. */
export function parseSchedule(spec: string): Schedule {
  if (spec === '') throw new Error('empty spec string');
  if (spec.startsWith('@every ')) return everyDuration(spec);
  if (spec.startsWith('@') && WORDS[spec] === undefined) throw new Error(`unrecognized descriptor: ${spec}`);
  const words = (WORDS[spec] ?? spec).split(/\s+/).filter(each => each !== '');
  if (words.length !== 5) {
    throw new Error(`expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]`);
  }
  const [minutes, hours, dates, months, days] = words.map((word, at) => part(word, FIELDS[at] as Bounds)) as [
    Part,
    Part,
    Part,
    Part,
    Part,
  ];
  const isDay = (date: Date) => {
    const [byDate, byDay] = [dates.has.has(date.getUTCDate()), days.has.has(date.getUTCDay())];
    return (
      months.has.has(date.getUTCMonth() + 1) && (dates.any || days.any ? byDate && byDay : byDate || byDay)
    );
  };
  return after => {
    const first = Math.floor(after / MINUTE + 1) * MINUTE;
    for (let count = 0; count < MOST_DAYS; count++) {
      const day = Math.floor(first / DAY + count) * DAY;
      if (!isDay(new Date(day))) continue;
      for (let time = Math.max(day, first); time < day + DAY; time += MINUTE) {
        const moment = new Date(time);
        if (hours.has.has(moment.getUTCHours()) && minutes.has.has(moment.getUTCMinutes())) return time;
      }
    }
    return null;
  };
}

function part(text: string, bounds: Bounds): Part {
  const ranges = text.split(',').map(each => range(each, bounds));
  return { has: new Set(ranges.flatMap(each => each.values)), any: ranges.some(each => each.any) };
}

function range(text: string, { min, max, names }: Bounds): { values: number[]; any: boolean } {
  const [span = '', stepText, ...tooMany] = text.split('/');
  const [from = '', to, ...hyphens] = span.split('-');
  const any = from === '*' || from === '?';
  if (!any && hyphens.length > 0) throw new Error(`too many hyphens: ${text}`);
  const start = any ? min : numberOf(from, names);
  const single = !any && to === undefined;
  const named = any ? max : single ? start : numberOf(to ?? '', names);
  if (tooMany.length > 0) throw new Error(`too many slashes: ${text}`);
  const step = stepText === undefined ? 1 : numberOf(stepText);
  // "N/step" means "N-max/step".
  const end = single && stepText !== undefined ? max : named;
  if (start < min) throw new Error(`beginning of range (${start}) below minimum (${min}): ${text}`);
  if (end > max) throw new Error(`end of range (${end}) above maximum (${max}): ${text}`);
  if (start > end) throw new Error(`beginning of range (${start}) beyond end of range (${end}): ${text}`);
  if (step === 0) throw new Error(`step of range should be a positive number: ${text}`);
  const values = [];
  for (let value = start; value <= end; value += step) values.push(value);
  return { values, any: any && step === 1 };
}

function numberOf(text: string, names: readonly string[] = []): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + (names === MONTHS ? 1 : 0);
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw new Error(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const number = Number(text);
  if (number < 0) throw new Error(`negative number (${number}) not allowed: ${text}`);
  return number;
}

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 };

/** At least a second, and whole ones. */
function everyDuration(spec: string): Schedule {
  const text = spec.slice('@every '.length);
  if (!/^(\d+(\.\d+)?(h|m|s))+$/.test(text)) {
    throw new Error(`failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(text)}`);
  }
  const seconds = [...text.matchAll(/([\d.]+)([hms])/g)].reduce(
    (sum, [, number, unit = 's']) => sum + Number(number) * (SECONDS[unit] ?? 1),
    0,
  );
  const every = Math.max(1, Math.floor(seconds)) * 1000;
  return after => Math.floor(after / 1000) * 1000 + every;
}
