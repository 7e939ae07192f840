/**
 * One request from its headers to its access-log line: checked, routed, passed through the fault and CORS filters, then
 * answered by the route itself or handed to the router. In Envoy this is the connection manager's ActiveStream.
 * Source: envoyproxy/envoy source/common/http/conn_manager_impl.cc; the order of filters is istiod's
 * (pilot/pkg/networking/core/listener_builder.go, buildHTTPConnectionManager).
 */
import type { HttpConnectionManager, HttpFault, Route } from '../../../envoy/config.ts';
import type { RequestHead } from '../../../envoy/match-route.ts';
import { afterRegexes } from '../../../envoy/regex-work.ts';
import { commandValue, type FormattedResponse } from '../access-log/format-commands.ts';
import { StreamInfo } from '../access-log/stream-info.ts';
import type { Downstream, HttpSideOptions } from '../contract.ts';
import { addCorsHeaders, preflightAnswer } from './cors.ts';
import { directReply } from './direct-reply.ts';
import { faultAbort, faultDelay } from './fault.ts';
import { applyResponseMutations, type FormatContext, headerText } from './header-mutations.ts';
import { type HeaderList, hasHeader, headerOf, headerValuesOf, removeHeader, setHeader } from './headers.ts';
import type { Exchange } from './http-exchange.ts';
import {
  CLUSTER_NOT_FOUND,
  grpcHeaders,
  isGrpc,
  type LocalReply,
  MISSING_HOST,
  PATH_NOT_NORMAL,
  PATH_REJECTED,
  ROUTE_NOT_FOUND,
  UPGRADE_FAILED,
} from './local-reply.ts';
import { normalizedPath } from './normalize-path.ts';
import { forwardedRemote, mutatedRequestHeaders } from './request-headers.ts';
import { RouterRequest } from './router.ts';
import { askAhead, chooseRoute, mutationLevels, type RouteChoice } from './router-choice.ts';

/** Whatever serves the stream: it knows what has to be ended when the proxy stops. */
export interface StreamOwner {
  /** `begin` gets a function that reports the end, and returns one that brings it about; null: it never began. */
  start(begin: (onEnd: () => void) => (() => void) | null): void;
}

export class HttpStream {
  readonly exchange: Exchange;
  readonly connection: Downstream;
  readonly options: HttpSideOptions;
  readonly owner: StreamOwner;
  readonly info: StreamInfo;
  /** The request's headers as they are sent on; the log reads them at the end. */
  readonly headers: HeaderList;
  path: string;
  authority: string;
  readonly scheme: 'http' | 'https';
  #choice: RouteChoice | null = null;
  #router: RouterRequest | null = null;
  #endLook = () => {};
  #delay: NodeJS.Timeout | undefined;

  constructor(exchange: Exchange, connection: Downstream, options: HttpSideOptions, owner: StreamOwner) {
    this.exchange = exchange;
    this.connection = connection;
    this.options = options;
    this.owner = owner;
    this.info = new StreamInfo(connection);
    this.headers = mutatedRequestHeaders(exchange.headers, exchange.upgrade !== null);
    this.path = normalizedPath(exchange.path) ?? '';
    this.authority = exchange.authority ?? '';
    this.scheme = headerOf(this.headers, 'x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http';
    this.info.remote = forwardedRemote(this.headers) ?? connection.from;
    exchange.onClose(complete => this.#close(complete));
  }

  /** Serves the request with the current configuration. */
  run(manager: HttpConnectionManager): void {
    if (this.exchange.body === null) this.info.requestEnd = this.info.elapsed();
    const refusal = this.#malformed();
    if (refusal !== null) this.localReply(refusal);
    else this.#route(manager);
  }

  /** Route matching may take long; until it is done the request waits, and the app may leave. */
  #route(manager: HttpConnectionManager): void {
    // A CONNECT has no path that any of Istio's routes could match.
    if (this.exchange.upgrade === 'CONNECT') {
      this.#routed(null, manager);
      return;
    }
    const { options } = this;
    const config = options.config();
    const request = this.requestHead();
    const choose = () => {
      const choice = chooseRoute(config, manager, request, options.random);
      if (choice !== null) askAhead(choice, request, headerOf(this.headers, 'origin'));
      return choice;
    };
    this.#endLook = afterRegexes(choose, choice => this.#routed(choice, manager));
  }

  #routed(choice: RouteChoice | null, manager: HttpConnectionManager): void {
    const { options, info } = this;
    this.#choice = choice;
    info.route = choice?.route.name;
    // From here on the log names the cluster, even when a filter answers; it does not name one that does not exist.
    const cluster = choice === null ? null : options.clusters.get(choice.cluster);
    if (cluster !== null) {
      info.cluster = cluster.config.name;
      info.clusterConfig = cluster.config;
    }
    const refusal = choice === null ? ROUTE_NOT_FOUND : this.#refusedUpgrade(manager);
    if (refusal !== null) {
      this.localReply(refusal);
      return;
    }
    this.#decorate();
    const fault = this.#choice?.route.typed_per_filter_config?.['envoy.filters.http.fault'];
    const delay = fault === undefined ? 0 : faultDelay(fault, this.options.random);
    if (delay > 0) {
      this.info.flag('DI');
      this.#delay = setTimeout(() => this.#afterDelay(fault), delay);
    } else this.#afterDelay(fault);
  }

