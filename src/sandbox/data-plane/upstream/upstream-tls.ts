/**
 * TLS towards upstream hosts: what a cluster's transport sockets ask for, in the terms of node:tls.
 * Files are those of the istio-proxy container, served to Envoy by the agent as SDS secrets (names: 'file-root:PATH',
 * 'file-cert:CERT~KEY'; 'default' and 'ROOTCA' are the workload's own). The sandbox has no mesh CA: 'ROOTCA' trusts
 * nobody and 'default' presents no certificate, which has the same effect with a server outside the mesh.
 * Left out: CRLs, certificate pins, tls_params other than the versions.
 * Source: source/common/tls/cert_validator/default_validator.cc; pilot/pkg/networking/core/cluster_tls.go.
 */
import { isIP } from 'node:net';
import { createSecureContext, type PeerCertificate, type SecureContext } from 'node:tls';
import type { Cluster, CommonTlsContext, StringMatcher, UpstreamTlsContext } from '../../../envoy/config.ts';
import { type ProxyProtocolVersion, socketFor, unwrapped } from '../../../envoy/transport-socket.ts';
import { SanMismatch } from './tls-failure.ts';
import type { UpstreamHost } from './upstream-host.ts';

/** Where istio-agent takes 'file-root:system' from. Source: pkg/security/security.go, GetOSRootFilePath. */
const SYSTEM_ROOTS = '/etc/ssl/certs/ca-certificates.crt';

/** The TLS settings for one upstream, ready for use. */
export interface UpstreamTls {
  /** Null: a secret has not arrived, and every connection fails. */
  readonly context: SecureContext | null;
  readonly sni: string;
  readonly alpn: readonly string[];
  readonly verify: boolean;
  /** Never throws; a returned error refuses the certificate. */
  readonly checkSan: (certificate: PeerCertificate) => Error | undefined;
  /** Connections with the same key may be shared between requests. */
  readonly key: string;
}

interface SanMatcher {
  readonly type: string;
  readonly matcher: StringMatcher;
}

interface ValidationContext {
  readonly trust_chain_verification?: string;
  readonly match_typed_subject_alt_names?: readonly { san_type: string; matcher: StringMatcher }[];
  readonly match_subject_alt_names?: readonly StringMatcher[];
}

export class UpstreamTlsFactory {
  readonly #contexts = new Map<UpstreamTlsContext, SecureContext | null>();
  readonly #options: { readonly sni: boolean; readonly san: boolean };
  readonly #cluster: Cluster;
  readonly #readFile: (path: string) => string | null;

  constructor(cluster: Cluster, readFile: (path: string) => string | null) {
    this.#cluster = cluster;
    this.#readFile = readFile;
    const http =
      cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions']
        ?.upstream_http_protocol_options;
    this.#options = { sni: http?.auto_sni ?? false, san: http?.auto_san_validation ?? false };
  }

  /**
   * Null: plain text. `authority` is the request's, for auto_sni and auto_san_validation; a TCP proxy has none, and
   * then neither applies.
   */
  for(host: UpstreamHost, authority: string | null): UpstreamTls | null {
    const { socket } = this.#transportSocket(host);
    const config = socket?.typed_config;
    if (socket?.name !== 'envoy.transport_sockets.tls' || config === undefined) return null;
    const name = authority === null ? '' : authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    // As seen on Envoy 1.39.3: however the Host is written, the SNI is in lower case.
    const autoSni = this.#options.sni && name !== '' && isIP(name) === 0 ? name.toLowerCase() : '';
    const sni = autoSni || (config.sni ?? '') || (config.auto_host_sni ? host.hostname : '');
    const autoSan = this.#options.san ? name : '';
    const common = config.common_tls_context ?? {};
    const validation = validationContext(common);
    const verify = rootsOf(common) !== null && validation.trust_chain_verification !== 'ACCEPT_UNTRUSTED';
    return {
      context: this.#context(config, common),
      sni,
      alpn: common.alpn_protocols ?? [],
      verify,
      checkSan: certificate => checkSan(certificate, autoSan, sanMatchers(validation)),
      key: `${sni} ${autoSan}`,
    };
  }

  /** The PROXY header that connections to this host begin with; null: none. */
  proxyProtocol(host: UpstreamHost): ProxyProtocolVersion | null {
    return this.#transportSocket(host).proxyProtocol;
  }

  #transportSocket(host: UpstreamHost) {
    return unwrapped(socketFor(this.#cluster, host.metadata));
  }

  /** A missing file is looked for again with the next connection, as the agent watches for it. */
  #context(config: UpstreamTlsContext, common: CommonTlsContext): SecureContext | null {
    const known = this.#contexts.get(config);
    if (known) return known;
    const made = this.#makeContext(common);
    this.#contexts.set(config, made);
    return made;
  }

  #makeContext(common: CommonTlsContext): SecureContext | null {
    const roots = rootsOf(common);
    const ca = roots === null || roots === '' ? roots : this.#readFile(roots);
    if (ca === null && roots !== null) return null;
    const pair = certificateOf(common);
    const cert = pair && this.#readFile(pair.cert);
    const key = pair && this.#readFile(pair.key);
    if (pair !== null && (cert === null || key === null)) return null;
    try {
      return createSecureContext({
        minVersion: 'TLSv1.2',
        // An empty list trusts nobody; without a list Node's own roots would be trusted.
        ca: ca ? ca : [],
        ...(cert && key ? { cert, key } : {}),
      });
    } catch {
      return null; // Not PEM, or a key of another certificate: the agent refuses such a secret.
    }
  }
}

