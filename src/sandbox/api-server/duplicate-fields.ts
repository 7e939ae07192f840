/**
 * Keys that appear twice in one JSON object: JSON.parse keeps the last and says nothing; strict decoding names them.
 */

/** 'spec.hosts', 'spec.http[0].route'; each once. `text` is valid JSON. */
export function duplicateFields(text: string): string[] {
  const found = new Set<string>();
  let at = 0;

  const blank = () => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const value = (path: string): void => {
    blank();
    if (text[at] === '{') members(path);
    else if (text[at] === '[') elements(path);
    else if (text[at] === '"') string();
    else while (at < text.length && !/[,\]}\s]/.test(text[at] ?? '')) at++;
    blank();
  };
  const members = (path: string): void => {
    const seen = new Set<string>();
    at++;
    blank();
    while (text[at] === '"') {
      const key = string();
      const here = path === '' ? key : `${path}.${key}`;
      if (seen.has(key)) found.add(here);
      seen.add(key);
      blank();
      at++; // The colon.
      value(here);
      if (text[at] === ',') at++;
      blank();
    }
    at++;
  };
  const elements = (path: string): void => {
    at++;
    blank();
    for (let index = 0; at < text.length && text[at] !== ']'; index++) {
      value(`${path}[${index}]`);
      if (text[at] === ',') at++;
      blank();
    }
    at++;
  };

  value('');
  return [...found];
}
