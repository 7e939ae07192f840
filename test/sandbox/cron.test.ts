import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../src/sandbox/cron.ts';

const from = '2026-11-29T20:17:30Z';
const next = (spec: string, after = from) => {
  const time = parseSchedule(spec)(Date.parse(after));
  return time === null ? null : new Date(time).toISOString().slice(0, 16);
};

describe('a schedule', () => {
  it.each([
    ['* * * * *', '2026-11-29T20:18'],
    ['*/5 * * * *', '2026-11-29T20:20'],
    ['17 20 * * *', '2026-11-30T20:17'],
    ['0-10/5,50 * * * *', '2026-11-29T20:50'],
    ['40/10 20 * * *', '2026-11-29T20:40'],
    ['0 12 1 * *', '2026-12-01T12:00'],
    ['0 0 * JAN mon', '2027-01-04T00:00'],
    // A day of the month or a day of the week, where both are named.
    ['0 0 15 * 2', '2026-12-01T00:00'],
    ['0 0 29 2 *', '2028-02-29T00:00'],
    ['0 0 30 2 *', null],
    ['@hourly', '2026-11-29T21:00'],
    ['@weekly', '2026-12-06T00:00'],
    ['@every 1h30m', '2026-11-29T21:47'],
  ])('%s comes next at %s', (spec, time) => {
    expect(next(spec)).toBe(time);
  });

  it('does not come at the minute that it has come', () => {
    expect(next('* * * * *', '2026-11-29T20:18:00Z')).toBe('2026-11-29T20:19');
  });

  it.each([
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['*/70 0 * *', 'expected exactly 5 fields, found 4: [*/70 0 * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* 5-3 * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['@noon', 'unrecognized descriptor: @noon'],
  ])('%s is refused as on a cluster', (spec, words) => {
    expect(() => parseSchedule(spec)).toThrow(words);
  });
});
