import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDump } from '../../src/envoy/from-dump.ts';
import { trace } from '../../src/envoy/trace.ts';
import { traceText } from '../../src/envoy/trace-lines.ts';
import type { DescribedCall, Trace, TraceOutcome } from '../../src/envoy/trace-types.ts';
import { wrapped } from '../../src/envoy/transport-socket.ts';
import { describeCall } from '../../src/probe/describe-call.ts';

// Configurations that a real sidecar (Istio 1.31-dev) printed, cut down to what a call to the world's hosts can meet,
// each with calls and what the same sidecar's access log said of them.
const FOLDER = join(import.meta.dirname, '../fixtures/trace');

interface Recorded {
  readonly addresses: Readonly<Record<string, string>>;
  readonly calls: readonly {
    readonly curl: readonly string[];
    readonly log: readonly { readonly cluster: string; readonly flags: string; readonly code: number }[];
  }[];
  readonly config_dump: unknown;
}

function recorded(name: string): Recorded {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Recorded;
}

function traced(name: string, ...argv: string[]): Trace {
  const { addresses, config_dump } = recorded(name);
  const { name: host, port, call } = describeCall(argv);
  return trace(readDump(config_dump), { to: { ip: addresses[host] ?? host, port }, ...call });
}

/** What the access log can say of calls with this outcome: the cluster; flags and status where the sidecar ends it. */
function logged(outcome: TraceOutcome): { cluster: string; flags?: string; code?: number }[] {
  switch (outcome.kind) {
    case 'cluster':
      return outcome.clusters.map(one => ({ cluster: one.exists ? one.name : '-' }));
    case 'fault':
      return outcome.clusters.map(one => ({ cluster: one.name, code: outcome.status }));
    case 'no-endpoints':
      return outcome.clusters.map(one => ({ cluster: one.name, flags: 'UH' }));
    case 'no-route':
      return [{ cluster: '-', flags: 'NR', code: 404 }];
    case 'no-cluster':
      return [{ cluster: '-', flags: 'NC', code: 503 }];
    case 'direct':
    case 'redirect':
      return [{ cluster: '-', flags: '-', code: outcome.status }];
    case 'passthrough':
      return [{ cluster: 'PassthroughCluster', flags: '-' }];
    case 'blackhole':
      return [{ cluster: 'BlackHoleCluster', flags: 'UH' }];
    default:
      return [];
  }
}

const names = readdirSync(FOLDER).map(file => file.replace('.json', ''));
const rows = names.flatMap(name =>
  recorded(name)
    .calls.filter(({ log }) => log.length > 0)
    .map(({ curl, log }) => ({ name, call: curl.join(' '), curl, log })),
);

describe('a trace leads where the access log says', () => {
  it.each(rows)('$name: $call', ({ name, curl, log }) => {
    const { outcome } = traced(name, ...curl);
    const may = logged(outcome);
    const unexplained = log.filter(
      line =>
        !may.some(
          one =>
            one.cluster === line.cluster &&
            (one.flags ?? line.flags) === line.flags &&
            (one.code ?? line.code) === line.code,
        ),
    );
    expect(unexplained).toEqual([]);
  });

  it('in as many as there are', () => {
    expect(rows).toHaveLength(38);
  });
});

const call: DescribedCall = {
  to: { ip: '10.0.0.1', port: 80 },
  protocol: 'http',
  host: 'api.io',
  path: '/',
  method: 'GET',
  headers: {},
  sni: '',
};

