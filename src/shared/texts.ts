/** Texts within data, and within patterns. */

/** The same data with every text in it, keys aside, replaced by what `of` makes of it. */
export function mapTexts<T>(value: T, of: (text: string) => string): T {
  if (typeof value === 'string') return of(value) as T;
  if (Array.isArray(value)) return value.map(each => mapTexts(each, of)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, of)])) as T;
}

/** The text as a part of a regular expression that matches it and nothing else. */
export const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** '1 step', '2 steps'; `many` where an s is not enough: 'retries'. */
export const amount = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
