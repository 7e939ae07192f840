import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { objectOf } from '../../../src/envoy/trace-origin.ts';
import { httpPlace } from '../../../src/probe/why-fields.ts';
import { packageFile } from '../../../src/shared/paths.ts';
import { Mesh } from './mesh.ts';

// Every VirtualService of the course against the routes that are made of it.

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly hosts: readonly string[]; readonly http?: readonly object[] };
}

const lessons = packageFile('lessons');
const files = readdirSync(lessons, { recursive: true, encoding: 'utf8' }).filter(
  path =>
    path.endsWith('.yaml') && readFileSync(join(lessons, path), 'utf8').includes('kind: VirtualService'),
);
const rules = files.flatMap(path => {
  const text = readFileSync(join(lessons, path), 'utf8').replace(/\{\{\w+\}\}/g, '192.0.2.1');
  const objects = parseAllDocuments(text).map(each => each.toJS() as Written | null);
  return objects.flatMap(each =>
    each?.kind === 'VirtualService' && each.spec.http !== undefined ? [[path, each] as const] : [],
  );
});

let compared = 0;

it.each(rules)('each route of %s has its rule', (_, rule) => {
  const entry = {
    ...{ apiVersion: 'networking.istio.io/v1', kind: 'ServiceEntry', metadata: { name: 'hosts' } },
    spec: {
      ...{ hosts: rule.spec.hosts.filter(host => host.includes('.')), resolution: 'DNS' },
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
    },
  };
  const { config } = new Mesh([entry, rule].map(each => stringify(each)).join('---\n'));
  const lists = config.routes
    .filter(routes => routes.name === '80')
    .flatMap(routes => routes.virtual_hosts ?? [])
    .map(host => host.routes ?? [])
    .filter(routes => objectOf(routes[0]?.metadata)?.kind === 'VirtualService');
  for (const routes of lists) {
    compared += routes.length;
    const places = routes.map((_route, at) =>
      httpPlace(rule.spec, { index: at + 1, of: routes.length }, { namespace: 'mesh-network', port: 80 }),
    );
    expect(places).not.toContain(null);
    // A rule's name, where it has one, is the route's.
    const names = places.map(place => (rule.spec.http?.[place?.rule ?? -1] as { name?: string })?.name ?? '');
    expect(routes.map(route => route.name?.split('.')[0] ?? '')).toEqual(names);
  }
});

it('and there are many', () => {
  expect(compared).toBeGreaterThan(300);
});
