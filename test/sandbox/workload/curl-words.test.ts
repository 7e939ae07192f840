import { describe, expect, it } from 'vitest';
import { hostNames } from '../../../src/sandbox/workload/curl/hosts.ts';
import { sealedArguments } from '../../../src/sandbox/workload/curl/seal.ts';
import { readCurlWords } from '../../../src/sandbox/workload/curl/words.ts';
import { REFUSED } from './refused-options.ts';

const place = { mounted: (path: string) => (path === '/etc/lab-ca/ca.pem' ? '/real/ca.pem' : undefined) };
const read = (...argv: string[]) => readCurlWords(argv, place);

describe('options of curl', () => {
  it.each(REFUSED)('are refused with a sentence: %s %s %s', (...argv) => {
    const words = argv.filter(word => typeof word === 'string');
    expect(read(...words, 'http://api/')).toEqual({ refused: expect.stringMatching(/^sandbox: .{20,}/) });
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
          { name: 'cacert', value: '/real/ca.pem' },
          { name: 'data', value: '@/real/ca.pem' },
        ],
      ],
    });
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
  const ours = ['--proto', '=http,https', '--proto-redir', '=http,https', '--socks5-hostname', '127.0.0.1:7'];

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

  it('keeps a known host behind the door when a part of its name is unknown', async () => {
    const words = await sealed('http://io/', 'http://a.io/');
    expect(words).not.toContain('--noproxy');
  });
});

describe('host names of a URL', () => {
  it.each([
    ['http://Api.Example:80/x?y', ['api.example']],
    ['https://u:p@api.example./', ['api.example']],
    ['api.example', ['api.example']],
    ['http://{a,b}.example[1-2]/', ['a.example1', 'a.example2', 'b.example1', 'b.example2']],
    ['http://a[01-10:9].x/', ['a01.x', 'a10.x']],
    ['http://a[x-y]/', ['ax', 'ay']],
    ['http://[1-1000000].x/', expect.any(Array)],
  ])('%s', (url, hosts) => {
    expect(hostNames(url)).toEqual(hosts);
  });
});
