/** What is said when the learner's files are other than they were. Pure. */

/** From the texts seen before and now: 'Saved', or which files are gone where nothing else has changed. */
export function savedText(before: string, now: string): string {
  const [old, files] = [before || '{}', now].map(each => JSON.parse(each) as Record<string, string>);
  const gone = Object.keys(old ?? {}).filter(name => files?.[name] === undefined);
  const written = Object.entries(files ?? {}).some(([name, text]) => old?.[name] !== text);
  return written || gone.length === 0 ? 'Saved' : `${gone.join(', ')} deleted`;
}
