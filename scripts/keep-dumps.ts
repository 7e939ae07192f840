/**
 * Makes fixtures from real sidecars' config_dumps (see compare-dumps.ts for what DIR holds):
 *
 *   npx tsx scripts/keep-dumps.ts DIR CASE...
 *
 * test/fixtures/istiod/world.json: the world's objects, trimmed to what istiod reads. base.json: the configuration
 * without any Istio object (case 'none'). CASE.json: the case's objects and what they change in it, null for what is
 * gone.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../src/istio/resource.ts';
import { type Canonical, canonicalDump, changes } from '../test/support/envoy-dump.ts';

const [dir, ...names] = process.argv.slice(2);
if (dir === undefined || names.length === 0) {
  console.error('usage: keep-dumps.ts DIR CASE...');
  process.exit(2);
}
const target = join(import.meta.dirname, '../test/fixtures/istiod');
mkdirSync(target, { recursive: true });
const read = (name: string) => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const write = (name: string, value: unknown) =>
  writeFileSync(join(target, name), `${JSON.stringify(value, null, 1)}\n`);

/** kubectl's bookkeeping means nothing to istiod. */
function trim({ apiVersion, kind, metadata, ...rest }: Resource): object {
  const { name, namespace, labels, creationTimestamp, annotations = {} } = metadata;
  const kept = Object.entries(annotations).filter(([key]) => key === 'networking.istio.io/exportTo');
  const { spec, addressType, endpoints, ports, status } = rest as Record<string, unknown>;
  const pod = kind === 'Pod';
  return {
    ...(apiVersion && { apiVersion }),
    kind,
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(labels && { labels }),
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
      creationTimestamp,
    },
    ...(pod
      ? {
          spec: { serviceAccountName: (spec as { serviceAccountName?: string }).serviceAccountName },
          status: { podIP: (status as { podIP?: string }).podIP },
        }
      : kind === 'Namespace'
        ? {}
        : { spec, addressType, endpoints, ports }),
  };
}

const base: Canonical = canonicalDump(read('none.json'));
write('world.json', read('world.json').items.map(trim));
write('base.json', base);
for (const name of names) {
  const objects = read(`${name}.objects.json`).items.map(trim);
  write(`${name}.json`, { objects, changes: changes(base, canonicalDump(read(`${name}.json`))) });
}
