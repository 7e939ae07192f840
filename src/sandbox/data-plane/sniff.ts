/**
 * The listener filters: what the first bytes of a connection say of it. Pure; asked anew with every byte that comes.
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
/** All methods that Envoy's parser knows begin with one of these, so that other protocols are told apart at once. */
const FIRST_LETTERS = 'ABCDGHLMNOPRSTU';
const METHODS = new Set(
  (
    'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MOVE MSEARCH ' +
    'NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND ' +
    'UNLINK UNLOCK UNSUBSCRIBE'
  ).split(' '),
);
/** Envoy reads no more than this to find a request line. */
const MAX_LINE = 64 * 1024;

/** 'more': not to be told yet. `inspects` says which inspectors the listener has. */
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
  // Envoy passes over empty lines before a request line, as RFC 9112 asks for.
  const text = bytes
    .subarray(0, MAX_LINE)
    .toString('latin1')
    .replace(/^[\r\n]+/, '');
  if (text === '') return 'more';
  if (!FIRST_LETTERS.includes(text.charAt(0))) return RAW;
  const end = text.indexOf('\n');
  if (end === -1) return bytes.length >= MAX_LINE ? RAW : 'more';
  const [, method = '', version] = /^(\S+) +\S.* HTTP\/(1\.[01])\r?$/.exec(text.slice(0, end)) ?? [];
  return version !== undefined && METHODS.has(method) ? plain(`http/${version}`) : RAW;
}

function plain(protocol: string): Sniffed {
  return { transport: 'raw_buffer', sni: '', applicationProtocols: [protocol] };
}
