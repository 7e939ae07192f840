/**
 * Why the sidecar could not open its connection: BoringSSL's and the kernel's words, as they stand in
 * UPSTREAM_TRANSPORT_FAILURE_REASON and in response code details, to one plain sentence each.
 * Newer proxies write underscores for spaces, so both spellings are read.
 */
export interface FailureCause {
  /** A few words to go below the hop. */
  readonly short: string;
  readonly sentence: string;
  readonly tls: boolean;
}

/** The first that fits wins: particular causes come before general ones. */
const CAUSES: readonly (readonly [RegExp, FailureCause])[] = [
  [
    /WRONG_VERSION_NUMBER/,
    tls(
      'not TLS there',
      'The sidecar began TLS, and what came back was not TLS: that port of the far side speaks plaintext.',
    ),
  ],
  [
    /SAN[ _]matcher|verify[ _]SAN|SUBJECT_ALT_NAME/i,
    tls(
      'wrong name in certificate',
      "The API's certificate is not for the name that the sidecar was told to expect (subject alternative name).",
    ),
  ],
  [
    /CERTIFICATE_VERIFY_FAILED.*expired|certificate[ _]has[ _]expired/i,
    tls('certificate expired', "The API's certificate has expired, and the sidecar does not accept it."),
  ],
  [
    /CERTIFICATE_VERIFY_FAILED/,
    tls(
      'certificate not trusted',
      "The sidecar does not trust the API's certificate: no CA that it knows has signed it.",
    ),
  ],
  [
    /CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN/,
    tls(
      'client certificate refused',
      "The API did not accept the sidecar's client certificate, or was shown none.",
    ),
  ],
  [
    /UNRECOGNIZED_NAME/,
    tls(
      'server name unknown there',
      'The API does not know the server name (SNI) that the sidecar asked for.',
    ),
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/,
    tls('no common TLS', 'The sidecar and the API found no TLS version and cipher that both allow.'),
  ],
  [/TLS[ _]error/i, tls('TLS failed', 'The TLS handshake between the sidecar and the API failed.')],
  [
    /connection[ _]refused|delayed[ _]connect[ _]error:[ _]111/i,
    {
      tls: false,
      short: 'connection refused',
      sentence: 'The far side refused the connection: nothing listens there.',
    },
  ],
  [
    /connection[ _]timeout|connect[ _]timeout|delayed[ _]connect[ _]error:[ _]110/i,
    {
      tls: false,
      short: 'connect timed out',
      sentence: 'The far side did not accept the connection in time.',
    },
  ],
  [
    /no[ _]route[ _]to[ _]host|network[ _]is[ _]unreachable|connect[ _]error:[ _]11[03]/i,
    { tls: false, short: 'no way there', sentence: 'The network has no way to that address.' },
  ],
  [
    /no[ _]such[ _]file[ _]or[ _]directory/i,
    {
      tls: false,
      short: 'no such socket',
      sentence:
        "The endpoint is a socket (unix://), and there is none at that path in the sidecar's file system.",
    },
  ],
  [
    /tunnel[ _]response/i,
    {
      tls: false,
      short: 'no tunnel',
      sentence:
        'The server was asked to open a tunnel and said no: it is not a proxy, or does not let this call through.',
    },
  ],
];

/** The cause that the log's words name, or null when it is not one of these. */
export function failureCause(words: string): FailureCause | null {
  return CAUSES.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

function tls(short: string, sentence: string): FailureCause {
  return { tls: true, short, sentence };
}
