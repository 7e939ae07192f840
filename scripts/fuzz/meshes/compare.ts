/** Two answers to one mesh, field by field. */
import type { EnvoyConfig } from '../../../src/envoy/config.ts';
import type { Answer, Verdict } from './answer.ts';
import { CODES_LEFT_OUT } from './known.ts';

export interface Difference {
  /** For a configuration: which client's. */
  readonly client?: number;
  /** 'clusters[outbound|80||api.example.com].lb_policy' */
  readonly at: string;
  /** The same without names: 'clusters.lb_policy'. */
  readonly path: string;
  /** Undefined: not there. */
  readonly real: unknown;
  readonly ours: unknown;
}

type Tell = (at: string, path: string, real: unknown, ours: unknown) => void;

/** Both answers have been through `plain`. */
export function compare(real: Answer, ours: Answer): Difference[] {
  const found: Difference[] = [];
  const tell: Tell = (at, path, a, b) => found.push({ at, path, real: a, ours: b });
  if (real.error) {
    tell('error', 'error', real.error, undefined);
    return found;
  }
  compareVerdicts('refused', real.refused, ours.refused, tell);
  // What other objects have depends on them.
  if (found.some(({ path }) => path === 'refused[]')) return found;
  compareVerdicts('warned', real.warned, ours.warned, tell);
  compareAnalysis(real, ours, tell);
  for (const [client, config] of real.proxies.entries()) {
    const mine = ours.proxies[client];
    if (mine === undefined) tell(`proxies[${client}]`, 'proxies', 'there', undefined);
    else compareConfigs(config, mine, (...each) => found.push({ client, ...difference(each) }));
  }
  return found;
}

const difference = ([at, path, real, ours]: Parameters<Tell>) => ({ at, path, real, ours });

function compareVerdicts(what: string, real: readonly Verdict[], ours: readonly Verdict[], tell: Tell): void {
  const byObject = (list: readonly Verdict[]) => {
    const texts = new Map<string, string[]>();
    for (const { object, message } of list) texts.set(object, [...(texts.get(object) ?? []), message]);
    return texts;
  };
  const [a, b] = [byObject(real), byObject(ours)];
  for (const object of new Set([...a.keys(), ...b.keys()])) {
    const [theirs, mine] = [a.get(object), b.get(object)];
    if (theirs === undefined || mine === undefined) tell(`${what} ${object}`, `${what}[]`, theirs, mine);
    else if (!sameWords(theirs.join('\n'), mine.join('\n'))) {
      tell(`${what} ${object}`, `${what}.message`, theirs.join('\n'), mine.join('\n'));
    }
  }
}

/**
 * The order of the schema's causes is chance, and an API server goes on to the rules where the oracle stops: the
 * sandbox, which does as the server does, may find more. Which value a rule shows depends on the server's version, and
 * so does who finds a number too large: newer schemas, or the webhook's decoder.
 */
function sameWords(real: string, ours: string): boolean {
  if (!OF_SCHEMA.test(real)) return lines(real).join('\n') === lines(ours).join('\n');
  const wanted = causesOf(real.replace(OF_SCHEMA, '')).filter(each => !each.includes(TOO_LARGE));
  // What the sandbox found first, it found with the rules of a server that lets such a number pass.
  if (wanted.length === 0) return true;
  const mine = new Set(causesOf(ours.replace(/^.*? is invalid: /s, '')));
  return wanted.every(each => mine.has(each));
}

/** 'ServiceEntry/name/namespace: ' */
const OF_SCHEMA = /^\w+\/[^ ]*: /;
const TOO_LARGE = 'Checked value must be of type integer with format int32';

function causesOf(text: string): string[] {
  return text
    .replace(/^\[(.*)\]$/s, '$1')
    .replace(
      /Invalid value: (?:(?:"(?:\\.|[^"\\])*"|null|-?[\d.]+(?:e[+-]?\d+)?|\{.*?\}|\[.*?\]): )?/g,
      'Invalid value: ',
    )
    .split(', ');
}

/** Each text once, however a Go list prints them; which of a map's entries comes first is chance. */
function lines(text: string): string[] {
  const found = text
    .replaceAll('admission webhook "validation.istio.io" denied the request: ', '')
    .replaceAll('configuration is invalid: ', '')
    .split('\n')
    .map(line => line.replace(/^\s*\* /, '').trim())
    .filter(line => line !== '' && !/^\d+ errors? occurred:$/.test(line));
  return [...new Set(found)].sort();
}

