/** Generated HTTP routes of VirtualServices. */
import type { Dice } from './dice.ts';
import { EXTERNAL, SERVICES } from './names.ts';

export type Route = Record<string, unknown>;

export function target(dice: Dice, hosts: readonly string[]): object {
  const made: Record<string, unknown> = { host: dice.pick([...hosts, ...EXTERNAL, ...SERVICES.slice(0, 4)]) };
  if (dice.chance(0.5)) made.port = { number: dice.one(80, 443, 9080, 8080, 3306) };
  if (dice.chance(0.4)) made.subset = dice.one('stable', 'canary', 'v1', 'v2', 'nope');
  return made;
}

export function route(dice: Dice, hosts: readonly string[]): Route {
  const made: Route = {};
  if (dice.chance(0.75)) made.match = Array.from({ length: dice.between(1, 2) }, () => match(dice));
  if (dice.chance(0.1)) made.name = `r${dice.between(1, 3)}`;
  const kind = dice.next();
  if (kind < 0.07) return { ...made, redirect: redirect(dice) };
  if (kind < 0.12) {
    const body = dice.one({ string: 'hi' }, { bytes: 'aGk=' }, { string: '' });
    made.directResponse = { status: dice.one(200, 404, 503), ...(dice.chance(0.7) && { body }) };
    if (dice.chance(0.3)) made.headers = headers(dice);
    return made;
  }
  made.route = destinations(dice, hosts);
  if (dice.chance(0.3)) made.rewrite = rewrite(dice);
  if (dice.chance(0.3)) made.timeout = dice.chance(0.05) ? '0s' : dice.duration();
  if (dice.chance(0.35)) made.retries = retries(dice);
  if (dice.chance(0.2)) made.fault = fault(dice);
  if (dice.chance(0.25)) mirrors(dice, hosts, made);
  if (dice.chance(0.1)) made.corsPolicy = cors(dice);
  if (dice.chance(0.15)) made.headers = headers(dice);
  return made;
}

function destinations(dice: Dice, hosts: readonly string[]): object[] {
  const count = dice.one(1, 1, 1, 2, 3);
  const weighted = count > 1 || dice.chance(0.2);
  return Array.from({ length: count }, () => ({
    destination: target(dice, hosts),
    ...(weighted && dice.chance(0.93) && { weight: dice.one(0, 10, 50, 90, 100) }),
    ...(dice.chance(0.12) && { headers: headers(dice) }),
  }));
}

function text(dice: Dice, values: readonly string[]): object {
  const value = dice.pick(values);
  return dice.one<object>(
    { exact: value },
    { prefix: value },
    { regex: `${value}.*` },
    { regex: `^${value}$` },
    { regex: `*${value}` },
    { regex: '*' },
  );
}

function match(dice: Dice): object {
  const made: Record<string, unknown> = {};
  if (dice.chance(0.7)) {
    made.uri = dice.one<object>(
      { prefix: '/v2/data' },
      { exact: '/v2' },
      { prefix: '/' },
      { prefix: '/v2/' },
      { regex: '/v[0-9]+/.*' },
      { exact: '/' },
      { regex: '.*' },
      { regex: '*' },
      { prefix: '/api' },
      { prefix: '' },
      {},
    );
    if (dice.chance(0.15)) made.ignoreUriCase = dice.chance(0.9);
  }
  if (dice.chance(0.25)) {
    const names = dice.some(['x-tier', 'end-user', 'cookie', ':authority', 'X-Upper'], 1, 2);
    made.headers = Object.fromEntries(
      names.map(name => [name, dice.one(text(dice, ['gold', 'x']), {}, { exact: '' }, { prefix: '' })]),
    );
  }
  if (dice.chance(0.12)) made.withoutHeaders = { 'x-skip': dice.one(text(dice, ['yes']), {}) };
  if (dice.chance(0.03)) made.headers = { '@request.auth.claims.sub': { exact: 'a' } };
  if (dice.chance(0.15))
    made.method = dice.one<object>({ exact: 'GET' }, { regex: 'GET|POST' }, { prefix: 'P' });
  if (dice.chance(0.12))
    made.authority = dice.one<object>({ exact: 'api.safedata-zone.io' }, { prefix: 'api' });
  if (dice.chance(0.1))
    made.scheme = dice.one<object>({ exact: 'http' }, { exact: 'https' }, { prefix: 'http' });
  if (dice.chance(0.15)) {
    made.queryParams = {
      q: dice.one<object>(
        { exact: '1' },
        { regex: '[0-9]+' },
        { prefix: 'a' },
        {},
        { exact: '' },
        { regex: '*' },
      ),
    };
  }
  if (dice.chance(0.12)) made.port = dice.one(80, 443, 8080, 9080);
  if (dice.chance(0.08)) made.sourceLabels = { app: dice.one('client', 'other') };
  if (dice.chance(0.08)) made.sourceNamespace = dice.one('mesh-network', 'team-b');
  if (dice.chance(0.08)) made.gateways = dice.one(['mesh'], ['some-gw'], ['mesh', 'some-gw']);
  if (dice.chance(0.1)) made.name = `n${dice.between(1, 3)}`;
  if (dice.chance(0.05)) made.statPrefix = 'stat';
  return made;
}