describe('a trace', () => {
  it('of no configuration ends at once', () => {
    const empty = { listeners: [], routes: [], clusters: [], endpoints: [] };
    expect(trace(empty, call).outcome).toEqual({ kind: 'no-chain' });
  });

  it('names what each earlier route wanted, what the call has, and who made the route', () => {
    const { steps } = traced('vs-query-regex', 'http://api.safedata-zone.io/v2/data?beta=x');
    const route = steps.find(step => step.kind === 'route');
    const from = { kind: 'VirtualService', namespace: 'mesh-network', name: 'external-api-routing' };
    expect(route).toMatchObject({ from, position: { index: 2, of: 2 } });
    expect(route?.passedOver).toEqual([
      { name: '1. query beta fits regex [0-9]+', why: 'query beta is x', from },
    ]);
  });

  it('tells that TLS which meets an HTTP chain is no HTTP', () => {
    const listener = {
      name: '0.0.0.0_80',
      address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              typed_config: { rds: { route_config_name: '80' } },
            } as const,
          ],
        },
      ],
    };
    const config = { listeners: [listener], routes: [], clusters: [], endpoints: [] };
    expect(trace(config, { ...call, protocol: 'https', sni: 'api.io' }).outcome).toEqual({
      kind: 'not-http',
    });
    expect(trace(config, call).outcome).toEqual({ kind: 'no-route' });
  });

  it('tells of a tunnel, and of a header before all bytes', () => {
    const listener = {
      name: '0.0.0.0_443',
      address: { socket_address: { address: '0.0.0.0', port_value: 443 } },
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.tcp_proxy',
              typed_config: { cluster: 'c', tunneling_config: { hostname: 'far.example:443' } },
            } as const,
          ],
        },
      ],
    };
    const cluster = { name: 'c', transport_socket: wrapped({ name: 'raw_buffer' }, 'V2') };
    const config = { listeners: [listener], routes: [], clusters: [cluster], endpoints: [] };
    const { steps } = trace(config, {
      ...call,
      protocol: 'https',
      sni: 'api.io',
      to: { ip: '10.0.0.1', port: 443 },
    });
    const said = steps.flatMap(step => step.facts).map(({ name, value }) => `${name}: ${value}`);
    expect(said).toContain(
      'reads it as: bytes, for which it asks the server with CONNECT to open a way to far.example:443',
    );
    expect(said).toContain('PROXY protocol: V2: each connection begins with a header that tells whose it is');
  });

  it.each(['http://127.0.0.1:22/', 'http://127.9.9.9/', 'http://[::1]/'])(
    'of %s never meets the sidecar',
    url => {
      const looped = traced('article-123', url);
      expect(looped).toMatchObject({ steps: [], outcome: { kind: 'loopback' } });
      expect(traceText(looped, { columns: 200 }).at(-1)?.trim()).toBe(
        `! ${looped.call.to.ip} is the pod's own loopback: the call never leaves the pod, and the sidecar sees nothing of it.`,
      );
    },
  );

  it('of the loopback meets a listener that a Sidecar bound there', () => {
    const address = { socket_address: { address: '127.0.0.1', port_value: 80 } };
    const config = {
      listeners: [{ name: '127.0.0.1_80', address }],
      routes: [],
      clusters: [],
      endpoints: [],
    };
    expect(trace(config, { ...call, to: { ip: '127.0.0.1', port: 80 } }).steps).not.toEqual([]);
    // One that is only met by what is captured on its way elsewhere is not there.
    const captured = { ...config, listeners: config.listeners.map(one => ({ ...one, bind_to_port: false })) };
    expect(trace(captured, { ...call, to: { ip: '127.0.0.1', port: 80 } }).steps).toEqual([]);
  });

  it('never gets lines wider than asked for, and plain ASCII if wanted', () => {
    for (const { name, curl } of rows) {
      for (const columns of [60, 80]) {
        const lines = traceText(traced(name, ...curl), { columns, ascii: true });
        expect(lines.filter(line => line.length > columns || /[^ -~]/.test(line))).toEqual([]);
      }
    }
  });
});

