/**
 * One call of a probe, as the kubelet makes it from its node: past sidecars and Services, straight to the pod. A probe
 * that runs a command always passes (images.ts warns of that). Source: pkg/probe/{http,tcp},
 * pkg/kubelet/prober/prober.go.
 */
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Network } from '../../rooms.ts';
import type { Container, Probe } from '../kube-types.ts';
import { NODE_IP } from '../node.ts';

export interface ProbedPod {
  readonly ip: string;
  /** What listens in the pod. */
  readonly ports: ReadonlyMap<number, number>;
  readonly network: Network;
  readonly signal: AbortSignal;
}

/**
 * Null: it passes; otherwise why not, in the kubelet's words. A bare connection needs no waiting: its answer is already
 * known.
 */
export function callProbe(
  probe: Probe,
  container: Container,
  pod: ProbedPod,
): string | null | Promise<string | null> {
  const { tcpSocket, httpGet } = probe;
  const asked = tcpSocket?.port ?? httpGet?.port;
  if (asked === undefined) return null;
  const port = portOf(asked, container);
  if (port === null) return `port ${asked} not found`;
  const refused = `dial tcp ${pod.ip}:${port}: connect: connection refused`;
  if (tcpSocket) return pod.ports.has(port) ? null : refused;
  return get(probe, port, refused, pod);
}

const TOO_LATE = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

async function get(probe: Probe, port: number, refused: string, pod: ProbedPod): Promise<string | null> {
  const { path = '/', scheme = 'HTTP', host = pod.ip, httpHeaders = [] } = probe.httpGet ?? {};
  const secure = scheme === 'HTTPS';
  const rooted = path.startsWith('/') ? path : `/${path}`;
  const url = `${secure ? 'https' : 'http'}://${host}:${port}${rooted}`;
  const fault = (why: string) => `Get "${url}": ${why}`;
  const late = AbortSignal.timeout(Number(probe.timeoutSeconds ?? 1) * 1000);
  const signal = AbortSignal.any([pod.signal, late]);
  let socket: Socket;
  try {
    socket = await pod.network.dial({ ip: host, port }, NODE_IP, signal);
  } catch {
    return fault(late.aborted ? TOO_LATE : refused);
  }
  const headers = {
    'user-agent': 'kube-probe/1.34',
    accept: '*/*',
    host: `${host}:${port}`,
    ...Object.fromEntries(httpHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
  };
  try {
    const status = await statusOf(secure ? connectTls({ socket, rejectUnauthorized: false }) : socket, {
      ...{ path: rooted, headers, signal },
    });
    return status >= 200 && status < 400 ? null : `HTTP probe failed with statuscode: ${status}`;
  } catch (error) {
    if (late.aborted) return fault(TOO_LATE);
    const plain = secure && /wrong version number|packet length/i.test(String(error));
    return fault(plain ? 'http: server gave HTTP response to HTTPS client' : 'EOF');
  } finally {
    socket.destroy();
  }
}

function statusOf(
  socket: Socket,
  options: { path: string; headers: Record<string, string>; signal: AbortSignal },
): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    const call = request({ ...options, createConnection: () => socket }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    call.once('error', reject);
    call.end();
  });
}

function portOf(port: number | string, container: Container): number | null {
  if (typeof port === 'number') return port;
  const named = container.ports?.find(each => each.name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : null);
}
