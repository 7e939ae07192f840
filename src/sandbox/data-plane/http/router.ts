/**
 * The router filter: sends a request upstream, again where the retry policy says so, within its timeouts, with its
 * mirrors, and passes the answer on.
 * Source: envoyproxy/envoy source/common/router/{router,upstream_request}.cc.
 * Left out: hedging, internal redirects, trailers, gRPC's own timeouts, shadows and timeouts requested by x-envoy-*
 * headers (a sidecar strips those of outside callers).
 */
import type { RouteAction } from '../../../envoy/config.ts';
import { seconds } from '../../../envoy/match-action.ts';
import type {
  SendOptions,
  UpstreamCluster,
  UpstreamFailure,
  UpstreamOutcome,
  UpstreamResponse,
  UpstreamStream,
} from '../contract.ts';
import { requestHash } from '../upstream/hash-policy.ts';
import { removeHeader, setHeader } from './headers.ts';
import { isBodiless } from './http-exchange.ts';
import type { HttpStream } from './http-stream.ts';
import { BUFFER_EXCEEDED, failureReply, handshakeReply, resetDetails, timeoutReply } from './local-reply.ts';
import { Mirrors } from './mirror.ts';
import { RequestBody } from './request-body.ts';
import { isEmpty, openUpgradedTunnel, passableHeaders, passBody } from './response-body.ts';
import { type Reset, type RetryDecision, RetryState } from './retry.ts';
import type { RouteChoice } from './router-choice.ts';
import { finalizeRequest, setAttemptCount, setExpectedTimeout, upstreamRequest } from './router-request.ts';

/** How much of a body Envoy keeps for retries: the default per_connection_buffer_limit_bytes. */
const BUFFER_LIMIT = 1024 * 1024;

export class RouterRequest {
  readonly #stream: HttpStream;
  readonly #choice: RouteChoice;
  readonly #action: RouteAction;
  readonly #cluster: UpstreamCluster;
  readonly #timeout: number;
  readonly #perTryTimeout: number;
  readonly #body: RequestBody | null;
  #retry: RetryState | null;
  /** Set-Cookie values for a caller without the cookie that its host is picked by; each try adds its own. */
  readonly #cookies: string[] = [];
  readonly #mirrors: Mirrors;
  #attempt = 0;
  #current: UpstreamStream | null = null;
  #responding = false;
  #ended = false;
  /** When the app's request was complete; the upstream's time is counted from here. */
  #requestComplete: number | undefined;
  #responseTimer: NodeJS.Timeout | undefined;
  #tryTimer: NodeJS.Timeout | undefined;
  #backOffTimer: NodeJS.Timeout | undefined;

  constructor(stream: HttpStream, choice: RouteChoice, action: RouteAction, cluster: UpstreamCluster) {
    this.#stream = stream;
    this.#choice = choice;
    this.#action = action;
    this.#cluster = cluster;
    const policy = action.retry_policy;
    this.#timeout = milliseconds(action.timeout ?? '15s');
    const perTry = milliseconds(policy?.per_try_timeout ?? '0s');
    this.#perTryTimeout = this.#timeout !== 0 && perTry >= this.#timeout ? 0 : perTry;
    this.#retry = policy?.retry_on ? new RetryState(policy, cluster, stream.options.random) : null;
    const { body } = stream.exchange;
    this.#mirrors = new Mirrors(action.request_mirror_policies, stream);
    this.#body = body === null ? null : new RequestBody(body, this.#retry === null ? 0 : BUFFER_LIMIT);
  }

