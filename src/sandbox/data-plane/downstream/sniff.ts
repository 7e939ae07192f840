/**
 * The listener filters: what the first bytes of a connection say about it. Pure; called again whenever more bytes come.
 * Source: source/extensions/filters/listener/{tls_inspector,http_inspector}; BalsaParser for methods.
 */
import { parseClientHello } from './client-hello.ts';

export interface Sniffed {
  readonly transport: 'tls' | 'raw_buffer';
  /** '' for none. */
  readonly sni: string;
  readonly applicationProtocols: readonly string[];
}

export const RAW: Sniffed = { transport: 'raw_buffer', sni: '', applicationProtocols: [] };

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** Whatever begins otherwise is not HTTP; known at once, without waiting for a line. */
const FIRST_LETTER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]/;
/**
 * Any method name, since the codec checks it later; then a path, an asterisk, an absolute URL, or CONNECT's authority.
 */
const REQUEST_LINE =
  /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+ +(?:\/\S*|\*|[A-Za-z]+:\/\/\S+)|CONNECT +\S+) +HTTP\/(1\.[01])\r?$/;
/** Envoy reads no more than this to find a request line. */
const MAX_LINE = 64 * 1024;

/** 'more': not clear yet. `inspects` says which inspectors the listener has. */
export function sniff(bytes: Buffer, inspects: { tls: boolean; http: boolean }): Sniffed | 'more' {
  if (inspects.tls) {
    const hello = parseClientHello(bytes);
    if (hello === 'more') return 'more';
    if (hello !== null) return { transport: 'tls', sni: hello.sni, applicationProtocols: hello.alpn };
  }
  return inspects.http ? sniffHttp(bytes) : RAW;
}

function sniffHttp(bytes: Buffer): Sniffed | 'more' {
  if (bytes.length === 0) return 'more';
  const preface = bytes.subarray(0, PREFACE.length);
  if (PREFACE.subarray(0, preface.length).equals(preface)) {
    return preface.length < PREFACE.length ? 'more' : plain('h2c');
  }
  // Envoy skips empty lines before a request line, as RFC 9112 asks for.
  const text = bytes
    .subarray(0, MAX_LINE)
    .toString('latin1')
    .replace(/^[\r\n]+/, '');
  if (text === '') return 'more';
  if (!FIRST_LETTER.test(text)) return RAW;
  const end = text.indexOf('\n');
  if (end === -1) return bytes.length >= MAX_LINE ? RAW : 'more';
  const version = REQUEST_LINE.exec(text.slice(0, end))?.[1];
  return version === undefined ? RAW : plain(`http/${version}`);
}

function plain(protocol: string): Sniffed {
  return { transport: 'raw_buffer', sni: '', applicationProtocols: [protocol] };
}
