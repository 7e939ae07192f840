/** An answer without what is not compared, and with every value spelt in one way. */
import type { EnvoyConfig } from '../../../src/envoy/config.ts';
import type { Answer } from './answer.ts';
import { INBOUND, LEFT_OUT } from './known.ts';

export function plain(answer: Answer): Answer {
  return { ...answer, proxies: (answer.proxies ?? []).map(plainConfig) };
}

function plainConfig(config: EnvoyConfig): EnvoyConfig {
  const lists = (['listeners', 'routes', 'clusters', 'endpoints'] as const).map(kind => {
    const outbound = (config[kind] as readonly { name?: string }[]).filter(
      ({ name }) => !INBOUND.test(name ?? ''),
    );
    return [kind, outbound.map(each => plainValue(each, kind))];
  });
  return Object.fromEntries(lists) as EnvoyConfig;
}

const known = new Map<string, boolean>();

function isLeftOut(path: string): boolean {
  let answer = known.get(path);
  if (answer === undefined) {
    answer = LEFT_OUT.some(each => each.path.test(path));
    known.set(path, answer);
  }
  return answer;
}

function plainValue(value: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    return value
      .filter(each => typeof each?.name !== 'string' || !isLeftOut(`${path}[${each.name}]`))
      .map(each => plainValue(each, `${path}[]`));
  }
  if (typeof value === 'string') {
    return /^-?\d+\.\d*0+s$/.test(value) ? value.replace(/\.?0+s$/, 's') : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const at = `${path}.${key}`;
    if (isLeftOut(at) || (key === 'health_status' && inner === 'HEALTHY')) continue;
    const made = plainValue(inner, at);
    // What held nothing but names for telemetry is left out.
    if (METADATA.test(at) && Object.keys(made as object).length === 0) continue;
    out[key] = made;
  }
  return out;
}

const METADATA = /(metadata|filter_metadata|filter_metadata\.istio)$/;
