/**
 * A message's headers as Envoy keeps them: names in lower case, in their order. Plain functions over a list, because
 * most messages have about ten headers.
 */
export type Header = readonly [name: string, value: string];
export type HeaderList = Header[];

/** The value of a header; several lines of one name are joined with ','. */
export function headerOf(headers: readonly Header[], name: string): string | undefined {
  let found: string | undefined;
  for (const [key, value] of headers) {
    if (key === name) found = found === undefined ? value : `${found},${value}`;
  }
  return found;
}

/** All values of a header, one per line. */
export function headerValuesOf(headers: readonly Header[], name: string): string[] {
  return headers.flatMap(([key, value]) => (key === name ? [value] : []));
}

export function hasHeader(headers: readonly Header[], name: string): boolean {
  return headers.some(([key]) => key === name);
}

/** Replaces the value where the header is; adds it at the end if it is missing. */
export function setHeader(headers: HeaderList, name: string, value: string): void {
  const first = headers.findIndex(([key]) => key === name);
  if (first === -1) {
    headers.push([name, value]);
    return;
  }
  headers[first] = [name, value];
  for (let i = headers.length - 1; i > first; i--) if (headers[i]?.[0] === name) headers.splice(i, 1);
}

export function removeHeader(headers: HeaderList, name: string): void {
  for (let i = headers.length - 1; i >= 0; i--) if (headers[i]?.[0] === name) headers.splice(i, 1);
}

/** Adds a value to an existing header after ', ', as Envoy appends to x-forwarded-for and other known headers. */
export function appendToHeader(headers: HeaderList, name: string, value: string, separator = ', '): void {
  const there = headerOf(headers, name);
  setHeader(headers, name, there === undefined || there === '' ? value : `${there}${separator}${value}`);
}

/** Node's flat ['Name', 'value', ...] as a list with names in lower case; pseudo headers are left out. */
export function headerListOf(raw: readonly string[]): HeaderList {
  const list: HeaderList = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (!name.startsWith(':')) list.push([name, raw[i + 1] as string]);
  }
  return list;
}
