/**
 * Mirrored requests: sent once, beside the first try, and forgotten; what comes back is thrown away. A body is streamed
 * to the mirror as it comes; once all of it has come the mirror goes on by itself, before that it ends with its
 * request.
 * Source: envoyproxy/envoy source/common/router/{router,shadow_writer_impl}.cc,
 * source/common/http/async_client_impl.cc.
 */
import type { Readable } from 'node:stream';
import type { MirrorPolicy } from '../../../envoy/config.ts';
import { fraction } from '../../../envoy/match-action.ts';
import type { Clusters, SendOptions, UpstreamRequest } from '../contract.ts';
import { appendToHeader, type HeaderList, removeHeader, setHeader } from './headers.ts';
import type { HttpStream } from './http-stream.ts';
import type { RequestBody } from './request-body.ts';
import { upstreamRequest } from './router-request.ts';

/** The mirrors of one request. */
export class Mirrors {
  readonly #policies: readonly MirrorPolicy[];
  readonly #stream: HttpStream;
  /** Functions that end the mirrors still waiting for the rest of the body. */
  #waiting: (() => void)[] = [];

  /** Draws which mirrors get this request; a policy without a fraction always does. */
  constructor(policies: readonly MirrorPolicy[] | undefined, stream: HttpStream) {
    const { random } = stream.options;
    this.#stream = stream;
    this.#policies = (policies ?? []).filter(
      ({ runtime_fraction: part }) => part === undefined || random() < fraction(part.default_value),
    );
  }

  /** `options` are those of the first try. */
  send(body: RequestBody | null, timeout: number, options: SendOptions): void {
    const { avoid: _, priorityLoads: __, ...own } = options;
    for (const policy of this.#policies) {
      const copy = body?.fork() ?? null;
      const mirrored = {
        ...{ request: upstreamRequest(this.#stream), body: copy, timeout },
        ...{ proxyIp: this.#stream.connection.from.ip, options: own },
      };
      this.#stream.owner.start(onEnd => {
        const cancel = sendMirror(policy, this.#stream.options.clusters, mirrored, onEnd);
        if (cancel === null) copy?.destroy();
        else if (copy !== null) this.#waiting.push(cancel);
        return cancel;
      });
    }
  }

  bodyComplete(): void {
    this.#waiting = [];
  }

  /** The rest of the body will not come. */
  cancel(): void {
    for (const cancel of this.#waiting.splice(0)) cancel();
  }
}

interface Mirrored {
  /** The main request as it was first sent. */
  readonly request: Omit<UpstreamRequest, 'body'>;
  readonly body: Readable | null;
  /** The route's timeout in milliseconds; 0: none. */
  readonly timeout: number;
  readonly proxyIp: string;
  readonly options: SendOptions;
}

/**
 * Calls `onEnd` when the mirror has ended; the returned function breaks it off. A cluster that does not exist is
 * skipped silently.
 */
function sendMirror(
  policy: MirrorPolicy,
  clusters: Clusters,
  mirrored: Mirrored,
  onEnd: () => void,
): (() => void) | null {
  const cluster = clusters.get(policy.cluster);
  if (cluster === null) return null;
  const { request, timeout } = mirrored;
  const stream = cluster.send(
    {
      ...request,
      authority:
        policy.disable_shadow_host_suffix_append === true
          ? request.authority
          : shadowAuthority(request.authority),
      headers: mirrorHeaders(request.headers, mirrored),
      body: mirrored.body,
    },
    mirrored.options,
  );
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    mirrored.body?.destroy();
    onEnd();
  };
  const startTimer = () => {
    if (timeout === 0 || ended) return;
    timer = setTimeout(() => {
      stream.reset('timeout');
      end();
    }, timeout);
  };
  if (mirrored.body === null) startTimer();
  else mirrored.body.once('end', startTimer);
  void stream.outcome.then(outcome => {
    if (outcome.kind === 'failure') return end();
    const { body, tunnel } = outcome.response;
    // There is nobody to speak the other protocol.
    if (tunnel !== undefined) {
      stream.reset('cancelled');
      return end();
    }
    body.on('error', end).once('end', end).once('close', end);
    body.resume();
  });
  return () => {
    stream.reset('cancelled');
    end();
  };
}

/** A mirrored request comes from the proxy itself, and its headers say so. */
function mirrorHeaders(headers: UpstreamRequest['headers'], mirrored: Mirrored): HeaderList {
  const copy: HeaderList = [...headers];
  setHeader(copy, 'x-envoy-internal', 'true');
  appendToHeader(copy, 'x-forwarded-for', mirrored.proxyIp, ',');
  if (mirrored.timeout > 0) setHeader(copy, 'x-envoy-expected-rq-timeout-ms', String(mirrored.timeout));
  else removeHeader(copy, 'x-envoy-expected-rq-timeout-ms');
  return copy;
}

/** 'host:80' -> 'host-shadow:80' */
function shadowAuthority(authority: string): string {
  const [, host, port] = /^(.*?)(:\d+)?$/.exec(authority) ?? [];
  return `${host}-shadow${port ?? ''}`;
}
