/**
 * What is added to the learner's curl call, and why some options are refused. The learner's own options are
 * kept as they are: ours come first in each group, so that the learner's -A or -m comes later and wins.
 * Pure: strings in, strings out. curl >= 7.83 in the pod (%{header_json}).
 */
import { parse } from 'shell-quote';
import { UserError } from '../shared/errors.ts';
import { shellLine } from '../shared/shell.ts';
import { TAG } from './match.ts';

/** Seconds until curl gives up, unless the learner says -m. */
const LIMIT = '8';

/** curl's short options that take a value (curl --help all); all others can be bundled: -sSi. */
const SHORT_WITH_VALUE = new Set('ACDEFHKPQTUXYbcdehmortuwyz');

export interface CurlCall {
  /** The whole command, with the word curl. */
  readonly command: readonly string[];
  /** The User-Agent that API servers log for this call. */
  readonly userAgent: string;
  /** Separates bodies and facts in curl's output: no body can contain it. */
  readonly marker: string;
  /** Transfers run side by side (-Z), so that bodies and facts may come interleaved. */
  readonly parallel: boolean;
}

/**
 * The command to run in the pod.
 * `nonce`: random for each probe: the User-Agent tag and the marker are made from it.
 * Throws UserError for an option that cannot work here.
 */
export function curlCall(argv: readonly string[], nonce: string): CurlCall {
  refuse(argv);
  const marker = `@@${nonce}`;
  const tag = `${TAG}${nonce}`;
  const format = `\n${marker}%{json}\n${marker}h%{header_json}\n${marker}.\n`;
  const perGroup = ['-A', tag, '-m', LIMIT, '-w', format];
  const command = ['curl', '-sS', '--no-progress-meter', ...perGroup];
  let userAgent = tag;
  for (const [name, value, raw] of optionsOf(argv)) {
    if (name === '-A' || name === '--user-agent') userAgent = value ?? '';
    if (name === '-H' || name === '--header') {
      userAgent = /^user-agent[:;]\s*(.*)$/i.exec(value ?? '')?.[1] ?? userAgent;
    }
    command.push(...raw);
    // --next forgets every option so far, ours as well.
    if (name === '--next' || name === '-:') command.push(...perGroup);
  }
  const parallel = optionsOf(argv).some(([name]) => name === '-Z' || name === '--parallel');
  return { command, userAgent, marker, parallel };
}

/** Whether a command line says itself how long its calls may take. */
export function hasOwnLimit(argv: readonly string[]): boolean {
  return optionsOf(argv).some(([name]) => name === '-m' || name === '--max-time');
}

/**
 * A line that a learner typed, as arguments without the word curl. Quotes work as in a shell.
 * Throws UserError for what a shell would do and this does not: pipes, variables, a second command.
 */
export function curlLine(line: string): string[] {
  const words = parse(line, name => `$${name}`);
  const args: string[] = [];
  for (const word of words) {
    if (typeof word === 'string') args.push(word);
    else if ('op' in word && word.op === 'glob') args.push(word.pattern);
    else if ('comment' in word) break;
    else {
      throw new UserError({
        what: `A probe is one curl call; '${word.op}' belongs to a shell.`,
        why: 'There is no shell in between: the arguments go to curl as they are.',
        next: ["Put it in quotes if it is part of a URL: 'http://HOST/?a=1&b=2'."],
      });
    }
  }
  if (args[0] === 'curl') args.shift();
  if (args.length === 0) {
    throw new UserError({
      what: 'The call is empty.',
      next: ['Type a URL: https://api.safedata-zone.io/v2/data'],
    });
  }
  return args;
}

/** The same arguments as a line that can be pasted into a shell. */
export function asLine(argv: readonly string[]): string {
  return shellLine(argv);
}

function refuse(argv: readonly string[]): void {
  for (const [name, value] of optionsOf(argv)) {
    if (name === '-w' || name === '--write-out') {
      throw refused(
        name,
        'The tutorial reads the facts of the call through it.',
        'Leave it out; -i and -v work.',
      );
    }
    if (name === '-K' || name === '--config') {
      throw refused(name, 'The file would have to be in the pod.', 'Put its options into the call itself.');
    }
    const fromStdin = value === '-' && (name === '-T' || name === '--upload-file');
    if (
      fromStdin ||
      (value?.endsWith('@-') &&
        (name === '-F' || name === '--form' || /^(-d|--data(-ascii|-binary|-urlencode)?|--json)$/.test(name)))
    ) {
      throw refused(
        `${name} ${value}`,
        'A probe has no standard input.',
        "Put the data into the call: -d 'text'.",
      );
    }
    if (['-h', '--help', '-M', '--manual', '-V', '--version'].includes(name)) {
      throw refused(
        name,
        'It makes no call.',
        'Run it in the pod: kubectl exec deploy/client -c curl -- curl --help',
      );
    }
  }
}

function refused(option: string, why: string, next: string): UserError {
  return new UserError({ what: `A probe cannot use curl's ${option}.`, why, next: [next] });
}

/** [option, its value, the words it was made of]; a URL has the name ''. */
export type Option = readonly [name: string, value: string | undefined, raw: readonly string[]];

/**
 * Long options that take a value: those that matter here, and those that a learner is likely to put before the URL,
 * which would be taken for it.
 */
const LONG_WITH_VALUE =
  /^--(user-agent|header|write-out|config|upload-file|form(-string)?|data(-[a-z]+)?|json|output|request|url|max-time|resolve|connect-to|connect-timeout|retry(-delay|-max-time)?|max-redirs|user|cookie|cookie-jar|referer|oauth2-bearer|cacert|capath|cert|key|ciphers|tls-max|limit-rate|rate|parallel-max|interface|proto|proto-redir|proxy|noproxy|range|request-target|url-query)$/;

/** The options of a command line in their order. */
export function optionsOf(argv: readonly string[]): Option[] {
  const options: Option[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    const following = argv[at + 1];
    if (word.startsWith('--') && word.length > 2) {
      const takes = LONG_WITH_VALUE.test(word) && following !== undefined;
      options.push([word, takes ? following : undefined, takes ? [word, following] : [word]]);
      if (takes) at++;
    } else if (word.startsWith('-') && word.length > 1) {
      at += shortOptions(word, following, options);
    } else {
      options.push(['', word, [word]]);
    }
  }
  return options;
}

/** '-sSH' 'A: b' is three options in a bundle; returns how many following words were used up. */
function shortOptions(word: string, following: string | undefined, options: Option[]): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at] ?? '';
    const last = at === word.length - 1;
    if (!SHORT_WITH_VALUE.has(letter)) {
      // The bundle's words are pushed once, with its last letter.
      options.push([`-${letter}`, undefined, last ? [word] : []]);
      continue;
    }
    const value = last ? following : word.slice(at + 1);
    const used = last && following !== undefined;
    options.push([`-${letter}`, value, used ? [word, following] : [word]]);
    return used ? 1 : 0;
  }
  return 0;
}
