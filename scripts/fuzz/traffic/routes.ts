/** Random VirtualServices: rules whose matches the calls meet now and then. */
import type { Random } from '../random.ts';
import { API, CANARY, type Scene } from './cases.ts';

export const PATHS = [
  '/',
  '/v2/data',
  '/v2',
  '/V2/Data',
  '/a%20b',
  '/v2/data/',
  '/x/y',
  '/status/503',
  '/old/data',
];
export const HEADERS = [
  ['x-tier', 'gold'],
  ['x-tier', 'Gold'],
  ['x-lab-one', '1'],
  ['user', ''],
  ['cookie', 'beta=true; a=b'],
] as const;

export function virtualService(random: Random, scene: Scene) {
  const rules = Array.from({ length: 1 + random.below(4) }, (_, at) => rule(random, scene, at));
  const tls = {
    match: [{ port: 443, sniHosts: [random.pick([API, '*.safedata-zone.io', CANARY])] }],
    route: [{ destination: destination(random, scene, 443) }],
  };
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'fuzz-api', namespace: 'mesh-network' },
    spec: {
      hosts: [scene.subsets ? API : random.pick([API, API, API, '*.safedata-zone.io'])],
      ...(scene.subsets || random.chance(0.95) ? { http: rules } : { tls: [tls] }),
      ...(random.chance(0.12) ? { tls: [tls] } : {}),
    },
  };
}

function destination(random: Random, scene: Scene, number: number): object {
  const other = random.chance(0.06);
  return {
    host: other ? CANARY : API,
    port: { number },
    ...(scene.subsets && !other ? { subset: random.pick(['stable', 'canary']) } : {}),
  };
}

function rule(random: Random, scene: Scene, at: number): object {
  const match = random.chance(0.75) ? { match: matches(random) } : {};
  const common = {
    ...(random.chance(0.2) ? { name: `rule-${at}` } : {}),
    ...match,
    ...(random.chance(0.25) ? { headers: headers(random) } : {}),
  };
  if (random.chance(0.14)) return { ...common, redirect: redirect(random) };
  if (random.chance(0.14)) return { ...common, directResponse: direct(random) };
  return {
    ...common,
    route: [{ destination: destination(random, scene, 80) }],
    ...(random.chance(0.3) ? { rewrite: rewrite(random) } : {}),
    ...(random.chance(0.15) ? { timeout: random.pick(['1s', '500ms', '5s']) } : {}),
    ...(random.chance(0.2) ? { retries: retries(random) } : {}),
    ...(random.chance(0.12) ? { fault: fault(random) } : {}),
    ...(random.chance(0.1) ? { mirror: destination(random, scene, 80) } : {}),
    ...(random.chance(0.1) ? { corsPolicy: cors(random) } : {}),
  };
}

const text = (random: Random, value: string): object =>
  random.pick<object>([
    { exact: value },
    { prefix: value },
    { prefix: value.slice(0, Math.max(1, value.length - 2)) },
    { regex: `${value.replace(/[^\w/]/g, '.')}.*` },
    { regex: '[^/]*' },
  ]);

function matches(random: Random): object[] {
  return Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => {
    const [name, value] = random.pick(HEADERS);
    return {
      ...(random.chance(0.7) ? { uri: text(random, random.pick(PATHS)) } : {}),
      ...(random.chance(0.3)
        ? { headers: { [name]: random.chance(0.2) ? {} : text(random, value || 'x') } }
        : {}),
      ...(random.chance(0.12)
        ? { withoutHeaders: { [random.pick(HEADERS)[0]]: random.pick([{}, { exact: 'gold' }]) } }
        : {}),
      ...(random.chance(0.12) ? { method: { exact: random.pick(['GET', 'POST', 'OPTIONS']) } } : {}),
      ...(random.chance(0.12)
        ? { queryParams: { q: random.pick([{ exact: '1' }, { exact: '' }, { regex: '\\d+' }]) } }
        : {}),
      ...(random.chance(0.1) ? { ignoreUriCase: true } : {}),
      ...(random.chance(0.08)
        ? { authority: random.pick([{ exact: API }, { prefix: 'api' }, { regex: '.*:80' }]) }
        : {}),
      ...(random.chance(0.06) ? { port: random.pick([80, 8080]) } : {}),
      ...(random.chance(0.05) ? { scheme: { exact: random.pick(['http', 'https']) } } : {}),
    };
  });
}

function headers(random: Random): object {
  const operations = () => ({
    ...(random.chance(0.6)
      ? {
          set: {
            'x-lab-set': random.pick([
              'one',
              'a b',
              '%REQ(x-tier)%',
              '%PROTOCOL%',
              '100%%',
              '%RESPONSE_CODE%',
            ]),
          },
        }
      : {}),
    ...(random.chance(0.4) ? { add: { 'x-lab-one': random.pick(['2', '%ROUTE_NAME%x', '']) } } : {}),
    ...(random.chance(0.3) ? { remove: [random.pick(['x-tier', 'x-lab-one', 'user-agent'])] } : {}),
  });
  return {
    ...(random.chance(0.8) ? { request: operations() } : {}),
    ...(random.chance(0.3) ? { response: operations() } : {}),
  };
}

const redirect = (random: Random): object => ({
  ...(random.chance(0.7) ? { uri: random.pick(['/new', '/', '/new?x=1', '%PREFIX()%']) } : {}),
  ...(random.chance(0.4) ? { authority: random.pick([CANARY, 'other.example:8080']) } : {}),
  ...(random.chance(0.4) ? { redirectCode: random.pick([301, 302, 303, 307, 308]) } : {}),
  ...(random.chance(0.2) ? { scheme: 'https' } : {}),
  ...(random.chance(0.1) ? { derivePort: 'FROM_REQUEST_PORT' } : {}),
});

const direct = (random: Random): object => ({
  status: random.pick([200, 204, 302, 404, 418, 503]),
  ...(random.chance(0.6) ? { body: { string: random.pick(['hello', '{"a":1}', '']) } } : {}),
});

const rewrite = (random: Random): object =>
  random.chance(0.3)
    ? {
        uriRegexRewrite: {
          match: random.pick(['^/v2(.*)$', '/data', '[0-9]+', '^/(x)/(y)']),
          rewrite: random.pick(['/r\\1', '/n', '', '\\0\\0']),
        },
      }
    : {
        ...(random.chance(0.8) ? { uri: random.pick(['/', '/new', '/new/', 'new']) } : {}),
        ...(random.chance(0.4) ? { authority: random.pick(['lab.example', CANARY]) } : {}),
      };

const retries = (random: Random): object => ({
  attempts: random.below(4),
  ...(random.chance(0.7)
    ? { retryOn: random.pick(['5xx', 'gateway-error', 'retriable-4xx', '503', 'reset,503']) }
    : {}),
  ...(random.chance(0.3) ? { perTryTimeout: '400ms' } : {}),
});

const fault = (random: Random): object => ({
  ...(random.chance(0.7)
    ? {
        abort: {
          httpStatus: random.pick([400, 418, 503]),
          percentage: { value: random.pick([100, 100, 0]) },
        },
      }
    : { delay: { fixedDelay: '700ms', percentage: { value: random.pick([100, 0]) } } }),
});

const cors = (random: Random): object => ({
  allowOrigins: [random.pick([{ exact: 'http://a.example' }, { prefix: 'http://' }, { regex: '.*' }])],
  ...(random.chance(0.5) ? { allowMethods: ['GET', 'POST'] } : {}),
  ...(random.chance(0.3) ? { allowCredentials: true } : {}),
});
