/** Source: pkg/config/validation/validation.go (validateTLSOptions), pkg/config/security (cipher suites). */
import type { Report } from './report.ts';

export interface ServerTls {
  readonly httpsRedirect?: boolean;
  readonly mode?: string;
  readonly serverCertificate?: string;
  readonly privateKey?: string;
  readonly caCertificates?: string;
  readonly caCrl?: string;
  readonly credentialName?: string;
  readonly credentialNames?: readonly string[];
  readonly subjectAltNames?: readonly string[];
  readonly tlsCertificates?: readonly { serverCertificate?: string; privateKey?: string }[];
  readonly minProtocolVersion?: string;
  readonly cipherSuites?: readonly string[];
}

export const modeOf = (tls: ServerTls): string => tls.mode ?? 'PASSTHROUGH';
export const isPassthrough = (tls: ServerTls): boolean => modeOf(tls).endsWith('PASSTHROUGH');

export function checkServerTls(tls: ServerTls | undefined, report: Report): void {
  if (tls === undefined) return;
  checkCiphers(tls, report);
  const mode = modeOf(tls);
  const { credentialNames = [], tlsCertificates = [] } = tls;
  const hasCredential = Boolean(tls.credentialName) || credentialNames.length > 0;
  if (mode === 'ISTIO_MUTUAL') {
    checkIstioMutual(tls, report);
    return;
  }
  const files = tls.caCrl || tls.serverCertificate || tls.privateKey || tls.caCertificates;
  if (isPassthrough(tls) && (files || tlsCertificates.length > 0 || hasCredential)) {
    report.warn(`${mode} mode does not use certificates, they will be ignored`);
  }
  const sources = [
    tls.serverCertificate && tls.privateKey,
    tls.credentialName,
    credentialNames.length > 0,
    tlsCertificates.length > 0,
  ];
  if (sources.filter(Boolean).length > 1) {
    report.error(
      'only one of credential_name, credential_names, server_certificate/private_key, tls_certificates should be specified',
    );
  }
  if (isPassthrough(tls)) checkCrl(tls, report);
  else if (!hasCredential) checkCertificates(tls, report);
}

function checkIstioMutual(tls: ServerTls, report: Report): void {
  const forbidden: readonly (readonly [unknown, string])[] = [
    [tls.serverCertificate, 'server certificate'],
    [tls.privateKey, 'private key'],
    [tls.caCertificates, 'CA bundle'],
    [(tls.tlsCertificates ?? []).length, 'tlsCertificates'],
    [tls.credentialName, 'credentialName'],
    [(tls.credentialNames ?? []).length, 'credentialNames'],
  ];
  for (const [set, name] of forbidden) {
    if (set) report.error(`ISTIO_MUTUAL TLS cannot have associated ${name}`);
  }
}

/** SIMPLE, MUTUAL and OPTIONAL_MUTUAL with files instead of a secret. */
function checkCertificates(tls: ServerTls, report: Report): void {
  const simple = modeOf(tls) === 'SIMPLE';
  const prefix = simple ? 'SIMPLE TLS' : 'MUTUAL TLS';
  if (!simple && !tls.caCertificates) report.error(`${prefix} requires a client CA bundle`);
  const certificates = tls.tlsCertificates ?? [];
  if (certificates.length > 2) report.warn(`${prefix} can support up to 2 server certificates`);
  for (const certificate of certificates.length > 0 ? certificates : [tls]) {
    if (!certificate.serverCertificate) report.error(`${prefix} requires a server certificate`);
    if (!certificate.privateKey) report.error(`${prefix} requires a private key`);
  }
  checkCrl(tls, report);
}

function checkCrl(tls: ServerTls, report: Report): void {
  if (!tls.caCrl) return;
  if (tls.credentialName) {
    report.error('CRL is not supported with credentialName. CRL has to be specified in the credential');
  }
  if (modeOf(tls) === 'SIMPLE') report.error('CRL is not supported with SIMPLE TLS');
}

const CIPHERS = new Set(
  'ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA AES128-GCM-SHA256 AES256-GCM-SHA384 AES128-SHA AES256-SHA DES-CBC3-SHA'.split(
    ' ',
  ),
);

/** Expressions (-X, +X) are accepted as they are. */
const isValidCipher = (suite: string): boolean =>
  suite === '' || suite === 'ALL' || !/^[\p{L}\p{N}]/u.test(suite) || CIPHERS.has(suite);

function checkCiphers(tls: ServerTls, report: Report): void {
  const suites = tls.cipherSuites ?? [];
  const old = tls.minProtocolVersion === 'TLSV1_0' || tls.minProtocolVersion === 'TLSV1_1';
  if (old && suites.length === 0) {
    report.warn(
      'TLS version below TLSV1_2 require setting compatible ciphers as by default they no longer include compatible ciphers.',
    );
  }
  const sorted = (list: readonly string[]): string => `[${[...new Set(list)].sort().join(' ')}]`;
  const invalid = suites.filter(suite => !isValidCipher(suite));
  const twice = suites.filter((suite, i) => isValidCipher(suite) && suites.indexOf(suite) !== i);
  if (invalid.length > 0) report.warn(`ignoring invalid cipher suites: ${sorted(invalid)}`);
  if (twice.length > 0) report.warn(`ignoring duplicate cipher suites: ${sorted(twice)}`);
}
