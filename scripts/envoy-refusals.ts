/**
 * Asks a real Envoy what it says to the resources of test/envoy/accept/cases.ts, and keeps its words in
 * test/fixtures/envoy-refusals.json: `ENVOY=/path/to/envoy npx tsx scripts/envoy-refusals.ts`. Each resource is given
 * to an Envoy of its own, over files, as an update: words that only updates meet (addresses, routes) come as in a mesh.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Listener } from '../src/envoy/config.ts';
import { CASES, type Case } from '../test/envoy/accept/cases.ts';

const ENVOY = process.env.ENVOY ?? 'envoy';
const OUT = new URL('../test/fixtures/envoy-refusals.json', import.meta.url);
const TYPE = 'type.googleapis.com/envoy.config.';
/** As in Istio's bootstrap. */
const RUNTIME = { 're2.max_program_size.error_level': '32768' };

const STATS: Readonly<Record<Case['kind'], string>> = {
  listeners: 'listener_manager.lds',
  clusters: 'cluster_manager.cds',
  routes: 'http.outbound.rds.80',
};

/** Null: it was accepted. */
async function ask(given: Case): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'envoy-refusals-'));
  const at = (name: string) => join(folder, name);
  const file = (name: string, resources: readonly object[]) => {
    writeFileSync(at(name), JSON.stringify({ version_info: '1', resources }));
    return { path_config_source: { path: at(name) }, resource_api_version: 'V3' };
  };
  const typed = (type: string, resource: object) => ({ '@type': TYPE + type, ...resource });
  const listeners: Listener[] =
    given.kind === 'listeners'
      ? [...(given.beside ?? []), given.resource]
      : given.kind === 'routes'
        ? [http()]
        : [];
  if (given.kind === 'routes') file('rds.json', [typed('route.v3.RouteConfiguration', given.resource)]);
  const clusters = given.kind === 'clusters' ? [given.resource] : [];

  function http(): Listener {
    return {
      name: '0.0.0.0_80',
      address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
      bind_to_port: false,
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              typed_config: {
                '@type':
                  'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
                stat_prefix: 'outbound',
                rds: {
                  route_config_name: '80',
                  config_source: { path_config_source: { path: at('rds.json') }, resource_api_version: 'V3' },
                },
                http_filters: [
                  {
                    name: 'envoy.filters.http.router',
                    typed_config: {
                      '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                    },
                  },
                ],
              },
            },
          ],
        },
      ],
    };
  }

  const bootstrap = {
    node: { id: 'refusals', cluster: 'refusals' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    layered_runtime: { layers: [{ name: 'istio', static_layer: RUNTIME }] },
    dynamic_resources: {
      cds_config: file(
        'cds.json',
        clusters.map(each => typed('cluster.v3.Cluster', each)),
      ),
      lds_config: file(
        'lds.json',
        listeners.map(each => typed('listener.v3.Listener', each)),
      ),
    },
  };
  writeFileSync(at('envoy.json'), JSON.stringify(bootstrap));
  const options = ['-c', at('envoy.json'), '-l', 'warning', '--concurrency', '1', '--use-dynamic-base-id'];
  const envoy = spawn(ENVOY, [...options, '--admin-address-path', at('admin')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  envoy.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    for (let tries = 0; tries < 200; tries += 1) {
      await wait(50);
      const stats = await page(at('admin'), `stats?filter=${STATS[given.kind]}.update_`);
      if (/update_success: [1-9]/.test(stats)) return null;
      if (/update_rejected: [1-9]/.test(stats)) return wordsIn(said);
    }
    throw new Error(`${given.name}: neither taken nor refused in 10 s\n${said}`);
  } finally {
    envoy.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

async function page(addressFile: string, path: string): Promise<string> {
  try {
    return await (await fetch(`http://${readFileSync(addressFile, 'utf8').trim()}/${path}`)).text();
  } catch {
    return '';
  }
}

/** Its words about the resource alone: without the listener's name before them and the resource as text. */
function wordsIn(said: string): string {
  const words = /config update rejected: ([\s\S]*?)\s*(?=\n\[\d{4}-|$(?![\s\S]))/.exec(said)?.[1] ?? said;
  const constraint = words.indexOf('Proto constraint validation failed');
  if (constraint >= 0) return words.slice(constraint);
  return words
    .replace(/^Error adding\/updating (?:listener|cluster)\(s\) \S+: /, '')
    .replace(/: goo\.gle\/debug\w+[\s\S]*$/, '')
    .trim();
}

const recorded: Record<string, string | null> = {};
for (const each of CASES) recorded[each.name] = await ask(each);
writeFileSync(OUT, `${JSON.stringify(recorded, null, 2)}\n`);