  start(): void {
    this.#prepare();
    if (this.#body !== null) {
      this.#body.onComplete = () => this.#onRequestComplete();
      this.#body.onOverflow = () => this.#onBodyOverflow();
    }
    this.#try();
    this.#mirrors.send(this.#body, this.#timeout, this.#sendOptions());
    // The body of an upgrade has no end to wait for.
    if (this.#isUpgrade) this.#startTimers();
    else if (this.#body === null) this.#onRequestComplete();
  }

  get #isUpgrade(): boolean {
    return this.#stream.exchange.upgrade !== null;
  }

  /** The exchange is over, or the app has gone: ends whatever is still open. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#responseTimer);
    clearTimeout(this.#tryTimer);
    clearTimeout(this.#backOffTimer);
    this.#retry?.release();
    this.#noteHost();
    this.#dropTry('cancelled');
    this.#endBody();
  }

  /** What is still to come of the request is of no more use. */
  #endBody(): void {
    if (this.#body === null) return;
    this.#stream.info.bytesReceived = this.#body.bytes;
    this.#mirrors.cancel();
    this.#body.discard();
  }

  #prepare(): void {
    this.#setHeadersOfTry(1);
    finalizeRequest(this.#stream, this.#choice, this.#action);
  }

  #setHeadersOfTry(attempt: number): void {
    this.#stream.info.attempts = attempt;
    setExpectedTimeout(this.#stream, this.#timeout, this.#perTryTimeout, this.#elapsed());
    setAttemptCount(this.#stream, this.#choice, attempt);
  }

  #elapsed(): number {
    return this.#requestComplete === undefined ? 0 : performance.now() - this.#requestComplete;
  }

  #try(): void {
    this.#attempt++;
    const stream = this.#cluster.send(
      { ...upstreamRequest(this.#stream), body: this.#body?.open() ?? null },
      { ...this.#sendOptions(this.#hash()), downstreamRemote: this.#stream.connection.from },
    );
    this.#current = stream;
    if (this.#requestComplete !== undefined || this.#isUpgrade) this.#startTryTimer();
    void stream.outcome.then(outcome => {
      if (this.#current === stream) this.#onOutcome(stream, outcome);
      else if (outcome.kind === 'response') outcome.response.body.on('error', () => {}).destroy();
    });
  }

  /** The hash of the request as this try sends it. */
  #hash(): bigint | undefined {
    const policies = this.#action.hash_policy;
    if (policies === undefined) return undefined;
    const { connection, info } = this.#stream;
    const { hash, cookies } = requestHash(policies, {
      request: this.#stream.requestBytes(),
      remote: info.remote,
      from: connection.from,
      to: connection.to,
    });
    this.#cookies.push(...cookies);
    return hash;
  }

  /** All that a mirror gets: it is sent without a hash, and in nobody's name. */
  #sendOptions(hash?: bigint): SendOptions {
    const { connection, exchange } = this.#stream;
    const { avoid = [], priorityLoads } = this.#retry ?? {};
    return {
      worker: connection.worker,
      originalDestination: connection.to,
      downstreamProtocol: exchange.protocol === 'HTTP/2' ? 'http2' : 'http1',
      hash,
      avoid: avoid.length === 0 ? undefined : avoid,
      priorityLoads,
    };
  }

  #onRequestComplete(): void {
    if (this.#ended) return;
    this.#requestComplete = performance.now();
    this.#stream.info.requestEnd ??= this.#stream.info.elapsed();
    this.#mirrors.bodyComplete();
    this.#startTimers();
  }

  #startTimers(): void {
    if (this.#timeout > 0 && !this.#responding)
      this.#responseTimer = setTimeout(() => this.#onResponseTimeout(), this.#timeout);
    if (this.#current !== null) this.#startTryTimer();
  }

  #onBodyOverflow(): void {
    this.#retry?.release();
    this.#retry = null;
    if (this.#current === null && !this.#ended) this.#reply(BUFFER_EXCEEDED);
  }

  #startTryTimer(): void {
    if (this.#perTryTimeout === 0 || this.#responding) return;
    clearTimeout(this.#tryTimer);
    this.#tryTimer = setTimeout(() => this.#onTryTimeout(), this.#perTryTimeout);
  }

  #onResponseTimeout(): void {
    this.#noteHost();
    this.#dropTry('timeout');
    this.#reply(timeoutReply('response_timeout'));
  }

  #onTryTimeout(): void {
    this.#noteHost();
    this.#dropTry('timeout');
    if (!this.#retriesReset('per-try timeout')) this.#reply(timeoutReply('upstream_per_try_timeout'));
  }

  #onOutcome(stream: UpstreamStream, outcome: UpstreamOutcome): void {
    clearTimeout(this.#tryTimer);
    const { info } = this.#stream;
    if (outcome.kind === 'failure') {
      this.#current = null;
      this.#onFailure(stream, outcome.failure);
      return;
    }
    info.host = outcome.host;
    info.upstreamLocal = outcome.local;
    info.transportFailure = undefined;
    this.#retry?.onHost(outcome.host);
    const { status, headers, body } = outcome.response;
    if (this.#isUpgrade && status !== 101 && status < 400) {
      this.#dropTry('cancelled');
      this.#reply(handshakeReply(outcome.response));
      return;
    }
    const decision = this.#retry?.afterHeaders(status, headers) ?? 'no';
    if (this.#retries(decision)) {
      // Envoy resets a stream whose answer is not wanted, and the upstream's connection ends with it.
      body.on('error', () => {});
      stream.reset('cancelled');
      this.#current = null;
      return;
    }
    this.#retry?.release();
    this.#retry = null;
    this.#respond(outcome.response);
  }

  #onFailure(stream: UpstreamStream, failure: UpstreamFailure): void {
    const { info } = this.#stream;
    info.host = failure.host ?? undefined;
    info.upstreamLocal = stream.local ?? undefined;
    info.transportFailure = failure.transportFailure || undefined;
    this.#retry?.onHost(failure.host);
    if (this.#retriesReset(failure)) return;
    this.#reply(failureReply(failure, this.#attempt > 1));
  }

  #retriesReset(reset: Reset): boolean {
    return this.#retries(this.#retry?.afterReset(reset) ?? 'no');
  }

  /** Arranges the next try if there is to be one; otherwise notes why not in the flags. */
  #retries(decision: RetryDecision): boolean {
    if (decision === 'limit exceeded') this.#stream.info.flag('URX');
    if (decision === 'overflow') this.#stream.info.flag('UO');
    if (decision !== 'yes' || this.#retry === null) return false;
    this.#backOffTimer = setTimeout(() => {
      this.#setHeadersOfTry(this.#attempt + 1);
      this.#try();
    }, this.#retry.backOff());
    return true;
  }

  #respond(response: UpstreamResponse): void {
    const { exchange, info } = this.#stream;
    this.#responding = true;
    info.responseStart = info.elapsed();
    info.bytesReceived = this.#body?.bytes ?? 0;
    const headers = passableHeaders(response);
    if (this.#requestComplete !== undefined) {
      info.upstreamMilliseconds = Math.floor(this.#elapsed());
      setHeader(headers, 'x-envoy-upstream-service-time', String(info.upstreamMilliseconds));
    } else removeHeader(headers, 'x-envoy-upstream-service-time');
    for (const cookie of this.#cookies) headers.push(['set-cookie', cookie]);
    info.details = 'via_upstream';
    info.code = response.status;
    this.#stream.mutateAnswer(response.status, headers);
    const empty = exchange.method === 'HEAD' || isBodiless(response.status) || isEmpty(response);
    this.#stream.answer(response.status, headers, empty);
    // Both sides have agreed on another protocol: from here on there are only bytes, and no time limit.
    if (response.tunnel !== undefined) {
      clearTimeout(this.#responseTimer);
      openUpgradedTunnel(exchange, response.tunnel, bytes => {
        info.bytesReceived += bytes;
      });
    }
    this.#passBody(response);
  }

  #passBody({ body, tunnel }: UpstreamResponse): void {
    const { exchange, info } = this.#stream;
    const onBroken = (error?: NodeJS.ErrnoException) => {
      const protocol = error?.code?.startsWith('HPE_') === true;
      info.flag(protocol ? 'UPE' : 'UC');
      info.details = resetDetails('after', protocol ? 'protocol error' : 'connection termination');
      this.#current = null;
      exchange.reset();
    };
    passBody(body, exchange, {
      wanted: () => !this.#ended && this.#current !== null,
      onData: bytes => {
        info.bytesSent += bytes;
      },
      onEnd: () => {
        // A tunnel ends only with its connection.
        if (tunnel !== undefined) return onBroken();
        clearTimeout(this.#responseTimer);
        // An answer that ends before the whole request has come ends the request too.
        if (this.#requestComplete === undefined) this.#current?.reset('cancelled');
        this.#current = null;
        exchange.end();
      },
      onBroken,
    });
  }

  #reply(reply: Parameters<HttpStream['localReply']>[0]): void {
    this.#current = null;
    clearTimeout(this.#responseTimer);
    clearTimeout(this.#tryTimer);
    clearTimeout(this.#backOffTimer);
    this.#retry?.release();
    this.#retry = null;
    this.#endBody();
    this.#stream.localReply(reply);
  }

  /** A try that is broken off also has its host in the log. */
  #noteHost(): void {
    const { info } = this.#stream;
    if (this.#current === null || this.#responding) return;
    info.host = this.#current.host ?? undefined;
    info.upstreamLocal = this.#current.local ?? undefined;
    this.#retry?.onHost(this.#current.host);
  }

  #dropTry(why: 'timeout' | 'cancelled'): void {
    const stream = this.#current;
    this.#current = null;
    if (stream === null) return;
    stream.reset(why);
  }
}

function milliseconds(duration: string): number {
  return seconds(duration) * 1000;
}