  requestHead(): RequestHead {
    const { path, authority } = this;
    return {
      ...this.requestBytes(),
      path: headerText(path),
      authority: headerText(authority),
      headers: name => headerValuesOf(this.headers, name).map(headerText),
    };
  }

  /** The same as it came, one character per byte. */
  requestBytes(): RequestHead {
    const { exchange, path, authority, scheme } = this;
    return {
      method: exchange.method,
      path,
      authority,
      scheme,
      headers: name => headerValuesOf(this.headers, name),
    };
  }

  /** What commands in header values refer to: the request, or an answer. */
  formatContext(response: FormattedResponse | null = null): FormatContext {
    return command => commandValue({ stream: this, response }, command);
  }

  /** Applies the route's operations to an answer's headers, whoever made it. */
  mutateAnswer(status: number, headers: HeaderList): void {
    if (this.#choice === null) return;
    applyResponseMutations(headers, mutationLevels(this.#choice), this.formatContext({ status, headers }));
  }

  /** The filter_metadata of the cluster, route and virtual host of the request. */
  metadata(): Readonly<Record<'cluster' | 'route' | 'virtualHost', unknown>> {
    const { route, virtualHost } = this.#choice ?? {};
    const { config } = this.options.clusters.get(this.#choice?.cluster ?? '') ?? {};
    const of = (from: unknown) => (from as Pick<Route, 'metadata'> | undefined)?.metadata?.filter_metadata;
    return { cluster: of(config), route: of(route), virtualHost: of(virtualHost) };
  }

  /** Answers in the proxy's own name; once an answer has begun it can only be broken off. */
  localReply(reply: LocalReply): void {
    const { exchange, info } = this;
    if (reply.flag !== undefined) info.flag(reply.flag);
    info.details = reply.details;
    if (exchange.answered) {
      exchange.reset();
      return;
    }
    const headers: HeaderList = [...(reply.headers ?? [])];
    // A route that answers by itself applies its operations to that answer alone.
    const touched = this.#choice?.route.route !== undefined || reply.details === 'direct_response';
    if (touched && reply.untouched !== true) this.mutateAnswer(reply.status, headers);
    headers.push(...(reply.lateHeaders ?? []));
    const grpc = isGrpc(headerOf(this.headers, 'content-type'));
    const body = Buffer.from(grpc ? '' : reply.body);
    if (grpc) for (const [name, value] of grpcHeaders(reply)) setHeader(headers, name, value);
    else if (body.length > 0) {
      setHeader(headers, 'content-length', String(body.length));
      if (!hasHeader(headers, 'content-type')) headers.push(['content-type', 'text/plain']);
    } else {
      removeHeader(headers, 'content-length');
      removeHeader(headers, 'content-type');
    }
    // After a bad request nobody can be sure where the next HTTP/1.1 message begins, whoever found it bad.
    this.answer(grpc ? 200 : reply.status, headers, body.length === 0, reply.status === 400);
    if (body.length > 0 && exchange.method !== 'HEAD') {
      info.bytesSent += body.length;
      exchange.write(body);
    }
    exchange.end();
  }

  /** Every answer passes through here, as in Envoy it passes the encoder filters and the manager. */
  answer(status: number, headers: HeaderList, empty: boolean, close = false): void {
    const { exchange, info } = this;
    const route = this.#choice?.route;
    const cors = route?.typed_per_filter_config?.['envoy.filters.http.cors'];
    // A fault's answer never gets there: the CORS filter comes after the fault filter.
    if (cors !== undefined && route?.route !== undefined && info.details !== 'fault_filter_abort')
      addCorsHeaders(cors, { method: exchange.method, headers: this.headers }, headers);
    if (!hasHeader(headers, 'date')) headers.push(['date', httpDate()]);
    setHeader(headers, 'server', 'envoy');
    info.code = status;
    exchange.answer(status, headers, empty, close);
  }

  /** What is refused before the manager touches the headers, so the log has no request id. */
  #malformed(): LocalReply | null {
    const reply = this.#wrongForm();
    if (reply !== null && !hasHeader(this.exchange.headers, 'x-request-id'))
      removeHeader(this.headers, 'x-request-id');
    return reply;
  }

  #wrongForm(): LocalReply | null {
    // An empty authority is present: it belongs to the virtual host for all names.
    if (this.exchange.authority === undefined) return MISSING_HOST;
    if (this.exchange.upgrade === 'CONNECT') return null;
    if (this.path === '') return PATH_NOT_NORMAL;
    return this.path.startsWith('/') ? null : PATH_REJECTED;
  }

  #refusedUpgrade(manager: HttpConnectionManager): LocalReply | null {
    const { upgrade } = this.exchange;
    return upgrade === null || allowsUpgrade(manager, upgrade) ? null : UPGRADE_FAILED;
  }

  /** The name that the route has for traces is sent along, whether or not anything is traced. */
  #decorate(): void {
    const operation = this.#choice?.route.decorator?.operation;
    if (operation) setHeader(this.headers, 'x-envoy-decorator-operation', operation);
  }

