/** '2026-11-28 10:05' of an RFC 3339 text; the time zone stays what it was. */
export function minuteText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
