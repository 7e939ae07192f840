/**
 * TLS that a sidecar originates: what a DestinationRule asks for, and mutual TLS between sidecars if there is nothing
 * else.
 * Source: pilot/pkg/networking/core/cluster_tls.go. Left out: credentialName, which sidecars ignore without a
 * workloadSelector (then there is no TLS at all, as in Istio), and certificates from the proxy's metadata.
 */
import type {
  CommonTlsContext,
  SdsSecretConfig,
  StringMatcher,
  TransportSocket,
} from '../../envoy/config.ts';
import { wrapped } from '../../envoy/transport-socket.ts';
import type { ClientTlsSettings } from '../../istio/types.ts';
import { anyType } from './envoy-json.ts';
import type { MeshService } from './mesh-service.ts';

export interface TlsPlan {
  readonly socket?: TransportSocket;
  /** Chosen per endpoint: mutual TLS for endpoints with a sidecar, plain text for others. */
  readonly matches?: readonly {
    readonly name: string;
    readonly match: Readonly<Record<string, unknown>>;
    readonly transport_socket: TransportSocket;
  }[];
  readonly autoSni: boolean;
  readonly autoSanValidation: boolean;
  /** A cluster that forwards to any name under a wildcard insists on both, unless told otherwise. */
  readonly allowInsecure?: boolean;
}

export interface TlsRequest {
  readonly settings: ClientTlsSettings | undefined;
  readonly service: MeshService;
  /** Identities that the service's endpoints may show. */
  readonly accounts: readonly string[];
  readonly meshSni: string;
  readonly http2: boolean;
  readonly originalDst: boolean;
  /** A wildcard host that is resolved when it is called. */
  readonly dynamic: boolean;
  /** Whether mutual TLS may be tried if the rule says nothing. */
  readonly autoMutualTls: boolean;
}

/** The plan with a PROXY protocol header before each of its sockets; if it has none, before plain text. */
export function withProxyProtocol(plan: TlsPlan, version: string | undefined): TlsPlan {
  const wrap = (socket: TransportSocket) => wrapped(socket, version === 'V2' ? 'V2' : 'V1');
  if (plan.matches !== undefined) {
    return {
      ...plan,
      matches: plan.matches.map(each => ({ ...each, transport_socket: wrap(each.transport_socket) })),
    };
  }
  return { ...plan, socket: wrap(plan.socket ?? { ...RAW_BUFFER, name: 'raw_buffer' }) };
}

const NO_TLS: TlsPlan = { autoSni: false, autoSanValidation: false };

export function planTls(request: TlsRequest): TlsPlan {
  const { settings, service } = request;
  if (settings === undefined) {
    if (service.external || !request.autoMutualTls) return NO_TLS;
    const socket = mutualBetweenSidecars(request, undefined);
    if (request.originalDst) return { ...NO_TLS, socket };
    return {
      ...automatic(request, {}, false),
      matches: [
        { name: 'tlsMode-istio', match: { tlsMode: 'istio' }, transport_socket: socket },
        { name: 'tlsMode-disabled', match: {}, transport_socket: RAW_BUFFER },
      ],
    };
  }
  switch (settings.mode ?? 'DISABLE') {
    case 'DISABLE':
      return NO_TLS;
    case 'ISTIO_MUTUAL':
      return { ...automatic(request, settings, false), socket: mutualBetweenSidecars(request, settings) };
    case 'SIMPLE':
    case 'MUTUAL':
      return settings.credentialName ? NO_TLS : toTheOutside(request, settings);
  }
}

/**
 * SNI and the name to verify come from the Host of each request: for hosts outside the mesh, and whenever hosts are
 * resolved late.
 */
function automatic({ dynamic }: TlsRequest, settings: ClientTlsSettings, outside: boolean): TlsPlan {
  if (!dynamic && !outside) return NO_TLS;
  const autoSni = !settings.sni;
  const named = (settings.subjectAltNames ?? []).length > 0;
  const autoSanValidation = (dynamic || (autoSni && !named)) && settings.insecureSkipVerify !== true;
  const allowInsecure = dynamic && !(autoSni && autoSanValidation);
  return { autoSni, autoSanValidation, ...(allowInsecure && { allowInsecure }) };
}

const RAW_BUFFER: TransportSocket = {
  name: 'envoy.transport_sockets.raw_buffer',
  typed_config: anyType('envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer'),
};

const TLS_PARAMS = {
  tls_minimum_protocol_version: 'TLSv1_2',
  tls_maximum_protocol_version: 'TLSv1_3',
};

function sds(name: string): SdsSecretConfig {
  return {
    name,
    sds_config: {
      api_config_source: {
        api_type: 'GRPC',
        grpc_services: [{ envoy_grpc: { cluster_name: 'sds-grpc' } }],
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
      },
      ...((name === 'default' || name === 'ROOTCA') && { initial_fetch_timeout: '0s' }),
      resource_api_version: 'V3',
    },
  };
}

const exactly = (names: readonly string[]): StringMatcher[] => names.map(exact => ({ exact }));

function tlsSocket(sni: string, context: CommonTlsContext): TransportSocket {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      ...anyType('envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext'),
      common_tls_context: { tls_params: TLS_PARAMS, ...context },
      ...(sni !== '' && { sni }),
    },
  };
}

function validation(sans: readonly string[], root: string, crl?: string): CommonTlsContext {
  return {
    combined_validation_context: {
      default_validation_context: {
        ...(sans.length > 0 && { match_subject_alt_names: exactly(sans) }),
        ...(crl && { crl: { filename: crl } }),
      },
      validation_context_sds_secret_config: sds(root),
    },
  };
}

function mutualBetweenSidecars(
  request: TlsRequest,
  settings: ClientTlsSettings | undefined,
): TransportSocket {
  return tlsSocket(settings?.sni || request.meshSni, {
    alpn_protocols: request.http2 ? ['istio', 'h2'] : ['istio'],
    tls_certificate_sds_secret_configs: [sds('default')],
    ...validation(settings?.subjectAltNames ?? request.accounts, 'ROOTCA'),
  });
}

/** SIMPLE and MUTUAL: verified against the system's roots and the Host unless told otherwise. */
function toTheOutside(request: TlsRequest, settings: ClientTlsSettings): TlsPlan {
  const given = settings.subjectAltNames ?? [];
  const sans = given.length === 0 && request.service.registry === 'External' ? request.accounts : given;
  const skip = settings.insecureSkipVerify === true;
  const mutual = settings.mode === 'MUTUAL';
  // Istio logs an error and sets no TLS at all; validation has already refused such a rule.
  if (mutual && !(settings.clientCertificate && settings.privateKey)) return NO_TLS;
  return {
    ...automatic(request, settings, true),
    socket: tlsSocket(settings.sni ?? '', {
      ...(mutual && {
        tls_certificate_sds_secret_configs: [
          sds(`file-cert:${settings.clientCertificate}~${settings.privateKey}`),
        ],
      }),
      ...(skip
        ? { validation_context: {} }
        : validation(sans, `file-root:${settings.caCertificates || 'system'}`, settings.caCrl)),
      ...(request.http2 && { alpn_protocols: ['h2'] }),
    }),
  };
}
