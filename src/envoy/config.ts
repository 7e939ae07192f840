/**
 * Envoy's configuration as a sidecar's config_dump prints it: the JSON of the v3 protos with their own (snake_case)
 * names, durations as '1.5s', 64-bit numbers as strings, defaults left out. The sandbox produces it, the tracer and the
 * data plane read it, and a real sidecar's dump fits unchanged. Only what istiod sends to a client's sidecar, and what
 * is read here, is typed. Long, because it is one vocabulary. This room imports no other room.
 * Source: envoyproxy/envoy api/envoy/config/{listener,route,cluster,endpoint}/v3 and api/envoy/extensions/**.
 */

export interface EnvoyConfig {
  readonly listeners: readonly Listener[];
  readonly routes: readonly RouteConfiguration[];
  readonly clusters: readonly Cluster[];
  /** For clusters of type EDS; STRICT_DNS and STATIC clusters carry theirs in load_assignment. */
  readonly endpoints: readonly ClusterLoadAssignment[];
}

export interface SocketAddress {
  readonly socket_address: { readonly address: string; readonly port_value: number };
}

/** A Unix socket in the proxy's file system. */
export interface PipeAddress {
  readonly pipe: { readonly path: string };
}

interface Any {
  readonly '@type'?: string;
}

export interface IstioMetadata {
  readonly filter_metadata?: {
    readonly istio?: {
      /** '/apis/networking.istio.io/v1/namespaces/NS/destination-rule/NAME' */
      readonly config?: string;
      readonly subset?: string;
      readonly services?: readonly { host: string; name: string; namespace: string }[];
      readonly [key: string]: unknown;
    };
    readonly [filter: string]: unknown;
  };
}

// Listeners

export interface Listener extends Any {
  readonly name: string;
  readonly address: SocketAddress;
  readonly additional_addresses?: readonly { readonly address: SocketAddress }[];
  readonly filter_chains?: readonly FilterChain[];
  readonly default_filter_chain?: FilterChain;
  readonly listener_filters?: readonly { readonly name: string; readonly typed_config?: Any }[];
  readonly listener_filters_timeout?: string;
  readonly continue_on_listener_filters_timeout?: boolean;
  readonly traffic_direction?: 'OUTBOUND' | 'INBOUND';
  readonly use_original_dst?: boolean;
  /** False except for the virtual listeners: virtualOutbound hands the connections over. */
  readonly bind_to_port?: boolean;
  readonly [more: string]: unknown;
}

export interface CidrRange {
  readonly address_prefix: string;
  readonly prefix_len?: number;
}

export interface FilterChainMatch {
  readonly destination_port?: number;
  readonly prefix_ranges?: readonly CidrRange[];
  readonly server_names?: readonly string[];
  readonly transport_protocol?: 'tls' | 'raw_buffer' | string;
  readonly application_protocols?: readonly string[];
  readonly [more: string]: unknown;
}

export interface FilterChain {
  readonly name?: string;
  readonly filter_chain_match?: FilterChainMatch;
  readonly filters?: readonly NetworkFilter[];
  readonly metadata?: IstioMetadata;
  readonly [more: string]: unknown;
}

export type NetworkFilter =
  | {
      readonly name: 'envoy.filters.network.http_connection_manager';
      readonly typed_config: HttpConnectionManager;
    }
  | { readonly name: 'envoy.filters.network.tcp_proxy'; readonly typed_config: TcpProxy }
  /** Before a tcp_proxy: resolves the name in the client's SNI. */
  | {
      readonly name: 'envoy.extensions.filters.network.sni_dynamic_forward_proxy';
      readonly typed_config: Any & { readonly [more: string]: unknown };
    };

export interface HttpConnectionManager extends Any {
  readonly stat_prefix?: string;
  readonly rds?: { readonly route_config_name: string; readonly config_source?: unknown };
  readonly route_config?: RouteConfiguration;
  readonly http_filters?: readonly { readonly name: string; readonly typed_config?: unknown }[];
  /** What apps may upgrade to; istiod sends 'websocket'. */
  readonly upgrade_configs?: readonly { readonly upgrade_type?: string }[];
  readonly [more: string]: unknown;
}