function headers(dice: Dice): object {
  const operations = () => ({
    ...(dice.chance(0.5) && { set: { 'x-set': '1', ...(dice.chance(0.12) && { host: 'other.io' }) } }),
    ...(dice.chance(0.5) && {
      add: { 'x-add': dice.chance(0.2) ? '%REQ(x-q)%' : '2', ...(dice.chance(0.1) && { 'a-first': '3' }) },
    }),
    ...(dice.chance(0.5) && { remove: dice.one(['x-rm'], ['x-b', 'x-a']) }),
  });
  return Object.fromEntries(dice.some(['request', 'response'], 1, 2).map(side => [side, operations()]));
}

function redirect(dice: Dice): object {
  const made = dice.maybe<Record<string, unknown>>(0.5, {
    uri: () => dice.one('/new', '%PREFIX()%/x'),
    authority: () => 'pay.example-pay.io',
    redirectCode: () => dice.one(301, 302, 303, 307, 308),
    scheme: () => 'https',
  });
  if (dice.chance(0.4)) {
    Object.assign(
      made,
      dice.one<object>(
        { port: 8443 },
        { derivePort: 'FROM_PROTOCOL_DEFAULT' },
        { derivePort: 'FROM_REQUEST_PORT' },
      ),
    );
  }
  if (dice.chance(0.1)) {
    delete made.uri;
    made.prefixRewrite = '/p';
  }
  return Object.keys(made).length > 0 ? made : { uri: '/x' };
}

function rewrite(dice: Dice): object {
  return dice.one<object>(
    { uri: '/data' },
    { uri: '/' },
    { authority: 'other.io' },
    { uri: '/a', authority: 'b.io' },
    { uriRegexRewrite: { match: '/v2/(.*)', rewrite: '/\\1' } },
    { uriRegexRewrite: { match: '/v2/(.*)', rewrite: '/\\1' }, authority: 'b.io' },
  );
}

function retries(dice: Dice): object {
  if (dice.chance(0.2)) return dice.one({ attempts: 0 }, {});
  return {
    attempts: dice.between(0, 4),
    ...dice.maybe<Record<string, unknown>>(0.35, {
      perTryTimeout: () => dice.duration(),
      retryOn: () =>
        dice.one(
          '5xx',
          'gateway-error,connect-failure',
          '503',
          'retriable-status-codes,503,504',
          'reset',
          'cancelled,unavailable',
          'connect-failure, 503',
        ),
      retryRemoteLocalities: () => dice.chance(0.6),
      retryIgnorePreviousHosts: () => dice.chance(0.5),
      backoff: () => dice.one('10ms', '1s'),
    }),
  };
}

function fault(dice: Dice): object {
  const percentage = (...values: number[]) => ({ percentage: { value: dice.pick(values) } });
  const made: Record<string, unknown> = {};
  if (dice.chance(0.6)) {
    made.delay = { fixedDelay: dice.duration(), ...(dice.chance(0.7) && percentage(0, 10, 100, 0.1)) };
    if (dice.chance(0.08)) made.delay = { fixedDelay: '1s', percent: 20 };
    if (dice.chance(0.04)) made.delay = { exponentialDelay: '1s' };
  }
  if (dice.chance(0.6)) {
    const answer = dice.one<object>({ httpStatus: 503 }, { httpStatus: 404 }, { grpcStatus: 'UNAVAILABLE' });
    made.abort = { ...answer, ...(dice.chance(0.7) && percentage(0, 10, 100, 33.3)) };
  }
  return Object.keys(made).length > 0 ? made : { abort: { httpStatus: 500 } };
}

function mirrors(dice: Dice, hosts: readonly string[], made: Route): void {
  if (dice.chance(0.2)) {
    made.mirrors = Array.from({ length: dice.between(1, 2) }, () => ({
      destination: target(dice, hosts),
      ...(dice.chance(0.6) && { percentage: { value: dice.one(0, 5, 100) } }),
    }));
    return;
  }
  made.mirror = target(dice, hosts);
  if (dice.chance(0.6)) made.mirrorPercentage = { value: dice.one(0, 10, 10, 100, 0.5) };
  else if (dice.chance(0.15)) made[dice.one('mirrorPercent', 'mirror_percent')] = dice.one(0, 30);
}

function cors(dice: Dice): object {
  return dice.maybe<Record<string, unknown>>(0.5, {
    allowOrigins: () => [text(dice, ['https://x.io'])],
    allowOrigin: () => ['https://old.io'],
    allowMethods: () => ['GET', 'PUT'],
    allowHeaders: () => ['x-a'],
    exposeHeaders: () => ['x-b'],
    maxAge: () => '24h',
    allowCredentials: () => dice.chance(0.5),
    unmatchedPreflights: () => dice.one('FORWARD', 'IGNORE', 'UNSPECIFIED'),
  });
}