function compareAnalysis(real: Answer, ours: Answer, tell: Tell): void {
  const texts = ({ analysis }: Answer) =>
    new Set(
      (analysis ?? [])
        .filter(({ code }) => CODES_LEFT_OUT[code] === undefined)
        .map(
          ({ code, level, origin, message }) => `${level} ${code} ${origin}: ${withoutPlace(code, message)}`,
        ),
    );
  const [a, b] = [texts(real), texts(ours)];
  const code = (text: string) => text.split(' ')[1];
  for (const each of a) if (!b.has(each)) tell('analysis', `analysis ${code(each)}`, each, undefined);
  for (const each of b) if (!a.has(each)) tell('analysis', `analysis ${code(each)}`, undefined, each);
}

/** Two objects may be at odds in several places; which of these is reported is the order of a Go map. */
function withoutPlace(code: string, message: string): string {
  if (code === 'IST0109') return message.replace(/(define the same host )[^/ ]+\//, '$1');
  return code === 'IST0177' ? '' : message;
}

function compareConfigs(real: EnvoyConfig, ours: EnvoyConfig, tell: Tell): void {
  for (const kind of ['listeners', 'routes', 'clusters', 'endpoints'] as const) {
    const [a, b] = [byName(real[kind]), byName(ours[kind])];
    for (const [name, each] of b) {
      if (!a.has(name)) tell(`${kind}[${name}]`, `${kind}[+]`, undefined, each);
      else compareValues(a.get(name), each, `${kind}[${name}]`, kind, tell);
    }
    for (const [name, each] of a) if (!b.has(name)) tell(`${kind}[${name}]`, `${kind}[-]`, each, undefined);
  }
}

type Named = { readonly name?: string; readonly cluster_name?: string };
/** Of one that was asked for twice, the first: istiod spoils the second with what it keeps of the first. */
const byName = (list: readonly unknown[]) =>
  new Map((list as readonly Named[]).toReversed().map(each => [each.name ?? each.cluster_name ?? '', each]));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function compareValues(real: unknown, ours: unknown, at: string, path: string, tell: Tell): void {
  if (isObject(real) && isObject(ours)) {
    for (const key of new Set([...Object.keys(real), ...Object.keys(ours)])) {
      compareValues(real[key], ours[key], `${at}.${key}`, `${path}.${key}`, tell);
    }
  } else if (Array.isArray(real) && Array.isArray(ours)) compareLists(real, ours, at, path, tell);
  else if (real !== ours && !isChance(path, real, ours)) tell(at, path, real, ours);
}

function compareLists(real: unknown[], ours: unknown[], at: string, path: string, tell: Tell): void {
  const [a, b] = [namesOf(real), namesOf(ours)];
  if (a !== null && b !== null && a.length > 0 && b.length > 0) {
    for (const [i, name] of a.entries()) {
      const other = b.indexOf(name);
      if (other >= 0) compareValues(real[i], ours[other], `${at}[${name}]`, `${path}[]`, tell);
      else tell(`${at}[${name}]`, `${path}[-]`, real[i], undefined);
    }
    for (const [i, name] of b.entries()) {
      if (!a.includes(name)) tell(`${at}[${name}]`, `${path}[+]`, undefined, ours[i]);
    }
    const both = (names: string[], others: string[]) => names.filter(name => others.includes(name));
    if (both(a, b).join('\n') !== both(b, a).join('\n')) tell(at, `${path}[order]`, both(a, b), both(b, a));
    return;
  }
  if (isChance(path, real, ours)) return;
  if (real.length !== ours.length) tell(at, `${path}[#]`, real, ours);
  else for (const [i, each] of real.entries()) compareValues(each, ours[i], `${at}[${i}]`, `${path}[]`, tell);
}

/** The names of a list's items, when each has one of its own. */
function namesOf(list: readonly unknown[]): string[] | null {
  const names: string[] = [];
  for (const each of list) {
    const name = isObject(each) ? (each.name ?? each.cluster) : undefined;
    if (typeof name !== 'string' || names.includes(name)) return null;
    names.push(name);
  }
  return names;
}

/** Which of several addresses of a host becomes a domain is the order of a Go map in istiod itself. */
function isChance(path: string, real: unknown, ours: unknown): boolean {
  if (!path.includes('virtual_hosts[].domains')) return false;
  const names = (value: unknown) =>
    [value]
      .flat()
      .map(String)
      .filter(each => !/^[0-9./:]+$/.test(each))
      .sort()
      .join();
  return names(real) === names(ours);
}
