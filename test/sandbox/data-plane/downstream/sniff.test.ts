import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { parseClientHello } from '../../../../src/sandbox/data-plane/downstream/client-hello.ts';
import { sniff } from '../../../../src/sandbox/data-plane/downstream/sniff.ts';

const BOTH = { tls: true, http: true };

/** What Node's own client says first. */
function clientHello(options: { servername?: string; ALPNProtocols?: string[] }): Promise<Buffer> {
  return new Promise(resolve => {
    const wire = new Duplex({ read() {}, write: (chunk: Buffer) => resolve(chunk) });
    connectTls({ socket: wire, ...options }).on('error', () => {});
  });
}

describe('a ClientHello', () => {
  it('tells server name and protocols, in whatever pieces it comes', async () => {
    const bytes = await clientHello({ servername: 'api.example.com', ALPNProtocols: ['h2', 'http/1.1'] });
    const hello = { sni: 'api.example.com', alpn: ['h2', 'http/1.1'] };
    expect(parseClientHello(bytes)).toEqual(hello);
    expect(parseClientHello(Buffer.concat([bytes, Buffer.from('more')]))).toEqual(hello);
    for (let i = 0; i < bytes.length; i++) expect(parseClientHello(bytes.subarray(0, i))).toBe('more');
    expect(sniff(bytes, BOTH)).toEqual({
      transport: 'tls',
      sni: hello.sni,
      applicationProtocols: hello.alpn,
    });
  });

  it('may be spread over several records', async () => {
    const bytes = await clientHello({ servername: 'api.example.com' });
    const message = bytes.subarray(5);
    const record = (part: Buffer) =>
      Buffer.concat([Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part]);
    const split = Buffer.concat([record(message.subarray(0, 3)), record(message.subarray(3))]);
    expect(parseClientHello(split)).toEqual({ sni: 'api.example.com', alpn: [] });
  });

  it('needs no server name', async () => {
    expect(parseClientHello(await clientHello({}))).toEqual({ sni: '', alpn: [] });
  });

  it('is no TLS when it is broken', async () => {
    const bytes = await clientHello({ servername: 'api.example.com' });
    const broken = Buffer.from(bytes);
    broken.fill(0xff, 43);
    expect(parseClientHello(broken)).toBeNull();
    expect(parseClientHello(Buffer.from([22, 3, 1, 0, 0]))).toBeNull();
    expect(parseClientHello(Buffer.from([22, 3, 1, 0, 1, 2]))).toBeNull();
    expect(parseClientHello(Buffer.from('GET /'))).toBeNull();
  });
});

describe('plain bytes', () => {
  const plain = (text: string, inspects = BOTH) => {
    const sniffed = sniff(Buffer.from(text), inspects);
    return sniffed === 'more' ? sniffed : sniffed.applicationProtocols.join();
  };

  it('are HTTP from a whole request line on', () => {
    expect(plain('GET /data HTTP/1.1\r\n')).toBe('http/1.1');
    expect(plain('POST /data HTTP/1.0\n')).toBe('http/1.0');
    expect(plain('\r\nGET / HTTP/1.1\r\nHost: a')).toBe('http/1.1');
    expect(plain('GET /da')).toBe('more');
    expect(plain('')).toBe('more');
  });

  it('are HTTP/2 with its preface', () => {
    expect(plain('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toBe('h2c');
    expect(plain('PRI * HTTP/2.0\r\n\r\n')).toBe('more');
  });

  it('are neither as soon as that is certain', () => {
    expect(plain('hello\n')).toBe('');
    expect(plain('\x00\x01')).toBe('');
    expect(plain('GET lost\r\n')).toBe('');
    expect(plain('GET /a b HTTP/1.1\r\n')).toBe('');
    expect(plain('GET noslash HTTP/1.1\r\n')).toBe('');
  });

  it('are HTTP whatever the method is called: the codec refuses it later', () => {
    expect(plain('post / HTTP/1.1\r\n')).toBe('http/1.1');
    expect(plain('MADE / HTTP/1.1\r\n')).toBe('http/1.1');
  });

  it('are not looked at by inspectors that the listener has not', () => {
    expect(plain('GET / HTTP/1.1\r\n', { tls: true, http: false })).toBe('');
  });
});