export interface TcpProxy extends Any {
  readonly stat_prefix?: string;
  readonly cluster?: string;
  readonly weighted_clusters?: {
    readonly clusters: readonly { readonly name: string; readonly weight?: number }[];
  };
  readonly idle_timeout?: string;
  readonly max_downstream_connection_duration?: string;
  readonly hash_policy?: readonly { readonly source_ip?: unknown }[];
  /** The bytes go through an HTTP proxy, which is asked with CONNECT or POST to open a tunnel to `hostname`. */
  readonly tunneling_config?: { readonly hostname: string; readonly use_post?: boolean };
  readonly metadata_match?: unknown;
  readonly [more: string]: unknown;
}

// Routes

export interface RouteConfiguration extends Any {
  readonly name: string;
  readonly virtual_hosts?: readonly VirtualHost[];
  readonly validate_clusters?: boolean;
  readonly ignore_port_in_host_matching?: boolean;
  readonly [more: string]: unknown;
}

export interface VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  readonly routes?: readonly Route[];
  readonly include_request_attempt_count?: boolean;
  readonly [more: string]: unknown;
}

/** Exactly one of exact, prefix, suffix, contains, safe_regex. */
export interface StringMatcher {
  readonly exact?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly contains?: string;
  readonly safe_regex?: { readonly regex: string };
  readonly ignore_case?: boolean;
}

export interface HeaderMatcher {
  readonly name: string;
  readonly string_match?: StringMatcher;
  readonly present_match?: boolean;
  readonly invert_match?: boolean;
  readonly treat_missing_header_as_empty?: boolean;
}

export interface QueryParameterMatcher {
  readonly name: string;
  readonly string_match?: StringMatcher;
  readonly present_match?: boolean;
}

export interface RouteMatch {
  readonly prefix?: string;
  readonly path?: string;
  readonly safe_regex?: { readonly regex: string };
  readonly path_separated_prefix?: string;
  /** True if left out. */
  readonly case_sensitive?: boolean;
  readonly headers?: readonly HeaderMatcher[];
  readonly query_parameters?: readonly QueryParameterMatcher[];
  readonly [more: string]: unknown;
}

export interface HeaderValueOption {
  readonly header: { readonly key: string; readonly value?: string };
  /** Left out: APPEND_IF_EXISTS_OR_ADD. */
  readonly append_action?: 'APPEND_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS_OR_ADD' | string;
}

export interface HeaderMutations {
  readonly request_headers_to_add?: readonly HeaderValueOption[];
  readonly request_headers_to_remove?: readonly string[];
  readonly response_headers_to_add?: readonly HeaderValueOption[];
  readonly response_headers_to_remove?: readonly string[];
}

export interface Route extends HeaderMutations {
  readonly name?: string;
  readonly match: RouteMatch;
  readonly route?: RouteAction;
  readonly redirect?: RedirectAction;
  readonly direct_response?: {
    readonly status: number;
    readonly body?: { readonly inline_string?: string; readonly inline_bytes?: string };
  };
  readonly metadata?: IstioMetadata;
  readonly decorator?: { readonly operation?: string };
  readonly typed_per_filter_config?: {
    readonly 'envoy.filters.http.fault'?: HttpFault;
    readonly 'envoy.filters.http.cors'?: CorsPolicy;
    readonly [filter: string]: unknown;
  };
  readonly [more: string]: unknown;
}

export interface ClusterWeight extends HeaderMutations {
  readonly name: string;
  /** Left out: 0. */
  readonly weight?: number;
  readonly host_rewrite_literal?: string;
}

export interface RouteAction {
  readonly cluster?: string;
  readonly weighted_clusters?: {
    readonly clusters: readonly ClusterWeight[];
    readonly total_weight?: number;
  };
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: { readonly pattern: { readonly regex: string }; readonly substitution?: string };
  readonly host_rewrite_literal?: string;
  /** '0s': no timeout. Left out: Envoy's own 15 s, but istiod always sets it. */
  readonly timeout?: string;
  readonly idle_timeout?: string;
  readonly retry_policy?: RetryPolicy;
  readonly request_mirror_policies?: readonly MirrorPolicy[];
  readonly hash_policy?: readonly HashPolicy[];
  readonly max_grpc_timeout?: string;
  readonly [more: string]: unknown;
}

