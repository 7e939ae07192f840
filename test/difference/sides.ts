/** The lab's world and a test's manifests as a side of a comparison. */
import type { Surroundings } from '../../src/difference/calls.ts';
import { findDifferences } from '../../src/difference/find.ts';
import type { Difference, Side } from '../../src/difference/types.ts';
import { callWords, differenceWords } from '../../src/difference/words.ts';
import type { EnvoyConfig } from '../../src/envoy/config.ts';
import { Mesh, world } from '../sandbox/istiod/mesh.ts';

const SERVERS: Readonly<Record<string, string>> = {
  'safedata-stable': 'stable',
  'safedata-canary': 'canary',
  'example-pay': 'pay',
  catalog: 'catalog',
};

const HOSTS: Readonly<Record<string, string>> = {
  'api.safedata-zone.io': 'safedata-stable',
  'stable.safedata-zone.io': 'safedata-stable',
  'canary.safedata-zone.io': 'safedata-canary',
  'pay.example-pay.io': 'example-pay',
  catalog: 'catalog',
};

export const around: Surroundings = {
  hosts: Object.keys(HOSTS),
  at: 'stable.safedata-zone.io',
  paths: ['/data', '/other', '/'],
};

const ips = new Map(
  world
    .filter(each => each.kind === 'Service')
    .map(({ metadata, spec }) => [metadata.name, (spec as { clusterIP?: string }).clusterIP ?? '']),
);

function sideOf(config: EnvoyConfig): Side {
  const address = (host: string) => ips.get(HOSTS[host] ?? '') ?? (/^[\d.]+$/.test(host) ? host : null);
  const byIp = new Map([...ips].map(([name, ip]) => [ip, SERVERS[name] ?? name]));
  return { config, address, server: text => byIp.get(address(text) ?? '') ?? text };
}

export const side = (yaml: string): Side => sideOf(new Mesh(yaml).config);

/** 'GET http://api.safedata-zone.io/v2, x: y | time: no timeout -> given up after 2 s' */
export function told(difference: Difference): string {
  const { before, after } = differenceWords(difference);
  return `${callWords(difference.call)} | ${difference.aspect}: ${before} -> ${after}`;
}

export const between = (before: string, after: string, calls: Surroundings = around): string[] =>
  findDifferences([side(before)], side(after), calls).map(told);
