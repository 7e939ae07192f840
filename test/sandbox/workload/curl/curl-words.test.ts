import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostNames } from '../../../../src/sandbox/workload/curl/hosts.ts';
import { OPTIONS } from '../../../../src/sandbox/workload/curl/options.ts';
import { sealedArguments } from '../../../../src/sandbox/workload/curl/seal.ts';
import { readCurlWords } from '../../../../src/sandbox/workload/curl/words.ts';
import { REFUSED } from './refused-options.ts';

const place = {
  input: (path: string) => (path === '/etc/lab-ca/ca.pem' ? '0/ca.pem' : undefined),
  output: (path: string) => (path.startsWith('/tmp/') ? { value: ':0' } : { why: 'no' }),
};
const read = (...argv: string[]) => readCurlWords(argv, place);

describe('options of curl', () => {
  it.each(REFUSED)('are refused with a sentence: %s %s %s', (...argv) => {
    const words = argv.filter(word => typeof word === 'string');
    expect(read(...words, 'http://api/')).toEqual({
      refused: expect.stringMatching(/^sandbox: .{20,}/),
      exit: 2,
    });
    expect(read('http://api/', ...words)).toHaveProperty('refused');
  });

  it('that make sense in a pod are taken, in every spelling', () => {
    expect(read('-sSXPOST', '-H', 'a: b', '-da=b', '-m', '2', '-o', 'out', 'http://a/')).toEqual({
      groups: [
        [
          { name: 'silent' },
          { name: 'show-error' },
          { name: 'request', value: 'POST' },
          { name: 'header', value: 'a: b' },
          { name: 'data', value: 'a=b' },
          { name: 'max-time', value: '2' },
          { name: 'output', value: 'out' },
          { name: 'url', value: 'http://a/' },
        ],
      ],
    });
    for (const argv of [
      ['-o', '/dev/null'],
      ['-o', '-'],
      ['-T', '-'],
      ['-d', '@-'],
      ['-F', 'a=@-;type=text/plain'],
      ['-F', 'mail=a@b.c'],
      ['-b', 'a=/b'],
      ['--no-keepalive'],
      ['-N'],
      ['-q'],
      ['--', '-x'],
      ['-w', '%{json}'],
      ['-u', 'a:b'],
    ]) {
      expect(read(...argv, 'http://a/'), argv.join(' ')).toHaveProperty('groups');
    }
  });

  it('name files that the container has mounted', () => {
    expect(read('--cacert', '/etc/lab-ca/ca.pem', '-d', '@/etc/lab-ca/ca.pem')).toEqual({
      groups: [
        [
          { name: 'cacert', value: '0/ca.pem' },
          { name: 'data', value: '@0/ca.pem' },
        ],
      ],
    });
  });
});

