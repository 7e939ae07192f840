/**
 * A curl command line as the call that its first URL makes: what the sidecar would see of it. Pure. What makes
 * no difference to the sidecar (-s, -v, -m, -k...) is skipped. Left out: proxies, cookies from files, forms' bodies.
 */
import type { DescribedCall } from '../envoy/trace-types.ts';
import { UserError } from '../shared/errors.ts';
import { type Option, optionsOf } from './curl-args.ts';
import { TAG } from './match.ts';

export interface CurlTarget {
  /** What curl looks up, and where it connects: the URL's, unless --connect-to says otherwise. */
  readonly name: string;
  readonly port: number;
  /** --resolve's address, which saves the lookup. */
  readonly ip?: string;
  /** Everything but the address. */
  readonly call: Omit<DescribedCall, 'to'>;
  /** -L: curl follows redirects. */
  readonly follows: boolean;
}

/** Throws UserError when there is no URL, or one that is not http or https. */
export function describeCall(argv: readonly string[]): CurlTarget {
  const options = firstGroup(optionsOf(argv));
  const valuesOf = (...names: string[]) =>
    options.flatMap(([name, value]) => (names.includes(name) && value !== undefined ? [value] : []));
  const has = (...names: string[]) => options.some(([name]) => names.includes(name));
  const last = (...names: string[]) => valuesOf(...names).at(-1);

  const [text] = valuesOf('', '--url');
  if (text === undefined) {
    throw new UserError({
      what: 'The call has no URL.',
      next: ['istio-tutor trace -- http://api.safedata-zone.io/v2/data'],
    });
  }
  const url = urlParts(has('-g', '--globoff') ? text : firstOfGlobs(text));
  const data = DATA.flatMap(name => valuesOf(name));
  const asQuery = has('-G', '--get');
  const query = [...(asQuery ? data : []), ...valuesOf('--url-query')].join('&');
  const target = last('--request-target') ?? withQuery(url.path, query);
  const path = has('--path-as-is') || last('--request-target') !== undefined ? target : withoutDots(target);
  const headers = headersOf(options, { data: data.length > 0 && !asQuery, json: has('--json') });
  const authority = headers.get('host') ?? url.authority;
  headers.delete('host');
  const [, , connectName, connectPort] = matching(valuesOf('--connect-to'), url) ?? [];
  const [, , resolved] = matching(valuesOf('--resolve'), url) ?? [];
  const ip = resolved?.split(',')[0]?.replace(/^\[|\]$/g, '');
  return {
    name: connectName || url.host,
    port: Number(connectPort || url.port),
    ...(ip === undefined || ip === '' ? {} : { ip }),
    call: {
      protocol: url.scheme,
      host: authority,
      path,
      method: last('-X', '--request') ?? methodOf(has, data.length > 0 && !asQuery),
      headers: Object.fromEntries(headers),
      sni: url.scheme === 'https' && !isAddress(url.host) ? url.host.toLowerCase().replace(/\.$/, '') : '',
      ...protocolsOf(url.scheme, has),
    },
    follows: has('-L', '--location', '--location-trusted'),
  };
}

const DATA = ['-d', '--data', '--data-raw', '--data-ascii', '--data-binary', '--data-urlencode', '--json'];

/** What comes before --next belongs to the first URL. */
function firstGroup(options: readonly Option[]): readonly Option[] {
  const end = options.findIndex(([name]) => name === '--next' || name === '-:');
  return end === -1 ? options : options.slice(0, end);
}

interface UrlParts {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** As the Host header has it: the port only where it is not the scheme's own. */
  readonly authority: string;
  readonly path: string;
}

