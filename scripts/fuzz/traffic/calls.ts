/** Random calls, most of them near what the rules of a case are about. */
import type { Random } from '../random.ts';
import { API, CANARY, type Scene } from './cases.ts';
import { HEADERS, PATHS } from './routes.ts';

/** How many calls are sent where two servers share them, so that a wrong share shows. */
const MANY = 40;

export function calls(random: Random, scene: Scene): string[][] {
  const count = 3 + random.below(3);
  return Array.from({ length: count }, () => call(random, scene));
}

function call(random: Random, scene: Scene): string[] {
  if (random.chance(0.2)) return encrypted(random, scene);
  // A port that neither an entry nor a Service has leads to the machine's own network.
  const port = random.chance(0.12) ? `:${random.pick(scene.ports.includes(8080) ? [8080, 80] : [80])}` : '';
  const host = port.endsWith('8080') ? API : random.pick([API, API, API, API, API, CANARY]);
  const path = random.pick(PATHS);
  const query = random.chance(0.3) ? random.pick(['?q=1', '?q=', '?q', '?a=b&q=22']) : '';
  const more = options(random);
  // No entry has port 8080 for these, so that a call with one of them would leave.
  const leaves = port.endsWith('8080') && more.some(each => /^Host: (canary|nobody)/.test(each));
  return [...(leaves ? [] : more), `http://${host}${port}${path}${query}`];
}

function encrypted(random: Random, { ports }: Scene): string[] {
  const url = `https://${random.pick([API, API, CANARY])}${random.pick(PATHS)}`;
  // Without a subset the endpoints take turns, one connection each.
  return ports.includes(443)
    ? ['--http1.1', '-H', 'Connection: close', `${url}#[1-${MANY}]`]
    : ['--http1.1', url];
}

function options(random: Random): string[] {
  const [name, value] = random.pick(HEADERS);
  return [
    ...(random.chance(0.4) ? ['-H', value === '' ? `${name};` : `${name}: ${value}`] : []),
    ...(random.chance(0.12) ? ['-X', random.pick(['POST', 'OPTIONS', 'DELETE', 'HEAD'])] : []),
    ...(random.chance(0.08) ? ['-d', 'amount=10'] : []),
    ...(random.chance(0.06)
      ? ['-H', `Host: ${random.pick([CANARY, `${API}:80`, 'API.safedata-zone.io', 'nobody.example'])}`]
      : []),
    ...(random.chance(0.08) ? ['-H', 'Origin: http://a.example'] : []),
    ...(random.chance(0.05) ? ['--path-as-is'] : []),
    ...(random.chance(0.04) ? ['--http1.0'] : []),
  ];
}