  #afterDelay(fault: HttpFault | undefined): void {
    const abort = fault === undefined ? null : faultAbort(fault, this.options.random);
    const reply = abort ?? this.#preflight() ?? this.#direct();
    if (reply === null) this.#toRouter();
    else this.localReply(reply);
  }

  #preflight(): LocalReply | null {
    const route = this.#choice?.route;
    const cors = route?.typed_per_filter_config?.['envoy.filters.http.cors'];
    if (cors === undefined || route?.route === undefined) return null;
    const headers = preflightAnswer(cors, { method: this.exchange.method, headers: this.headers });
    return headers && { status: 200, body: '', details: 'cors_response', headers, untouched: true };
  }

  #direct(): LocalReply | null {
    return this.#choice && directReply(this.#choice, this.requestHead());
  }

  #toRouter(): void {
    const action = this.#choice?.route.route;
    const cluster = this.options.clusters.get(this.#choice?.cluster ?? '');
    if (this.#choice === null || action === undefined || cluster === null) {
      this.localReply(CLUSTER_NOT_FOUND);
      return;
    }
    this.#router = new RouterRequest(this, this.#choice, action, cluster);
    this.#router.start();
  }

  #close(complete: boolean): void {
    this.#endLook();
    clearTimeout(this.#delay);
    this.#router?.end();
    const { info, exchange, headers } = this;
    // What the proxy itself has broken off already has its flag and details.
    const appLeft = !complete && (info.details === undefined || info.details === 'via_upstream');
    if (appLeft) {
      info.flag('DC');
      info.details = 'downstream_remote_disconnect';
    }
    info.protocol = exchange.protocol;
    info.method = exchange.method;
    info.path = headerOf(headers, 'x-envoy-original-path') ?? (this.path || exchange.path);
    info.authority = exchange.authority === undefined ? undefined : this.authority;
    info.forwardedFor = headerOf(headers, 'x-forwarded-for');
    info.userAgent = headerOf(headers, 'user-agent');
    info.requestId = headerOf(headers, 'x-request-id');
    this.options.log(info.line());
  }
}

function allowsUpgrade({ upgrade_configs = [] }: HttpConnectionManager, protocol: string): boolean {
  return upgrade_configs.some(({ upgrade_type }) => upgrade_type?.toLowerCase() === protocol.toLowerCase());
}

let dateSecond = 0;
let dateText = '';

/** The Date header changes once a second, so it is made once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(second * 1000).toUTCString();
  }
  return dateText;
}
