/**
 * The ports of a sidecar: Envoy's admin on 15000, for its own pod only; 15020, its agent's; 15021, where kubelets ask
 * whether it is ready; 15090, its statistics. Source: pilot/cmd/pilot-agent/status/server.go, envoy_bootstrap.json.
 */
import { httpPages, type PageAnswer, type Pages, type ServePort } from '../kubelet/own-ports.ts';
import type { AdminAnswer } from './admin.ts';

export type AskAdmin = (method: string, path: string) => Promise<AdminAnswer>;

const ENVOY = {
  'cache-control': 'no-cache, max-age=0',
  'x-content-type-options': 'nosniff',
  server: 'envoy',
};
const NOT_FOUND: PageAnswer = { status: 404, body: '' };
const HEALTHY: PageAnswer = { status: 200, body: '' };

export function sidecarPorts(ask: AskAdmin): ServePort {
  const admin: Pages = async (method, path) => {
    const { status, body, type = 'text/plain; charset=UTF-8' } = await ask(method, path);
    return { status, body, headers: { ...ENVOY, 'content-type': type } };
  };
  const health: Pages = (_, path) => (pathOf(path) === '/healthz/ready' ? HEALTHY : NOT_FOUND);
  const stats: Pages = (_, path) =>
    pathOf(path) === '/stats/prometheus' ? admin('GET', '/stats/prometheus') : NOT_FOUND;
  const agent: Pages = (method, path) => {
    if (pathOf(path) === '/quitquitquit') {
      return { status: 501, body: 'the sandbox ends no sidecar by itself: delete its pod\n' };
    }
    return pathOf(path) === '/stats/prometheus' ? stats(method, path) : health(method, path);
  };
  const pages: Readonly<Record<number, Pages>> = { 15000: admin, 15020: agent, 15021: health, 15090: stats };
  return (port, fromItself) => {
    const found = pages[port];
    if (found === undefined || (port === 15_000 && !fromItself)) return null;
    return () => httpPages(found);
  };
}

const pathOf = (path: string) => path.replace(/\?.*$/s, '');
