/** The middle of a trace: route configuration, virtual host and route, and why earlier routes do not match. */
import type {
  HeaderMatcher,
  Route,
  RouteConfiguration,
  RouteMatch,
  StringMatcher,
  VirtualHost,
} from './config.ts';
import {
  headerMatches,
  headerValues,
  pathMatches,
  pathOnly,
  queryParameter,
  type RequestHead,
  routeMatches,
  stringMatches,
  virtualHostName,
} from './match-route.ts';
import { objectOf } from './trace-origin.ts';
import type { PassedOver, TraceStep } from './trace-types.ts';

export function routeConfigurationStep(name: string, routes: RouteConfiguration | null): TraceStep {
  const base = { kind: 'route-configuration', passedOver: [], facts: [] } as const;
  if (routes === null)
    return { ...base, name: '', because: `the chain names the routes ${name}, which are not there` };
  const hosts = count(routes.virtual_hosts?.length ?? 0, 'virtual host', 'virtual hosts');
  return { ...base, name, because: `the list that the chain names, ${hosts}` };
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Only those that also match are listed one by one: a mesh has hundreds. */
export function virtualHostStep(
  routes: RouteConfiguration,
  taken: VirtualHost | null,
  authority: string,
): TraceStep {
  const name = virtualHostName(routes, authority);
  const all = routes.virtual_hosts ?? [];
  if (taken === null) {
    const because = `none of ${all.length} lists the Host ${name}, and none takes the rest`;
    const passedOver = all.slice(0, 5).map(one => ({ name: one.name, why: `is for ${domains(one)}` }));
    return { kind: 'virtual-host', name: '', because, passedOver, facts: [] };
  }
  const fitting = all.filter(one => one !== taken && one.domains.some(domain => fits(domain, name)));
  const exact = taken.domains.some(domain => domain.toLowerCase() === name);
  const domain = taken.domains.find(one => fits(one, name)) ?? '';
  return {
    kind: 'virtual-host',
    name: taken.name,
    because: exact
      ? `lists the Host ${name}`
      : domain === '*'
        ? `takes what no other takes: none lists the Host ${name}`
        : `the Host ${name} fits its ${domain}`,
    position: { index: all.indexOf(taken) + 1, of: all.length },
    passedOver: fitting.map(one => ({
      name: one.name,
      why: `fits too (${domains(one)}), and is less exact`,
    })),
    facts: [],
  };
}

function domains(host: VirtualHost): string {
  const shown = host.domains.filter(domain => !domain.endsWith('.')).slice(0, 3);
  return shown.join(', ') + (host.domains.length > shown.length + 1 ? ', ...' : '');
}

function fits(pattern: string, name: string): boolean {
  const domain = pattern.toLowerCase();
  if (domain === '*') return true;
  if (domain.startsWith('*')) return name.length > domain.length - 1 && name.endsWith(domain.slice(1));
  if (domain.endsWith('*')) return name.length > domain.length - 1 && name.startsWith(domain.slice(0, -1));
  return domain === name;
}

export function routeStep(host: VirtualHost, taken: Route | null, request: RequestHead): TraceStep {
  const routes = host.routes ?? [];
  const end = taken === null ? routes.length : routes.indexOf(taken);
  const passedOver = routes.slice(0, end).map((route, index): PassedOver => {
    const from = objectOf(route.metadata);
    const name = `${index + 1}. ${routeWords(route)}`;
    return { name, why: whyNot(route.match, request), from };
  });
  if (taken === null) {
    const because =
      routes.length === 0
        ? 'it has no routes'
        : routes.length === 1
          ? 'its only route does not fit'
          : `none of its ${routes.length} routes fits`;
    return { kind: 'route', name: '', because, passedOver, facts: [] };
  }
  const from = objectOf(taken.metadata);
  const later = routes.slice(end + 1).filter(route => routeMatches(route.match, request)).length;
  const rest =
    later === 0
      ? []
      : [{ name: 'not reached', value: `${count(later, 'later route', 'later routes')} that would fit too` }];
  return {
    kind: 'route',
    name: routeWords(taken),
    because:
      passedOver.length > 0
        ? 'the first that fits'
        : routes.length > 1
          ? 'the first already fits; the others are not looked at'
          : '',
    position: { index: end + 1, of: routes.length },
    passedOver,
    facts: rest,
    from,
  };
}

/** 'name: path starts with /v2, header x-user is "ana"'. */
function routeWords(route: Route): string {
  const words = matchWords(route.match);
  const named =
    route.name === undefined || route.name === 'default' || route.name === '' ? '' : `${route.name}: `;
  return named + words;
}

function matchWords(match: RouteMatch): string {
  const conditions = (match.headers ?? []).map(headerWords);
  const query = (match.query_parameters ?? []).map(
    one => `query ${one.name} ${one.string_match === undefined ? 'is there' : valueWords(one.string_match)}`,
  );
  const all = [pathWords(match), ...conditions, ...query].filter(words => words !== '');
  return all.length === 0 ? 'any request' : all.join(', ');
}

function pathWords(match: RouteMatch): string {
  const fold = match.case_sensitive === false ? ', case ignored' : '';
  if (match.safe_regex !== undefined) return `path fits regex ${match.safe_regex.regex}`;
  if (match.prefix !== undefined)
    return match.prefix === '/' ? '' : `path starts with ${match.prefix}${fold}`;
  if (match.path !== undefined) return `path is ${match.path}${fold}`;
  if (match.path_separated_prefix !== undefined) {
    return `path is ${match.path_separated_prefix} or below it${fold}`;
  }
  return '';
}

const PSEUDO: Readonly<Record<string, string>> = {
  ':method': 'method',
  ':authority': 'host',
  ':scheme': 'scheme',
};

function headerName(matcher: HeaderMatcher): string {
  return PSEUDO[matcher.name] ?? `header ${matcher.name}`;
}

function headerWords(matcher: HeaderMatcher): string {
  const inverted = matcher.invert_match === true;
  const words =
    matcher.string_match === undefined
      ? (matcher.present_match ?? true) !== inverted
        ? 'is there'
        : 'is not there'
      : valueWords(matcher.string_match, inverted);
  return `${headerName(matcher)} ${words}`;
}

function valueWords(matcher: StringMatcher, inverted = false): string {
  const verb = (is: string, isNot: string) => (inverted ? isNot : is);
  const fold = matcher.ignore_case === true ? ', case ignored' : '';
  if (matcher.safe_regex !== undefined) {
    return `${verb('fits', 'does not fit')} regex ${matcher.safe_regex.regex}`;
  }
  if (matcher.prefix !== undefined)
    return `${verb('starts', 'does not start')} with ${matcher.prefix}${fold}`;
  if (matcher.suffix !== undefined) return `${verb('ends', 'does not end')} with ${matcher.suffix}${fold}`;
  if (matcher.contains !== undefined)
    return `${verb('contains', 'does not contain')} ${matcher.contains}${fold}`;
  return `${verb('is', 'is not')} ${matcher.exact ?? 'empty'}${fold}`;
}

/** The first condition that the request does not meet, and what the request has instead. */
function whyNot(match: RouteMatch, request: RequestHead): string {
  if (!pathMatches(match, request.path)) return `the path is ${pathOnly(request.path)}`;
  for (const matcher of match.headers ?? []) {
    if (headerMatches(matcher, request)) continue;
    const [value] = headerValues(request, matcher.name);
    if (value === undefined) return `${headerName(matcher)} is missing`;
    return `${headerName(matcher)} is ${value === '' ? 'empty' : value}`;
  }
  for (const matcher of match.query_parameters ?? []) {
    const value = queryParameter(request.path, matcher.name);
    if (value === undefined) return `query ${matcher.name} is missing`;
    if (matcher.string_match !== undefined && !stringMatches(matcher.string_match, value)) {
      return `query ${matcher.name} is ${value === '' ? 'empty' : value}`;
    }
  }
  return 'it does not fit';
}