function urlParts(text: string): UrlParts {
  const [, scheme = 'http', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  const [, before = '', path = ''] = /^([^/?#]*)([^#]*)/.exec(rest) ?? [];
  const [, host = '', port = ''] = /^(?:[^@]*@)?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(before) ?? [];
  const name = scheme.toLowerCase();
  if ((name !== 'http' && name !== 'https') || host === '' || Number(port) > 65_535) {
    throw new UserError({
      what: `${text} is not a URL that can be traced.`,
      why: 'A trace follows http:// and https:// calls: http://HOST[:PORT]/PATH.',
      next: ['istio-tutor trace -- http://api.safedata-zone.io/v2/data'],
    });
  }
  const own = name === 'https' ? 443 : 80;
  return {
    scheme: name,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? own : Number(port),
    authority: port === '' || Number(port) === own ? host : `${host}:${port}`,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}

/** The first of curl's 'a{b,c}d[1-20]'. */
function firstOfGlobs(text: string): string {
  return text
    .replace(/\{([^{},]*)(?:,[^{}]*)?\}/g, '$1')
    .replace(/\[([0-9]+|[A-Za-z])-(?:[0-9]+|[A-Za-z])(?::[0-9]+)?\]/g, '$1');
}

function withQuery(path: string, query: string): string {
  if (query === '') return path;
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/** '/a/../b/./c' -> '/b/c', as curl sends it. */
function withoutDots(target: string): string {
  const cut = target.indexOf('?');
  const [path, query] = cut === -1 ? [target, ''] : [target.slice(0, cut), target.slice(cut)];
  if (!/\/\.{1,2}(\/|$)/.test(path)) return target;
  const kept: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [at, part] of parts.entries()) {
    const dots = part === '.' || part === '..';
    if (part === '..') kept.pop();
    if (!dots) kept.push(part);
    else if (at === parts.length - 1) kept.push('');
  }
  return `/${kept.join('/')}${query}`;
}

/**
 * By name in lower case. A probe's own come first, its tag as the User-Agent; 'Name:' removes one, 'Name;' empties it.
 */
function headersOf(options: readonly Option[], body: { data: boolean; json: boolean }): Map<string, string> {
  const headers = new Map([
    ['user-agent', `${TAG}trace`],
    ['accept', body.json ? 'application/json' : '*/*'],
  ]);
  if (body.data) {
    headers.set('content-type', body.json ? 'application/json' : 'application/x-www-form-urlencoded');
  }
  const own = new Set<string>();
  for (const [option, value = ''] of options) {
    if (option === '-A' || option === '--user-agent') headers.set('user-agent', value);
    if (option === '-e' || option === '--referer') headers.set('referer', value);
    if ((option === '-b' || option === '--cookie') && value.includes('=')) headers.set('cookie', value);
    if (option === '-u' || option === '--user') {
      headers.set('authorization', `Basic ${Buffer.from(value).toString('base64')}`);
    }
    if (option === '--oauth2-bearer') headers.set('authorization', `Bearer ${value}`);
    if (option !== '-H' && option !== '--header') continue;
    const [, rawName = '', sign, rawText = ''] = /^([^:;]+)([:;])\s*(.*?)\s*$/s.exec(value) ?? [];
    const name = rawName.trim().toLowerCase();
    if (name === '' || (sign === ';' && rawText !== '')) continue;
    if (sign === ':' && rawText === '') headers.delete(name);
    else headers.set(name, own.has(name) ? `${headers.get(name)},${rawText}` : rawText);
    own.add(name);
  }
  return headers;
}

function methodOf(has: (...names: string[]) => boolean, data: boolean): string {
  if (has('-I', '--head')) return 'HEAD';
  if (has('-T', '--upload-file')) return 'PUT';
  return data || has('-F', '--form', '--form-string') ? 'POST' : 'GET';
}

function protocolsOf(
  scheme: 'http' | 'https',
  has: (...names: string[]) => boolean,
): Pick<DescribedCall, 'applicationProtocols'> {
  if (has('-0', '--http1.0')) return { applicationProtocols: ['http/1.0'] };
  if (scheme === 'http') return has('--http2-prior-knowledge') ? { applicationProtocols: ['h2c'] } : {};
  if (has('--no-alpn')) return { applicationProtocols: [] };
  return has('--http1.1') ? { applicationProtocols: ['http/1.1'] } : {};
}

/** The parts of a 'HOST:PORT:...' that is for this URL; '*' and '' are for any. */
function matching(values: readonly string[], url: UrlParts): string[] | undefined {
  return values
    .map(value =>
      (value.match(/\[[^\]]*\]|[^:]+|(?<=^|:)(?=:|$)/g) ?? []).map(part => part.replace(/^\+/, '')),
    )
    .findLast(([host = '', port = '']) => {
      const sameHost = host === '*' || host === '' || host.toLowerCase() === url.host.toLowerCase();
      return sameHost && (port === '*' || port === '' || Number(port) === url.port);
    });
}

export function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.includes(':');
}