export interface HashPolicy {
  /** If it gives a hash, later policies are ignored. */
  readonly terminal?: boolean;
  readonly header?: { readonly header_name: string };
  readonly cookie?: {
    readonly name: string;
    readonly ttl?: string;
    readonly path?: string;
    readonly attributes?: readonly { readonly name: string; readonly value?: string }[];
  };
  readonly connection_properties?: { readonly source_ip?: boolean };
  readonly query_parameter?: { readonly name: string };
}

export interface RetryPolicy {
  readonly retry_on?: string;
  readonly num_retries?: number;
  readonly per_try_timeout?: string;
  readonly retriable_status_codes?: readonly number[];
  readonly host_selection_retry_max_attempts?: string;
  readonly retry_priority?: {
    readonly name: string;
    readonly typed_config?: { readonly update_frequency?: number };
  };
  readonly retry_host_predicate?: readonly { readonly name: string; readonly typed_config?: unknown }[];
  readonly retry_back_off?: { readonly base_interval: string; readonly max_interval?: string };
  readonly [more: string]: unknown;
}

export interface FractionalPercent {
  /** Left out: 0. */
  readonly numerator?: number;
  /** Left out: HUNDRED. */
  readonly denominator?: 'HUNDRED' | 'TEN_THOUSAND' | 'MILLION';
}

export interface MirrorPolicy {
  readonly cluster: string;
  readonly runtime_fraction?: { readonly default_value: FractionalPercent };
  readonly disable_shadow_host_suffix_append?: boolean;
  readonly trace_sampled?: boolean;
}

export interface RedirectAction {
  readonly https_redirect?: boolean;
  readonly scheme_redirect?: string;
  readonly host_redirect?: string;
  readonly port_redirect?: number;
  readonly path_redirect?: string;
  readonly prefix_rewrite?: string;
  readonly regex_rewrite?: { readonly pattern: { readonly regex: string }; readonly substitution?: string };
  /** Left out: MOVED_PERMANENTLY. */
  readonly response_code?:
    | 'MOVED_PERMANENTLY'
    | 'FOUND'
    | 'SEE_OTHER'
    | 'TEMPORARY_REDIRECT'
    | 'PERMANENT_REDIRECT';
  readonly strip_query?: boolean;
}

export interface HttpFault extends Any {
  readonly delay?: { readonly fixed_delay?: string; readonly percentage?: FractionalPercent };
  readonly abort?: {
    readonly http_status?: number;
    readonly grpc_status?: number;
    readonly percentage?: FractionalPercent;
  };
}

export interface CorsPolicy extends Any {
  readonly allow_origin_string_match?: readonly StringMatcher[];
  readonly allow_methods?: string;
  readonly allow_headers?: string;
  readonly expose_headers?: string;
  readonly max_age?: string;
  readonly allow_credentials?: boolean;
  readonly filter_enabled?: unknown;
  readonly forward_not_matching_preflights?: boolean;
}

// Clusters

export type ClusterType = 'STATIC' | 'STRICT_DNS' | 'LOGICAL_DNS' | 'EDS' | 'ORIGINAL_DST';

export interface Cluster extends Any {
  readonly name: string;
  /** Left out with cluster_type (a DYNAMIC_DNS entry's dynamic forward proxy). */
  readonly type?: ClusterType;
  readonly cluster_type?: { readonly name: string; readonly typed_config?: unknown };
  readonly eds_cluster_config?: { readonly service_name?: string; readonly eds_config?: unknown };
  readonly connect_timeout?: string;
  readonly lb_policy?:
    | 'ROUND_ROBIN'
    | 'LEAST_REQUEST'
    | 'RANDOM'
    | 'RING_HASH'
    | 'MAGLEV'
    | 'CLUSTER_PROVIDED';
  readonly circuit_breakers?: { readonly thresholds?: readonly CircuitBreakerThresholds[] };
  readonly outlier_detection?: OutlierDetection;
  readonly transport_socket?: TransportSocket;
  readonly transport_socket_matches?: readonly TransportSocketMatch[];
  readonly metadata?: IstioMetadata;
  readonly common_lb_config?: {
    readonly healthy_panic_threshold?: { readonly value?: number };
    readonly locality_weighted_lb_config?: unknown;
    readonly zone_aware_lb_config?: unknown;
  };
  readonly ring_hash_lb_config?: { readonly minimum_ring_size?: string };
  readonly maglev_lb_config?: { readonly table_size?: string };
  readonly least_request_lb_config?: unknown;
  readonly load_assignment?: ClusterLoadAssignment;
  readonly original_dst_lb_config?: { readonly upstream_port_override?: number };
  readonly typed_extension_protocol_options?: {
    readonly 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'?: HttpProtocolOptions;
  };
  readonly dns_refresh_rate?: string;
  readonly dns_lookup_family?: string;
  readonly respect_dns_ttl?: boolean;
  readonly alt_stat_name?: string;
  readonly [more: string]: unknown;
}