// All long options of curl 7.88.1, 8.14.1 and 8.23.0, and those of their source that --help does not tell.
const known: { readonly flags: readonly string[]; readonly values: readonly string[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../fixtures/curl-options.json'), 'utf8'),
);

describe('every option of old and new curls', () => {
  it('is taken as curl takes it, with a value or without, or refused', () => {
    for (const name of [...known.flags, ...known.values]) {
      const kind = OPTIONS.get(name.replace(/^no-/, ''));
      const words = read(`--${name}`, 'x', 'http://a/');
      if (kind === undefined && name !== 'next') {
        expect(words, name).toMatchObject({ refused: expect.stringContaining(`--${name} is not among`) });
      } else expect(kind === 'flag', name).toBe(known.flags.includes(name));
    }
    const all = new Set([...known.flags, ...known.values]);
    expect([...OPTIONS.keys()].filter(name => !all.has(name))).toEqual([]);
  });

  it('has no value that names something of the machine and reaches curl', async () => {
    const dangerous = ['/c', '@/c', 'x=@/c', 'x=</c', 'x@/c', 'x=y;headers=@/c', '../c', 'a/c', 'scp://h/'];
    dangerous.push(
      'file:///c',
      '%output{/c}',
      '%output{>>/c}',
      '%header{a}%output{/c}',
      '%later{/c}',
      '{{c}}',
    );
    const passed = new Map<string, string[]>();
    for (const name of known.values) {
      const values = dangerous.filter(value => 'groups' in read(`--${name}`, value, 'http://a/'));
      if (values.length > 0) passed.set(name, values);
    }
    const sent = ['data', 'data-ascii', 'data-binary', 'data-raw', 'form-string', 'json', 'header'];
    const texts = ['data-urlencode', 'url-query', 'form', 'cookie', 'user', 'oauth2-bearer'];
    const lines = ['referer', 'request', 'request-target', 'user-agent'];
    expect([...passed.keys()].sort()).toEqual([...sent, ...texts, ...lines, 'url', 'write-out'].sort());
    // What is sent as it is written may say anything; where curl would look for a file, nothing passes.
    const reads = (name: string, at: RegExp) => (passed.get(name) ?? []).filter(value => at.test(value));
    for (const name of ['data', 'data-ascii', 'data-binary', 'json', 'header', ...lines, 'oauth2-bearer']) {
      expect(reads(name, /^@/), name).toEqual([]);
    }
    for (const name of ['data-urlencode', 'url-query']) expect(reads(name, /^[^=]*@/), name).toEqual([]);
    expect(reads('form', /=.*[@<]/)).toEqual([]);
    expect(reads('cookie', /^(@|[^=]*$)/)).toEqual([]);
    expect(reads('write-out', /^@|%/)).toEqual([]);
    expect(reads('url', /:\/|^@/)).toEqual([]);
  });

  it.each([
    ['--anyauth', /own credentials.*--basic or --digest/],
    ['--negotiate', /own credentials/],
    ['--config', /files of the machine.*-o NAME/],
    ['-K', /files of the machine/],
    ['--socks5', /own sidecar/],
    ['--interface', /--resolve/],
    ['--expand-output', /Write the value out/],
    ['--proto', /only http and https/],
    ['--invented-tomorrow', /their own folder\.$/],
    ['--outpu', /in full, as in --output/],
    ['--preproxy', /-x http:.*--request-target/],
  ])('says why it is refused, and what to do instead: %s', (word, why) => {
    expect(read(word, 'x', 'http://a/')).toMatchObject({ refused: expect.stringMatching(why), exit: 2 });
  });

  it.each([
    ...['scp://h/x', 'SFTP://h/x', 'file:///etc/passwd', 'ipfs://x', 'wss://h/', 'ftp:/h', ' scp://h/'],
    ...['{scp,http}://h/', '{a/,scp://h/}', 'scp{:,x}//h/', 's[c-c]p://h/', 'scp:{,x}//h/', '[s-s]cp://h/'],
  ])('leaves no URL of another protocol to curl: %s', url => {
    expect(read(url)).toMatchObject({
      refused: expect.stringMatching(/^sandbox: curl cannot call .*http/),
      exit: 1,
    });
  });

  it.each([
    ...['http://h/', 'HTTPS://h/', 'h', 'h:80/x', 'h/x?to=scp://h', '{a,b}.h/x', 'h/status/[200-204]'],
    ...['http://h/{a/,scp://x}', 'http://[::1]:80/', 'http:/h'],
  ])('takes URLs of http: %s', url => {
    expect(read(url)).toHaveProperty('groups');
  });
});

describe('the sealed call', () => {
  const seal = {
    ...{ doorPort: 7, user: 'u', password: 'p', noNames: async () => 'https://127.0.0.1:8/dns-query' },
    resolves: (host: string) => host.endsWith('.io'),
  };
  const sealed = async (...argv: string[]): Promise<string[]> => {
    const words = read(...argv);
    return 'groups' in words ? sealedArguments(words.groups, seal) : [];
  };
  const ours = [
    ...['--proto', '=http,https', '--proto-redir', '=http,https'],
    ...['--socks5-hostname', '127.0.0.1:7', '--socks5-basic'],
  ];

  it('is closed in every group of --next', async () => {
    expect(await sealed('http://a.io/', '-:', '-s', 'http://b.io/')).toEqual([
      ...['--disable', ...ours, '--proxy-user', 'u:p', '--url', 'http://a.io/'],
      ...['--next', ...ours, '--proxy-user', 'u:p', '--silent', '--url', 'http://b.io/'],
    ]);
  });

  it('sends curl to a DNS without names for hosts that the pod does not know', async () => {
    const words = await sealed('http://nowhere.example/', 'http://a.io/');
    const at = words.indexOf('--noproxy');
    expect(words.slice(at, at + 5)).toEqual([
      ...['--noproxy', 'nowhere.example', '--doh-url', 'https://127.0.0.1:8/dns-query', '--doh-insecure'],
    ]);
  });

  it.each([
    ...[
      'http://127.0.0.1/',
      'http://2130706433/',
      'http://0x7f000001/',
      'http://127.1/',
      'http://0177.0.0.1/',
    ],
    ...[
      'http://[::1]/',
      'http://localhost/',
      'http://a.localhost./',
      'http://%31%32%37.0.0.1/',
      'http://１２７.0.0.1/',
    ],
    ...[
      'http://ⓛocalhost/',
      'file:///etc/passwd',
      'http://*/',
      'http://127.0.0.{1,2}/',
      'http://x@127.0.0.1:80/',
    ],
  ])('never leads around the door to an address: %s', async url => {
    expect(await sealed(url)).not.toContain('--noproxy');
  });

  it('reaches a proxy of its own through the door, whose password stays with the door', async () => {
    expect(
      await sealed('-x', 'canary.io:80', '--resolve', 'a.io:80:10.0.0.1', 'https://nowhere.example/'),
    ).toEqual([
      ...['--disable', '--proto', '=http,https', '--proto-redir', '=http,https'],
      ...['--preproxy', 'socks5h://u:p@127.0.0.1:7', '--socks5-basic'],
      ...['--proxy', 'http://canary.io:80', '--proxy-header', 'Proxy-Authorization:'],
      ...['--url', 'https://nowhere.example/'],
    ]);
    expect(await sealed('-x', 'canary.io:80', '-x', '', 'http://a.io/')).toContain('--socks5-hostname');
  });

  it.each([
    'canary',
    'https://canary:80',
    'socks5://canary:80',
    'http://u:p@canary:80',
    'localhost:80',
    '127.0.0.1:80',
  ])('has no proxy of another kind: %s', value => {
    expect(read('-x', value, 'http://a.io/')).toMatchObject({
      refused: expect.stringMatching(/http:..HOST:PORT/),
    });
  });

  it('keeps a known host behind the door when a part of its name is unknown', async () => {
    const words = await sealed('http://io/', 'http://a.io/');
    expect(words).not.toContain('--noproxy');
  });
});

describe('host names of a URL', () => {
  it.each([
    ['http://Api.Example:80/x?y', ['api.example']],
    ['https://u:p@api.example./', ['api.example.']],
    ['api.example', ['api.example']],
    ['http://{a,b}.example[1-2]/', ['a.example1', 'a.example2', 'b.example1', 'b.example2']],
    ['http://a[01-10:9].x/', ['a01.x', 'a10.x']],
    ['http://a[x-y]/', ['ax', 'ay']],
    ['http://[1-1000000].x/', expect.any(Array)],
  ])('%s', (url, hosts) => {
    expect(hostNames(url)).toEqual(hosts);
  });
});
