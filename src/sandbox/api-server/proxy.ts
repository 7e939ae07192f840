/**
 * A request that goes on to a pod, or to one of the pods of a Service: `kubectl get --raw .../proxy/path`, `kubectl
 * proxy`. It enters the pod as a forwarded port does, past its sidecar, and never leaves the sandbox.
 * Sources: kubernetes/pkg/registry/core/service/storage/storage.go (ResourceLocation),
 * .../pod/strategy.go (ResourceLocation), apimachinery/pkg/util/proxy/upgradeaware.go
 */
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import type { PodRef } from '../rooms.ts';
import { type ProxyPath, proxyPathOf } from './proxy-path.ts';
import { badRequest, notFound, StatusError } from './status.ts';
import type { Store } from './store.ts';
import { list, number, text } from './tables/fields.ts';
import type { Api } from './write.ts';

const ENDPOINT_SLICES = 'endpointslices.discovery.k8s.io';
/** What a server at the other end must not be told, and what it says of this connection alone. */
const NOT_PASSED_ON =
  /^(authorization|connection|host|impersonate-.+|keep-alive|te|transfer-encoding|upgrade)$/;

interface Place extends PodRef {
  readonly port: number;
}

/** Throws NotFound, ServiceUnavailable (503) if nothing is ready, BadRequest for what this proxy does not speak. */
export async function proxied(api: Api, request: Request, url: URL): Promise<Response> {
  const to = proxyPathOf(url.pathname);
  if (to === null) throw badRequest(`invalid proxy request "${url.pathname}"`);
  if (to.scheme === 'https') throw badRequest("the sandbox's proxy speaks HTTP only");
  if (to.path === '') {
    // Without the slash a page's relative links would lead elsewhere.
    return new Response(null, { status: 301, headers: { location: `${url.pathname}/${url.search}` } });
  }
  const place = to.plural === 'pods' ? podPlace(api.store, to) : servicePlace(api.store, to);
  try {
    return await passOn(api, request, place, `${to.path}${url.search}`);
  } catch (error) {
    const why = `error trying to reach service: ${(error as Error).message}`;
    throw new StatusError(503, 'ServiceUnavailable', why);
  }
}

function podPlace(store: Store, { namespace, name, port }: ProxyPath): Place {
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw notFound('pods', name);
  const ports = list(pod, 'spec.containers').flatMap(each => list(each, 'ports'));
  const named = ports.find(each => text(each, 'name') === port);
  const first = port === '' ? number(ports[0], 'containerPort') || 80 : Number(port);
  return { namespace, pod: name, port: named === undefined ? first : number(named, 'containerPort') };
}

function servicePlace(store: Store, { namespace, name, port }: ProxyPath): Place {
  const service = store.get('services', namespace, name);
  if (service === undefined) throw notFound('services', name);
  const ports = list(service, 'spec.ports');
  const wanted =
    port === '' && ports.length === 1
      ? ports[0]
      : ports.find(each => text(each, 'name') === port || text(each, 'port') === port);
  if (wanted === undefined) {
    throw new StatusError(503, 'ServiceUnavailable', `no service port "${port}" found for service "${name}"`);
  }
  for (const slice of store.list(ENDPOINT_SLICES, namespace)) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    const at = list(slice, 'ports').find(each => text(each, 'name') === text(wanted, 'name'));
    const ready = list(slice, 'endpoints').filter(each => isReady(each));
    const one = ready[Math.floor(Math.random() * ready.length)];
    if (at !== undefined && one !== undefined)
      return { namespace, pod: text(one, 'targetRef.name'), port: number(at, 'port') };
  }
  throw new StatusError(503, 'ServiceUnavailable', `no endpoints available for service "${name}"`);
}

function isReady(endpoint: unknown): boolean {
  const { ready } = (endpoint as { conditions?: { ready?: boolean } }).conditions ?? {};
  return ready !== false && text(endpoint, 'targetRef.kind') === 'Pod';
}

async function passOn({ pods }: Api, request: Request, place: Place, path: string): Promise<Response> {
  const socket = await pods.reach(place, place.port);
  const headers = Object.fromEntries([...request.headers].filter(([name]) => !NOT_PASSED_ON.test(name)));
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      {
        ...{ method: request.method, path, headers: { ...headers, host: place.pod } },
        createConnection: () => socket,
        signal: request.signal,
      },
      answer => {
        const given = Object.entries(answer.headers)
          .filter(([name]) => !NOT_PASSED_ON.test(name))
          .map(([name, value = '']) => [name, [value].flat().join(', ')] as [string, string]);
        const status = answer.statusCode ?? 502;
        const hasBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
        const body = hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null;
        answer.on('close', () => socket.destroy());
        if (!hasBody) answer.resume();
        resolve(new Response(body, { status, headers: given }));
      },
    );
    sent.on('error', reject);
    if (request.body === null) sent.end();
    else Readable.fromWeb(request.body as never).pipe(sent);
  });
}