export interface CircuitBreakerThresholds {
  readonly max_connections?: number;
  readonly max_pending_requests?: number;
  readonly max_requests?: number;
  readonly max_retries?: number;
  readonly track_remaining?: boolean;
  readonly retry_budget?: unknown;
}

export interface OutlierDetection {
  readonly consecutive_5xx?: number;
  readonly consecutive_gateway_failure?: number;
  readonly consecutive_local_origin_failure?: number;
  readonly enforcing_consecutive_5xx?: number;
  readonly enforcing_consecutive_gateway_failure?: number;
  readonly enforcing_success_rate?: number;
  readonly split_external_local_origin_errors?: boolean;
  readonly interval?: string;
  readonly base_ejection_time?: string;
  readonly max_ejection_percent?: number;
  readonly [more: string]: unknown;
}

export interface TransportSocket {
  readonly name: 'envoy.transport_sockets.tls' | 'envoy.transport_sockets.raw_buffer' | string;
  readonly typed_config?: UpstreamTlsContext;
}

/** An endpoint whose metadata has all of `match` is spoken to by this socket. */
interface TransportSocketMatch {
  readonly name?: string;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly transport_socket?: TransportSocket;
}

export interface UpstreamTlsContext extends Any {
  readonly sni?: string;
  readonly auto_host_sni?: boolean;
  readonly common_tls_context?: CommonTlsContext;
  readonly [more: string]: unknown;
}

export interface SdsSecretConfig {
  /** 'file-root:system', 'file-root:/path/ca.pem', 'file-cert:/path/cert~/path/key', 'default', 'ROOTCA'. */
  readonly name: string;
  readonly sds_config?: unknown;
}

export interface CommonTlsContext {
  readonly tls_params?: unknown;
  readonly alpn_protocols?: readonly string[];
  readonly tls_certificate_sds_secret_configs?: readonly SdsSecretConfig[];
  readonly combined_validation_context?: {
    readonly default_validation_context?: {
      /** Names of any type; istiod still sends it. */
      readonly match_subject_alt_names?: readonly StringMatcher[];
      readonly match_typed_subject_alt_names?: readonly {
        readonly san_type: string;
        readonly matcher: StringMatcher;
      }[];
      readonly [more: string]: unknown;
    };
    readonly validation_context_sds_secret_config?: SdsSecretConfig;
  };
  readonly validation_context?: unknown;
  readonly validation_context_sds_secret_config?: SdsSecretConfig;
  readonly [more: string]: unknown;
}

export interface HttpProtocolOptions extends Any {
  readonly upstream_http_protocol_options?: {
    readonly auto_sni?: boolean;
    readonly auto_san_validation?: boolean;
  };
  readonly common_http_protocol_options?: {
    readonly idle_timeout?: string;
    readonly max_requests_per_connection?: number;
    readonly max_connection_duration?: string;
  };
  readonly explicit_http_config?: {
    readonly http_protocol_options?: unknown;
    readonly http2_protocol_options?: { readonly max_concurrent_streams?: number };
  };
  readonly use_downstream_protocol_config?: unknown;
  readonly [more: string]: unknown;
}

export interface ClusterLoadAssignment extends Any {
  readonly cluster_name: string;
  readonly endpoints?: readonly LocalityLbEndpoints[];
  readonly policy?: unknown;
}

export interface LocalityLbEndpoints {
  readonly locality?: { readonly region?: string; readonly zone?: string; readonly sub_zone?: string };
  readonly lb_endpoints?: readonly LbEndpoint[];
  readonly load_balancing_weight?: number;
  /** Left out: 0, which is used first. */
  readonly priority?: number;
}

export interface LbEndpoint {
  readonly endpoint: {
    /** A host name for DNS clusters, otherwise an address or a socket's path. */
    readonly address: SocketAddress | PipeAddress;
    readonly hostname?: string;
  };
  readonly health_status?: string;
  readonly metadata?: unknown;
  readonly load_balancing_weight?: number;
}
