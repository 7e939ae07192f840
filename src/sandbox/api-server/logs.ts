/** GET pods/NAME/log. Source: kubernetes/pkg/registry/core/pod/{rest/log.go,strategy.go} */
import type { ContainerRef, LogQuery, PodRuntime } from '../rooms.ts';
import { count, flag } from './options.ts';
import { badRequest, invalid } from './status.ts';
import type { StoredObject } from './store.ts';
import { list, text } from './tables/fields.ts';

/**
 * The requested container. Throws BadRequest if none was named and there are several, or the pod has no such container.
 */
export function containerOf(pod: StoredObject, asked: string | null): ContainerRef {
  const { name: podName, namespace = '' } = pod.metadata;
  const names = (field: string) => list(pod, field).map(each => text(each, 'name'));
  const [containers, inits] = [names('spec.containers'), names('spec.initContainers')];
  if (asked === null || asked === '') {
    const [only, ...others] = containers;
    if (only !== undefined && others.length === 0 && inits.length === 0) {
      return { namespace, pod: podName, container: only };
    }
    const also = inits.length === 0 ? '' : ` or one of the init containers: [${inits.join(' ')}]`;
    throw badRequest(
      `a container name must be specified for pod ${podName}, choose one of: [${containers.join(' ')}]${also}`,
    );
  }
  if (![...containers, ...inits, ...names('spec.ephemeralContainers')].includes(asked)) {
    throw badRequest(`container ${asked} is not valid for pod ${podName}`);
  }
  return { namespace, pod: podName, container: asked };
}

/** Not as a stream unless it follows: what exists is sent at once. */
export async function podLog(
  runtime: PodRuntime,
  pod: StoredObject,
  query: URLSearchParams,
  now: number,
  signal: AbortSignal,
): Promise<string | ReadableStream<Uint8Array>> {
  const target = containerOf(pod, query.get('container'));
  if (flag(query, 'previous')) {
    throw badRequest(`previous terminated container "${target.container}" in pod "${target.pod}" not found`);
  }
  const waiting = waitingReason(pod, target.container);
  if (waiting !== '') {
    throw badRequest(
      `container "${target.container}" in pod "${target.pod}" is waiting to start: ${waiting}`,
    );
  }
  const stopping = new AbortController();
  const asked = logQuery(query, now, AbortSignal.any([signal, stopping.signal]));
  const limit = count(query, 'limitBytes') ?? Number.POSITIVE_INFINITY;
  const lines = runtime.logs(target, asked);
  return asked.follow ? streamed(lines, limit, stopping) : collected(lines, limit);
}

function waitingReason(pod: StoredObject, container: string): string {
  const statuses = [...list(pod, 'status.containerStatuses'), ...list(pod, 'status.initContainerStatuses')];
  const status = statuses.find(each => text(each, 'name') === container);
  return text(status, 'state.waiting.reason');
}

function logQuery(query: URLSearchParams, now: number, signal: AbortSignal): LogQuery {
  const tailLines = count(query, 'tailLines');
  const seconds = count(query, 'sinceSeconds');
  const time = query.get('sinceTime');
  if (time !== null && seconds !== undefined) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    throw invalid('PodLogOptions', '', '', [{ reason: 'FieldValueForbidden', message, field: '' }]);
  }
  const since = time === null ? seconds && now - seconds * 1000 : Date.parse(time);
  if (Number.isNaN(since)) {
    throw badRequest(`parsing time ${JSON.stringify(time)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
  }
  return {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    ...(since === undefined ? {} : { since }),
    ...(tailLines === undefined ? {} : { tailLines }),
    signal,
  };
}

async function collected(lines: AsyncIterable<string>, limit: number): Promise<string> {
  const all: string[] = [];
  let size = 0;
  for await (const line of lines) {
    all.push(line, '\n');
    size += line.length + 1;
    if (size >= limit) break;
  }
  const whole = all.join('');
  return size <= limit ? whole : Buffer.from(whole).subarray(0, limit).toString('utf8');
}

/** Takes lines from the runtime only as fast as the client reads them. */
function streamed(lines: AsyncIterable<string>, limit: number, stopping: AbortController) {
  const iterator = lines[Symbol.asyncIterator]();
  let left = limit;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done || stopping.signal.aborted) {
        controller.close();
        return;
      }
      const line = Buffer.from(`${next.value}\n`);
      controller.enqueue(line.subarray(0, left));
      left -= line.length;
      if (left > 0) return;
      controller.close();
      stopping.abort();
    },
    cancel: () => stopping.abort(),
  });
}
