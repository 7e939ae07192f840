/**
 * The curl options that a pod of the sandbox may use, and what the value of each may be: allow-lists, because each
 * new version of curl brings options, and new meanings of values, that may reach the machine's files or network. What
 * is not here is refused by name (refusals.ts). Source: curl's docs/cmdline-opts.
 */
import type { ValueRule } from './values.ts';

/** 'flag': takes no value, and may be negated as --no-NAME. A rule: takes a value that the rule must accept. */
export type OptionKind = 'flag' | ValueRule;

const FLAGS = [
  ...['basic', 'digest', 'cert-status', 'compressed', 'crlf', 'disallow-username-in-url'],
  ...[
    'fail',
    'fail-early',
    'fail-with-body',
    'false-start',
    'follow',
    'form-escape',
    'get',
    'globoff',
    'head',
  ],
  ...['http0.9', 'http1.0', 'http1.1', 'http2', 'http2-prior-knowledge', 'ignore-content-length', 'include'],
  ...['insecure', 'ipv4', 'junk-session-cookies', 'location', 'location-trusted', 'manual', 'next'],
  ...['alpn', 'buffer', 'clobber', 'keepalive', 'out-null', 'sessionid', 'progress-meter', 'parallel'],
  ...['parallel-immediate', 'path-as-is', 'post301', 'post302', 'post303', 'progress-bar', 'raw'],
  ...[
    'remote-name',
    'remote-name-all',
    'retry-all-errors',
    'retry-connrefused',
    'show-error',
    'show-headers',
  ],
  ...['silent', 'styled-output', 'suppress-connect-headers', 'tcp-nodelay', 'tlsv1', 'tlsv1.0', 'tlsv1.1'],
  ...['tlsv1.2', 'tlsv1.3', 'tr-encoding', 'trace-ids', 'trace-time', 'use-ascii', 'verbose', 'version'],
  ...['disable', 'ssl-allow-beast'],
];

const VALUES: Readonly<Record<ValueRule, readonly string[]>> = {
  literal: ['data-raw', 'form-string'],
  text: ['oauth2-bearer', 'referer', 'request', 'request-target', 'user-agent'],
  number: [
    ...['connect-timeout', 'expect100-timeout', 'happy-eyeballs-timeout-ms', 'keepalive-cnt'],
    ...['keepalive-time', 'max-filesize', 'max-redirs', 'max-time', 'parallel-max', 'parallel-max-host'],
    ...['retry', 'retry-delay', 'retry-max-time', 'speed-limit', 'speed-time'],
  ],
  range: ['continue-at', 'local-port', 'range'],
  rate: ['limit-rate', 'rate'],
  word: ['ciphers', 'curves', 'help', 'sigalgs', 'tls-max', 'tls13-ciphers'],
  url: ['url'],
  pin: ['pinnedpubkey'],
  resolve: ['resolve'],
  'connect-to': ['connect-to'],
  output: ['output', 'dump-header', 'trace', 'trace-ascii', 'stderr', 'cookie-jar'],
  upload: ['upload-file'],
  trusted: ['cacert'],
  data: ['data', 'data-ascii', 'data-binary', 'json'],
  encoded: ['data-urlencode', 'url-query'],
  form: ['form'],
  header: ['header'],
  cookie: ['cookie'],
  format: ['write-out'],
  user: ['user'],
  scheme: ['proto-default'],
  proxy: ['proxy'],
};

export const OPTIONS: ReadonlyMap<string, OptionKind> = new Map<string, OptionKind>([
  ...FLAGS.map((name): [string, OptionKind] => [name, 'flag']),
  ...Object.entries(VALUES).flatMap(([rule, names]) =>
    names.map((name): [string, OptionKind] => [name, rule as ValueRule]),
  ),
]);

/** Short names and what they stand for, including those of refused options, so that they can be named. */
export const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ 0: 'http1.0', 1: 'tlsv1', 2: 'sslv2', 3: 'sslv3', 4: 'ipv4', 6: 'ipv6', a: 'append' },
    ...{ A: 'user-agent', b: 'cookie', B: 'use-ascii', c: 'cookie-jar', C: 'continue-at', d: 'data' },
    ...{ D: 'dump-header', e: 'referer', E: 'cert', f: 'fail', F: 'form', g: 'globoff', G: 'get' },
    ...{ h: 'help', H: 'header', i: 'include', I: 'head', j: 'junk-session-cookies' },
    ...{ J: 'remote-header-name', k: 'insecure', K: 'config', l: 'list-only', L: 'location' },
    ...{ m: 'max-time', M: 'manual', n: 'netrc', N: 'no-buffer', o: 'output', O: 'remote-name' },
    ...{ p: 'proxytunnel', P: 'ftp-port', q: 'disable', Q: 'quote', r: 'range', R: 'remote-time' },
    ...{ s: 'silent', S: 'show-error', t: 'telnet-option', T: 'upload-file', u: 'user' },
    ...{ U: 'proxy-user', v: 'verbose', V: 'version', w: 'write-out', x: 'proxy', X: 'request' },
    ...{ y: 'speed-time', Y: 'speed-limit', z: 'time-cond', Z: 'parallel', '#': 'progress-bar', ':': 'next' },
  }),
);