/**
 * With the protocol that a connection pool speaks, if the cluster names none for ALPN.
 * Source: source/common/http/conn_pool_base.cc (wrapTransportSocketOptions).
 */
export const offering = (tls: UpstreamTls, protocol: 'http/1.1' | 'h2'): UpstreamTls =>
  tls.alpn.length > 0 ? tls : { ...tls, alpn: [protocol] };

/** Files that a cluster's TLS needs and that are missing: until they appear, Envoy keeps the cluster warming. */
export function missingFiles(cluster: Cluster, readFile: (path: string) => string | null): string[] {
  const common = unwrapped(cluster.transport_socket).socket?.typed_config?.common_tls_context;
  if (common === undefined) return [];
  const roots = rootsOf(common);
  const pair = certificateOf(common);
  const paths = [...(roots ? [roots] : []), ...(pair ? [pair.cert, pair.key] : [])];
  return paths.filter(path => readFile(path) === null);
}

/** The path of the roots; '' for the mesh's own; null if nothing is verified. */
function rootsOf(common: CommonTlsContext): string | null {
  const secret =
    common.combined_validation_context?.validation_context_sds_secret_config ??
    common.validation_context_sds_secret_config;
  if (secret === undefined) return null;
  const file = /^file-root:(.*)$/.exec(secret.name)?.[1];
  if (file === undefined) return '';
  return file === 'system' ? SYSTEM_ROOTS : file;
}

function certificateOf(common: CommonTlsContext): { cert: string; key: string } | null {
  const name = common.tls_certificate_sds_secret_configs?.[0]?.name ?? '';
  const [, cert, key] = /^file-cert:([^~]*)~(.*)$/.exec(name) ?? [];
  return cert && key ? { cert, key } : null;
}

function validationContext(common: CommonTlsContext): ValidationContext {
  return (common.combined_validation_context?.default_validation_context ??
    common.validation_context ??
    {}) as ValidationContext;
}

function sanMatchers(context: ValidationContext): SanMatcher[] {
  return [
    ...(context.match_typed_subject_alt_names ?? []).map(each => ({
      type: each.san_type,
      matcher: each.matcher,
    })),
    ...(context.match_subject_alt_names ?? []).map(matcher => ({ type: '*', matcher })),
  ];
}

/** First the name that the request is for, then the names in the rule: both must be in the certificate. */
function checkSan(
  certificate: PeerCertificate,
  authority: string,
  matchers: readonly SanMatcher[],
): Error | undefined {
  const sans = subjectAltNames(certificate);
  if (authority !== '' && !sans.some(san => isNamed(san, authority))) {
    return new SanMismatch('verify SAN list');
  }
  if (matchers.length > 0 && !matchers.some(each => sans.some(san => matchesSan(san, each)))) {
    return new SanMismatch(`SAN matcher, certificate SANs are [${sans.map(san => san.value).join(', ')}]`);
  }
  return undefined;
}

interface San {
  readonly type: 'DNS' | 'URI' | 'EMAIL' | 'IP_ADDRESS' | 'OTHER_NAME';
  readonly value: string;
}

const SAN_TYPES: Readonly<Record<string, San['type']>> = {
  DNS: 'DNS',
  URI: 'URI',
  email: 'EMAIL',
  'IP Address': 'IP_ADDRESS',
};

function subjectAltNames(certificate: PeerCertificate): San[] {
  return (certificate.subjectaltname ?? '').split(', ').flatMap(entry => {
    const colon = entry.indexOf(':');
    const type = SAN_TYPES[entry.slice(0, colon)];
    return type === undefined ? [] : [{ type, value: entry.slice(colon + 1) }];
  });
}

function isNamed(san: San, name: string): boolean {
  return san.type === 'DNS' ? dnsMatches(san.value, name) : san.value === name;
}

/** A wildcard stands for exactly one label. */
function dnsMatches(pattern: string, name: string): boolean {
  const [a, b] = [pattern.toLowerCase(), name.toLowerCase()];
  if (a === b) return true;
  const dot = b.indexOf('.');
  return a.startsWith('*.') && dot > 0 && b.slice(dot) === a.slice(1);
}

function matchesSan(san: San, { type, matcher }: SanMatcher): boolean {
  if (type !== '*' && type !== san.type) return false;
  if (matcher.exact !== undefined) {
    return san.type === 'DNS' ? dnsMatches(san.value, matcher.exact) : san.value === matcher.exact;
  }
  const value = matcher.ignore_case ? san.value.toLowerCase() : san.value;
  const wanted = (text: string) => (matcher.ignore_case ? text.toLowerCase() : text);
  if (matcher.prefix !== undefined) return value.startsWith(wanted(matcher.prefix));
  if (matcher.suffix !== undefined) return value.endsWith(wanted(matcher.suffix));
  if (matcher.contains !== undefined) return value.includes(wanted(matcher.contains));
  return false;
}