describe('the lines of a trace', () => {
  it("of the article's step 3", () => {
    const lines = traceText(traced('article-123', 'http://api.safedata-zone.io/v2/data'), { columns: 80 });
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
        GET http://api.safedata-zone.io/v2/data  to 10.96.196.251 port 80

        listener       0.0.0.0_80
                       takes connections to port 80 on any address
        filter chain   plain HTTP                                               1 of 2
                       sees         plain HTTP (http/1.1)
                       reads it as  HTTP, request by request
        routes         80
                       the list that the chain names, 3 virtual hosts
        virtual host   api.safedata-zone.io:80                                  1 of 3
                       lists the Host api.safedata-zone.io
                       ✗ allow_any: fits too (*), and is less exact
        route          path starts with /v2/data
                       made by VirtualService external-api-routing in mesh-network
        action         send it to outbound|443||api.safedata-zone.io
                       path         /v2/data becomes /data
                       timeout      none
                       retries      up to 2 on connect-failure, refused-stream,
                                    unavailable, cancelled
                       not retried  what the server itself answers, a 503 too
        cluster        outbound|443||api.safedata-zone.io
                       its servers are found by DNS
                       shaped by DestinationRule external-api-rule in mesh-network
                       TLS          the sidecar opens it (mode SIMPLE), server name
                                    (SNI) as the Host header
                       certificate  the server's must come from a public CA and name
                                    the host
                       limits       30 connections, 100 requests waiting; beyond them
                                    503, flag UO
                       renews       a connection after 10 requests
                       ejects       a server after 2 answers 5xx in a row for 30 s and
                                    longer, at most 10 % of them
                       but          none is ever ejected: one of 1 is more than 10 %
        endpoints      api.safedata-zone.io:443

        ✓ The call goes to outbound|443||api.safedata-zone.io.
      "
    `);
  });

  it('of TLS in TLS', () => {
    const lines = traceText(traced('article-123', 'https://api.safedata-zone.io/v2/data'), { columns: 80 });
    expect(`\n${lines.join('\n')}\n`).toMatchInlineSnapshot(`
      "
        GET https://api.safedata-zone.io/v2/data  to 10.96.196.251 port 443
        Host, path and headers are inside TLS: the sidecar sees the address and the
        name in the greeting (SNI).

        listener       0.0.0.0_443
                       takes connections to port 443 on any address
                       ✗ 10.96.61.13_443 and 2 more on this port: for other addresses
        filter chain   SNI api.safedata-zone.io                                 1 of 2
                       sees         TLS for the name api.safedata-zone.io (SNI)
                       reads it as  bytes: it looks at nothing inside
        cluster        outbound|443||api.safedata-zone.io
                       its servers are found by DNS
                       shaped by DestinationRule external-api-rule in mesh-network
                       TLS          the sidecar opens it (mode SIMPLE), server name
                                    (SNI) none
                       certificate  the server's must come from a public CA
                       warning      the app's bytes are TLS already: this wraps TLS in
                                    TLS
                       limits       30 connections, 100 requests waiting; beyond them
                                    503, flag UO
                       renews       a connection after 10 requests
                       ejects       a server after 2 answers 5xx in a row for 30 s and
                                    longer, at most 10 % of them
                       but          none is ever ejected: one of 1 is more than 10 %
        endpoints      api.safedata-zone.io:443

        ✓ The call goes to outbound|443||api.safedata-zone.io.
        ! But the app's bytes are TLS already: this wraps TLS in TLS.
      "
    `);
  });

  it('of a path that no route has', () => {
    const lines = traceText(traced('article-123', 'http://api.safedata-zone.io/other'), { columns: 80 });
    expect(`\n${lines.slice(-6).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        route          none
                       its only route does not fit
                       ✗ 1. path starts with /v2/data, but the path is /other
                         (VirtualService external-api-routing in mesh-network)

        ✗ The sidecar answers 404: no route fits (flag NR). No server is asked.
      "
    `);
  });

  it('of a call that goes past an earlier route', () => {
    const argv = ['-H', 'x-tier: gold', 'http://api.safedata-zone.io/v2/data'];
    const lines = traceText(traced('vs-without-headers', ...argv), { columns: 80 });
    const start = lines.findIndex(line => line.startsWith('  route '));
    expect(`\n${lines.slice(start, start + 6).join('\n')}\n`).toMatchInlineSnapshot(`
      "
        route          any request                                              2 of 2
                       the first that fits
                       made by VirtualService external-api-routing in mesh-network
                       ✗ 1. header x-tier is not gold, but header x-tier is gold
                         (VirtualService external-api-routing in mesh-network)
        action         send it to outbound|80|stable|api.safedata-zone.io
      "
    `);
  });
});
