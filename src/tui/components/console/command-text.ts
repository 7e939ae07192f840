/** curl's arguments as somebody would type them into a shell, and back. */
import { parse, quote } from 'shell-quote';

/** 'curl -H "x: y" https://...': quotes only where a shell needs them. */
export function commandText(argv: readonly string[]): string {
  return ['curl', ...argv.map(quoted)].join(' ');
}

function quoted(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./~^{}[\]-]+$/.test(word)) return word;
  return word.includes("'") ? quote([word]) : `'${word}'`;
}

export type Parsed = { readonly argv: readonly string[] } | { readonly error: string };

/** The words of a typed call. One plain call of curl: no pipes, no redirections, no second command. */
export function parseCommand(text: string): Parsed {
  const trimmed = text.trim();
  if (trimmed === '') return { error: 'Type a call, such as: curl https://api.safedata-zone.io/data' };
  const open = unclosedQuote(trimmed);
  if (open) return { error: `A quote ${open} is not closed.` };
  // Without an environment every $NAME would become empty; here it stays as it was typed.
  const words = parse(trimmed, name => `$${name}`).map(word =>
    typeof word === 'string' ? word : 'pattern' in word ? word.pattern : null,
  );
  if (words.includes(null))
    return {
      error:
        'Only one plain call: no pipes, redirections, comments or second commands. Quote & and ; in a URL.',
    };
  const argv = words.filter(word => word !== null);
  const rest = argv[0] === 'curl' ? argv.slice(1) : argv;
  if (argv[0] !== 'curl' && !/^(-|https?:)/.test(argv[0] ?? ''))
    return { error: `Probes are calls of curl; ${argv[0]} is not run.` };
  if (rest.length === 0) return { error: 'curl needs a URL.' };
  return { argv: rest };
}

function unclosedQuote(text: string): string | null {
  let open: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && open !== "'") at++;
    else if (open === character) open = null;
    else if (open === null && (character === '"' || character === "'")) open = character;
  }
  return open;
}
