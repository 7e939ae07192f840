/**
 * Rules of a VirtualService that no request can reach: warnings from the webhook, and IST0130/IST0131 in analysis.
 * Source: pkg/config/validation/validation.go (analyzeUnreachableHTTPRules, genMatchHTTPRoutes, coveredValidation).
 */
import { goJson, goQuote } from '../go-text.ts';
import type { HttpMatchRequest, StringMatch, VirtualServiceSpec } from '../types.ts';
import type { Report } from './report.ts';

/** HTTP routes and their matches may have names; TLS and TCP routes have none. */
interface Rule {
  readonly match?: readonly object[];
}

function nameOf(named: object | undefined, n: number): string {
  const name = (named as { readonly name?: string } | undefined)?.name;
  return name ? goQuote(name) : `#${n}`;
}

function warnUnused(rule: string, reason: string, report: Report): void {
  const text = `virtualService rule ${rule} not used (${reason})`;
  report.warnOfRule({ code: 'IST0130', parameters: [rule, reason], text });
}

function warnIneffective(rule: string, match: string, other: string, report: Report): void {
  const text = `virtualService rule ${rule} match ${match} is not used (duplicate/overlapping match in rule ${other})`;
  report.warnOfRule({ code: 'IST0131', parameters: [rule, match, other], text });
}

export function checkReachable(spec: VirtualServiceSpec, report: Report): void {
  const http = spec.http ?? [];
  const matches: Found[] = [];
  checkRules(http, report, (ruleN, matchN) => {
    const found = overlapOf(http[ruleN]?.match?.[matchN], nameOf(http[ruleN], ruleN), matchN);
    if (found !== null) matches.push(found);
  });
  checkOverlaps(matches, report);
  checkRules(spec.tcp ?? [], report);
  checkRules(spec.tls ?? [], report);
}

/** `onNew` is called for each match that differs from all earlier ones. */
function checkRules(
  rules: readonly Rule[],
  report: Report,
  onNew: (rule: number, match: number) => void = () => {},
): void {
  const seen = new Map<string, number>();
  let hasCatchAll = false;
  for (const [n, rule] of rules.entries()) {
    const matches = rule.match ?? [];
    if (matches.length === 0) {
      if (hasCatchAll) warnUnused(nameOf(rule, n), 'only the last rule can have no matches', report);
      hasCatchAll = true;
      continue;
    }
    let duplicates = 0;
    for (const [m, match] of matches.entries()) {
      if (hasCatchAll) {
        warnUnused(nameOf(rule, n), 'route without matches defined before', report);
        continue;
      }
      const key = matchKey(match);
      const earlier = seen.get(key);
      if (earlier === undefined) {
        seen.set(key, n);
        onNew(n, m);
      } else {
        warnIneffective(nameOf(rule, n), nameOf(match, m), nameOf(rules[earlier], earlier), report);
        duplicates += 1;
      }
    }
    if (duplicates === matches.length) warnUnused(nameOf(rule, n), 'all matches used by prior rules', report);
  }
}

/** Two matches are the same if everything but their names is; fields with a zero value count as left out. */
function matchKey(match: object): string {
  const isSet = ([key, value]: [string, unknown]): boolean =>
    key !== 'name' && Boolean(value) && !(Array.isArray(value) && value.length === 0);
  return goJson(Object.fromEntries(Object.entries(match).filter(isSet)));
}

/** The part of a match with a uri prefix that is compared. */
interface Found {
  readonly rule: string;
  readonly match: string;
  readonly prefix: string;
  readonly port: number;
  readonly method: string;
  readonly authority: string;
  readonly maps: readonly Readonly<Record<string, string>>[];
}

function overlapOf(match: HttpMatchRequest | undefined, rule: string, matchN: number): Found | null {
  const prefix = match?.uri?.prefix;
  if (match === undefined || !prefix) return null;
  const texts = (map: Record<string, StringMatch> | undefined): Record<string, string> =>
    Object.fromEntries(Object.entries(map ?? {}).map(([key, value]) => [key, exactOrPrefix(value)]));
  return {
    rule,
    match: nameOf(match, matchN),
    prefix,
    port: match.port ?? 0,
    method: exactOrPrefix(match.method) || 'exact:GET',
    authority: exactOrPrefix(match.authority),
    maps: [texts(match.headers), texts(match.queryParams), texts(match.withoutHeaders)],
  };
}

function exactOrPrefix(match: StringMatch | undefined): string {
  if (match?.exact) return `exact:${match.exact}`;
  return match?.prefix ? `prefix:${match.prefix}` : '';
}

/** Each is compared with each, as in Istio; here only up to this number. */
const MOST_COMPARED = 500;

function checkOverlaps(all: readonly Found[], report: Report): void {
  const matches = all.slice(0, MOST_COMPARED);
  for (const [n, first] of matches.entries()) {
    for (const later of matches.slice(n + 1)) {
      if (later.prefix === first.prefix || !covers(first, later)) continue;
      const what = `${later.match} of prefix ${later.prefix}`;
      const by = `${first.match} of prefix ${first.prefix} on ${first.rule}`;
      warnIneffective(later.rule, what, by, report);
    }
  }
}

function covers(first: Found, later: Found): boolean {
  return (
    later.prefix.startsWith(first.prefix) &&
    later.port === first.port &&
    first.method.startsWith(later.method) &&
    first.authority.startsWith(later.authority) &&
    first.maps.every((map, i) => mapCovers(map, later.maps[i] ?? {}))
  );
}

function mapCovers(
  first: Readonly<Record<string, string>>,
  later: Readonly<Record<string, string>>,
): boolean {
  const entries = Object.entries(first);
  if (entries.length !== Object.keys(later).length) return false;
  return entries.every(([key, value]) => later[key] !== undefined && value.startsWith(later[key]));
}
