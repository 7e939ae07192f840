/**
 * Node reports TLS failures in OpenSSL's words, Envoy in BoringSSL's, with packed error numbers (library 16, SSL, in
 * the upper byte; the reason below). Alerts are reason 1000 + alert number.
 * Source: boringssl include/openssl/ssl.h (SSL_R_*), source/common/tls/{ssl_socket,utility}.cc, default_validator.cc.
 */

const SSL_LIBRARY = 0x10000000;

const REASONS: Readonly<Record<string, number>> = {
  BAD_DECRYPT: 101,
  CERTIFICATE_VERIFY_FAILED: 125,
  DECODE_ERROR: 137,
  INVALID_ALPN_PROTOCOL: 277,
  NO_SHARED_CIPHER: 184,
  UNEXPECTED_MESSAGE: 225,
  UNSUPPORTED_PROTOCOL: 240,
  WRONG_VERSION_NUMBER: 247,
  SSLV3_ALERT_UNEXPECTED_MESSAGE: 1010,
  SSLV3_ALERT_BAD_RECORD_MAC: 1020,
  SSLV3_ALERT_HANDSHAKE_FAILURE: 1040,
  SSLV3_ALERT_BAD_CERTIFICATE: 1042,
  SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 1043,
  SSLV3_ALERT_CERTIFICATE_REVOKED: 1044,
  SSLV3_ALERT_CERTIFICATE_EXPIRED: 1045,
  SSLV3_ALERT_CERTIFICATE_UNKNOWN: 1046,
  SSLV3_ALERT_ILLEGAL_PARAMETER: 1047,
  TLSV1_ALERT_UNKNOWN_CA: 1048,
  TLSV1_ALERT_ACCESS_DENIED: 1049,
  TLSV1_ALERT_DECODE_ERROR: 1050,
  TLSV1_ALERT_DECRYPT_ERROR: 1051,
  TLSV1_ALERT_PROTOCOL_VERSION: 1070,
  TLSV1_ALERT_INSUFFICIENT_SECURITY: 1071,
  TLSV1_ALERT_INTERNAL_ERROR: 1080,
  TLSV1_ALERT_UNRECOGNIZED_NAME: 1112,
  TLSV1_ALERT_UNKNOWN_PSK_IDENTITY: 1115,
  TLSV1_ALERT_CERTIFICATE_REQUIRED: 1116,
  TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 1120,
};

/**
 * OpenSSL's names for what BoringSSL calls otherwise; OpenSSL has several for plain text where a TLS record should be.
 */
const SAME_AS: Readonly<Record<string, string>> = {
  PACKET_LENGTH_TOO_LONG: 'WRONG_VERSION_NUMBER',
  RECORD_LAYER_FAILURE: 'WRONG_VERSION_NUMBER',
  UNKNOWN_PROTOCOL: 'WRONG_VERSION_NUMBER',
  TLSV1_UNRECOGNIZED_NAME: 'TLSV1_ALERT_UNRECOGNIZED_NAME',
  TLSV13_ALERT_CERTIFICATE_REQUIRED: 'TLSV1_ALERT_CERTIFICATE_REQUIRED',
};

/** What X509_verify_cert_error_string says, by Node's codes. BoringSSL stops where OpenSSL goes on to error 21. */
const CHAIN_ERRORS: Readonly<Record<string, readonly [depth: number, text: string]>> = {
  UNABLE_TO_GET_ISSUER_CERT: [0, 'unable to get issuer certificate'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [0, 'unable to get local issuer certificate'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [0, 'unable to get local issuer certificate'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [0, 'self signed certificate'],
  SELF_SIGNED_CERT_IN_CHAIN: [1, 'self signed certificate in certificate chain'],
  CERT_HAS_EXPIRED: [0, 'certificate has expired'],
  CERT_NOT_YET_VALID: [0, 'certificate is not yet valid'],
  CERT_SIGNATURE_FAILURE: [0, 'certificate signature failure'],
  CERT_REVOKED: [0, 'certificate revoked'],
  INVALID_CA: [1, 'invalid CA certificate'],
  INVALID_PURPOSE: [0, 'unsupported certificate purpose'],
};

/** An error of checkServerIdentity: the certificate is trusted, but was issued to somebody else. */
export class SanMismatch extends Error {}

/**
 * Envoy's transport failure text for an error of a TLS socket; '' if the peer just closed, for which Envoy has no
 * words.
 */
export function tlsFailureText(error: Error): string {
  if (error instanceof SanMismatch) return verifyFailed(error.message);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const chain = CHAIN_ERRORS[code];
  if (chain !== undefined) {
    return verifyFailed(`X509_verify_cert: certificate verification error at depth ${chain[0]}: ${chain[1]}`);
  }
  const name = /^ERR_SSL_(.+)$/.exec(code)?.[1]?.replaceAll('SSL/TLS_ALERT', 'SSLV3_ALERT');
  return name === undefined ? '' : sslError(SAME_AS[name] ?? name);
}

function verifyFailed(details: string): string {
  return sslError('CERTIFICATE_VERIFY_FAILED', `:verify cert failed: ${details}`);
}

function sslError(name: string, details = ''): string {
  const packed = SSL_LIBRARY + (REASONS[name] ?? 0);
  return `TLS_error:|${packed}:SSL routines:OPENSSL_internal:${name}${details}:TLS_error_end`;
}
