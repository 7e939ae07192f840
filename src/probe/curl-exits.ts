/**
 * curl's exit codes: what the app itself noticed. They are the same in every build of curl, while the wording of
 * its messages is not, so sentences and checks go by these. Source: curl's manual, "EXIT CODES".
 */
const EXITS: Readonly<Record<number, string>> = {
  0: 'curl got an answer.',
  1: 'curl does not know this protocol.',
  2: 'curl could not start.',
  3: 'The URL is not well formed.',
  4: 'This curl was built without what the call needs.',
  5: "The proxy's name could not be resolved.",
  6: "The host's name could not be resolved, so nothing was sent.",
  7: 'No connection could be opened.',
  8: 'The far side gave an answer that curl does not understand.',
  16: 'HTTP/2 framing went wrong.',
  18: 'The answer ended too early.',
  22: 'The status was 400 or higher, and -f makes that an error.',
  23: 'curl could not write what it received.',
  25: 'The upload failed.',
  26: 'curl could not read the data to send.',
  27: 'curl ran out of memory.',
  28: 'The time that curl allows ran out.',
  33: 'The server does not do ranges.',
  34: 'Posting the data went wrong inside curl.',
  35: 'The TLS handshake failed.',
  43: 'A function in curl was called wrongly.',
  45: 'The interface, address or port to send from cannot be used.',
  47: 'There were too many redirects.',
  48: 'An option was not understood.',
  49: 'The telnet option is malformed.',
  52: 'The far side closed the connection without any answer.',
  53: 'The TLS engine was not found.',
  54: 'The TLS engine could not be used.',
  55: 'The request could not be sent.',
  56: 'The connection broke while curl was waiting for the answer.',
  58: 'There is something wrong with the client certificate.',
  59: 'The TLS cipher cannot be used.',
  60: "The app does not trust the server's certificate.",
  61: 'The answer is encoded in a way that curl does not know.',
  63: 'The answer is larger than allowed.',
  65: 'The data to send could not be sent again.',
  66: 'The TLS engine could not start.',
  67: 'User name or password was refused.',
  75: 'The character conversion failed.',
  77: "The app's CA certificates could not be read.",
  78: 'What the URL names does not exist.',
  80: 'The TLS connection could not be shut down.',
  82: 'The certificate revocation list could not be read.',
  83: "The certificate's issuer is not the expected one.",
  88: 'Reading from the server was stopped.',
  89: 'There was no connection free.',
  90: "The server's public key is not the pinned one.",
  91: "The server's certificate status is not valid.",
  92: 'An HTTP/2 stream was not closed properly.',
  93: 'A function was called from within a callback.',
  94: 'The authentication failed.',
  95: 'HTTP/3 went wrong.',
  96: 'QUIC could not connect.',
  97: 'The SOCKS proxy could not be agreed with.',
  98: 'The server wants a client certificate.',
  99: 'curl could not wait for its connections.',
  100: 'A value grew too large.',
  101: 'The encrypted TLS hello (ECH) failed.',
};

/** The exit codes that have a sentence of their own. */
export const CURL_EXITS: readonly number[] = Object.keys(EXITS).map(Number);

/** What curl's exit code means, in one plain sentence. */
export function curlExitSentence(exit: number): string {
  return EXITS[exit] ?? `curl ended with exit code ${exit}.`;
}
