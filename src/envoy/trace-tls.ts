/** Which TLS a cluster opens, if any, and what goes before it: the effect of a DestinationRule, in words. */
import type { Cluster, TransportSocket } from './config.ts';
import type { DescribedCall, Fact } from './trace-types.ts';
import { unwrapped } from './transport-socket.ts';

interface TlsContext {
  readonly call: DescribedCall;
  readonly as: 'http' | 'tcp';
}

export function tlsFacts(cluster: Cluster, context: TlsContext): Fact[] {
  const { socket, proxyProtocol } = unwrapped(cluster.transport_socket);
  const value = `${proxyProtocol}: each connection begins with a header that tells whose it is`;
  return [
    ...(proxyProtocol === null ? [] : [{ name: 'PROXY protocol', value }]),
    ...socketFacts(cluster, socket, context),
  ];
}

/** The mode of a DestinationRule's `tls` that makes a cluster like this; null: the sidecar opens none. */
export function tlsModeOf(cluster: Cluster): 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL' | null {
  const { socket } = unwrapped(cluster.transport_socket);
  if (socket?.name !== 'envoy.transport_sockets.tls') return null;
  const [secret] = socket.typed_config?.common_tls_context?.tls_certificate_sds_secret_configs ?? [];
  if (secret === undefined) return 'SIMPLE';
  return secret.name === 'default' ? 'ISTIO_MUTUAL' : 'MUTUAL';
}

function socketFacts(
  cluster: Cluster,
  socket: TransportSocket | undefined,
  { call, as }: TlsContext,
): Fact[] {
  const auto = (cluster.transport_socket_matches ?? []).length > 0;
  if (socket?.name !== 'envoy.transport_sockets.tls') {
    if (auto) return [{ name: 'TLS', value: "to sidecars the mesh's own (mTLS), to others none" }];
    if (call.protocol === 'https')
      return [{ name: 'TLS', value: "none of its own: the app's TLS goes through untouched" }];
    return [{ name: 'TLS', value: 'none: it goes out in clear' }];
  }
  const context = socket.typed_config ?? {};
  const common = context.common_tls_context ?? {};
  const mode = tlsModeOf(cluster);
  const protocol = Object.values(cluster.typed_extension_protocol_options ?? {})[0];
  const autoSni = protocol?.upstream_http_protocol_options?.auto_sni === true;
  const sni = context.sni ?? (autoSni ? (as === 'http' ? 'as the Host header' : 'none') : 'none');
  const validation = common.combined_validation_context;
  const roots =
    validation?.validation_context_sds_secret_config?.name ??
    common.validation_context_sds_secret_config?.name;
  const names = (validation?.default_validation_context?.match_typed_subject_alt_names ?? []).map(
    one => one.matcher.exact ?? one.matcher.prefix ?? one.matcher.suffix ?? '',
  );
  const check =
    roots === undefined
      ? 'is not checked'
      : `must come from ${roots === 'file-root:system' ? 'a public CA' : roots.replace(/^file-root:/, '')}` +
        (names.length > 0
          ? ` and name ${names.join(' or ')}`
          : autoSni && as === 'http'
            ? ' and name the host'
            : '');
  const twice: Fact[] =
    call.protocol === 'https'
      ? [{ name: 'warning', value: "the app's bytes are TLS already: this wraps TLS in TLS" }]
      : [];
  return [
    { name: 'TLS', value: `the sidecar opens it (mode ${mode}), server name (SNI) ${sni}` },
    { name: 'certificate', value: `the server's ${check}` },
    ...twice,
  ];
}
