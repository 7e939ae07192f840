/**
 * The ports of istiod's pod, for istioctl and whoever looks: 8080 and 15014 with pages, 15010 and 15012 with the debug
 * types of the discovery service, 9876 with the levels of its log.
 * Source: pilot/pkg/bootstrap/{monitoring,server}.go, pilot/pkg/xds/debug.go of Istio 1.31.
 */
import { createSecureServer, createServer, type Http2Server } from 'node:http2';
import { configDump } from '../admin/config-dump.ts';
import { httpPages, type Pages, type ServePort, type TakeConnection } from '../kubelet/own-ports.ts';
import type { SidecarContainer } from '../kubelet/sidecar-container.ts';
import { Scopes } from './scopes.ts';
import { CLUSTER, clientConfigs, ISTIO_VERSION, syncz } from './syncz.ts';
import { type DebugTypes, debugPage, serveXds } from './xds-stream.ts';

export interface IstiodPlace {
  /** The name of istiod's own pod. */
  readonly pod: string;
  readonly proxies: () => readonly SidecarContainer[];
  /** PEM, for 15012. */
  readonly tls: { readonly key: string; readonly cert: string };
}

const NO_PAGE =
  "the sandbox's istiod has /version, /ready, /debug/clusterz, /debug/syncz and /debug/config_dump?proxyID=POD.NAMESPACE\n";
const NO_BINARY =
  "the sandbox's istiod has no configuration in the binary form that this comparison needs; istioctl proxy-config shows what the sidecar has, and istioctl proxy-status -v 1 what it refused";

const json = (value: unknown) => ({
  ...{ status: 200, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } },
});
const text = (status: number, body: string) => ({
  ...{ status, body, headers: { 'content-type': 'text/plain; charset=utf-8' } },
});

export function istiodPorts(place: IstiodPlace): ServePort {
  const pages: Pages = (_, path) => page(place, path);
  const ready: Pages = (method, path) => (path === '/ready' ? text(200, '') : pages(method, path));
  const scopes = new Scopes();
  const xds = debugTypes(place);
  const made: Readonly<Record<number, () => TakeConnection>> = {
    8080: () => httpPages(ready),
    9876: () => httpPages((method, path, body) => scopes.page(method, path, body)),
    15010: () => http2(createServer(), xds),
    15012: () => http2(createSecureServer({ ...place.tls }), xds),
    15014: () => httpPages(pages),
  };
  return (port, fromItself) => (port === 9876 && !fromItself ? null : (made[port] ?? null));
}

function page({ proxies }: IstiodPlace, path: string) {
  const url = new URL(path.replace(/^\/*/, '/'), 'http://localhost');
  if (url.pathname === '/version') return text(200, `${ISTIO_VERSION}-sandbox-Clean`);
  if (url.pathname === '/debug/clusterz')
    return json([{ id: CLUSTER, secretName: '', syncStatus: 'synced' }]);
  if (url.pathname === '/debug/syncz') return json(syncz(proxies()));
  if (url.pathname !== '/debug/config_dump') return text(404, NO_PAGE);
  const id = url.searchParams.get('proxyID') ?? '';
  if (id === '') return text(400, 'You must provide a proxyID in the query string');
  const proxy = proxies().find(({ pod }) => `${pod.name}.${pod.namespace}` === id);
  if (proxy === undefined) {
    return text(404, 'Proxy not connected to this Pilot instance. It may be connected to another instance.');
  }
  const { pod, running } = proxy;
  const pushed = running.pushed();
  return json({
    configs: configDump({ pushed, pod, started: pushed.at, certificates: null, withEndpoints: false }),
  });
}

function debugTypes(place: IstiodPlace): DebugTypes {
  return {
    ...{ pod: place.pod, version: ISTIO_VERSION },
    push: () => place.proxies()[0]?.running.pushed().version ?? '1',
    ask(type, names) {
      if (type === 'istio.io/debug/syncz') return clientConfigs(place.proxies());
      if (type === 'istio.io/debug/config_dump') return { refused: NO_BINARY };
      const [name = ''] = names;
      return [debugPage(page(place, `/debug/${name}`).body)];
    },
  };
}

function http2(server: Http2Server, types: DebugTypes): TakeConnection {
  server.on('stream', (stream, headers) => serveXds(stream, headers, types));
  server.on('sessionError', () => {});
  server.on('error', () => {});
  return socket => void server.emit('connection', socket);
}
